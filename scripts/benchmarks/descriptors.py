"""How many files and sockets this run and what it starts may have open."""

import resource

from proving.progress import say

WANTED = 16_384


def allow_many_descriptors() -> None:
    """Raise this process's own limit as far as it is wanted and allowed; children inherit it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        say(f"open files allowed: {wanted}")
