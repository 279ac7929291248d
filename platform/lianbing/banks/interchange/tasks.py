"""The periodic tasks of files on their way into banks, and of what they leave behind."""

from lianbing.banks.interchange.running import work_waiting
from lianbing.banks.interchange.working import drop_old
from lianbing.banks.pictures.tidying import drop_ownerless
from lianbing.infra.database import transaction
from lianbing.kernel.clock import utc_now

__all__ = ["tidy", "work_waiting"]


def tidy() -> None:
    """Drop previews that nobody finished, and pictures that no question shows."""
    now = utc_now()
    with transaction() as session:
        drop_old(session, now=now)
    with transaction() as session:
        drop_ownerless(session, now=now)
