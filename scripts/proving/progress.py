"""Progress lines, so that a long run is seen to move."""

import sys
from time import monotonic

BEGUN = monotonic()


def say(text: str) -> None:
    """A progress line on standard error."""
    print(f"[{monotonic() - BEGUN:6.1f} s] {text}", file=sys.stderr, flush=True)
