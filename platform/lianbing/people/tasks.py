"""What the clock does for people: dated links take effect, what has expired is destroyed."""

from lianbing.infra.database import transaction
from lianbing.kernel.clock import utc_now
from lianbing.people.accounts.rules import FORGOTTEN_AFTER
from lianbing.people.accounts.sheets import destroy_old_sheets
from lianbing.people.accounts.signing_in import forget_old_tries
from lianbing.people.imports.use_cases import destroy_old_uploads
from lianbing.people.organisations.use_cases import refresh_reach


def refresh_tree() -> None:
    """Let links whose day has come count."""
    with transaction() as session:
        refresh_reach(session, now=utc_now())


def tidy() -> None:
    """Destroy expired code sheets, uploads and forgotten tries."""
    now = utc_now()
    with transaction() as session:
        destroy_old_sheets(session, now=now)
        destroy_old_uploads(session, now=now)
        forget_old_tries(session, before=now - FORGOTTEN_AFTER)
