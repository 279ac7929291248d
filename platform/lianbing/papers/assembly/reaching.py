"""A set of papers for whoever may act on it, locked; and what was done, on the record."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.infra import audit
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import NotFound
from lianbing.papers.assembly.errors import NotADraft
from lianbing.papers.assembly.models import PaperSet
from lianbing.papers.assembly.queries import SetState, get_set
from lianbing.people.authority import require_reach


def locked_set(session: Session, set_id: int) -> PaperSet:
    """The set as it stands now, locked; raises NotFound."""
    row = session.scalars(
        select(PaperSet)
        .where(PaperSet.id == set_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def reached_set(session: Session, actor: Actor, set_id: int) -> PaperSet:
    """The set, locked, for a trainer who keeps it; raises NotFound, Forbidden."""
    found = get_set(session, set_id)
    require_reach(session, actor, Role.TRAINER, organisation_id=found.organisation_id)
    return locked_set(session, set_id)


def require_draft(row: PaperSet) -> None:
    """Raise NotADraft unless the papers may still be changed."""
    if row.state != SetState.DRAFT:
        raise NotADraft


def record_act(
    session: Session,
    actor: Actor,
    action: str,
    row: PaperSet,
    now: datetime,
    details: dict[str, object],
) -> None:
    """Write an act on a set into the audit trail."""
    audit.record(session, actor, action, subject=("paper_set", row.id), now=now, details=details)
