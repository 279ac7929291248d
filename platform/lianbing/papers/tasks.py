"""What the clock does for papers: after the release, their questions are listed."""

from lianbing.infra.database import transaction
from lianbing.kernel.clock import utc_now
from lianbing.papers.vault import LISTED_AT_ONCE, list_released


def list_due() -> None:
    """List the questions of every paper whose release has come."""
    while True:
        with transaction() as session:
            if list_released(session, now=utc_now()) < LISTED_AT_ONCE:
                return
