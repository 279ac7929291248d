"""Ask for a sealed paper to be opened; agree, as the second person."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.infra import audit
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import PaperId
from lianbing.papers.openings.errors import OpeningNotFound, OwnRequest, ReasonNeeded
from lianbing.papers.openings.models import PaperOpening
from lianbing.papers.openings.queries import ASKED_FOR
from lianbing.papers.queries import get_paper
from lianbing.people.authority import require_reach
from lianbing.people.queries import same_person_ids

AGREERS = (Role.TRAINER, Role.ORGANISER, Role.JUDGE)
LONGEST_REASON = 500


def ask_to_open(
    session: Session, actor: Actor, paper_id: PaperId, *, reason: str, now: datetime
) -> int:
    """Ask for a sealed paper to be opened; return the request's number."""
    paper = get_paper(session, paper_id)
    require_reach(session, actor, Role.TRAINER, organisation_id=paper.organisation_id)
    if actor.person_id is None:
        raise Forbidden
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise ReasonNeeded
    opening = PaperOpening(
        paper_id=paper_id,
        asked_by=actor.person_id,
        asked_at=now,
        reason=reason,
        agreed_by=None,
        agreed_at=None,
    )
    session.add(opening)
    session.flush()
    audit.record(
        session,
        actor,
        "papers.ask_to_open",
        subject=("paper", paper_id),
        now=now,
        reason=reason,
        details={"opening": opening.id},
    )
    return opening.id


def agree_to_open(
    session: Session, actor: Actor, paper_id: PaperId, opening_id: int, *, now: datetime
) -> None:
    """Agree, as another person than the one who asked, who may then open the paper for an hour."""
    paper = get_paper(session, paper_id)
    require_reach(session, actor, *AGREERS, organisation_id=paper.organisation_id)
    if actor.person_id is None:
        raise Forbidden
    opening = session.scalars(
        select(PaperOpening)
        .where(PaperOpening.id == opening_id, PaperOpening.paper_id == paper_id)
        .with_for_update()
    ).one_or_none()
    if opening is None or opening.agreed_at is not None or opening.asked_at <= now - ASKED_FOR:
        raise OpeningNotFound
    if opening.asked_by in same_person_ids(session, actor.person_id):
        raise OwnRequest
    opening.agreed_by, opening.agreed_at = actor.person_id, now
    audit.record(
        session,
        actor,
        "papers.agree_to_open",
        subject=("paper", paper_id),
        now=now,
        details={"opening": opening_id},
    )
