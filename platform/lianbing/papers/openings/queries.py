"""Requests to open a sealed paper, and whether a person may open it now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.kernel.ids import PaperId, PersonId
from lianbing.papers.openings.models import PaperOpening
from lianbing.people.queries import same_person_ids

ASKED_FOR = timedelta(hours=24)
"""How long a request waits for the second person."""

OPEN_FOR = timedelta(hours=1)
"""How long who asked may open the paper once the second person has agreed."""

SHOWN = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class OpeningRow:
    """A request; ``agreed_by`` None while it waits."""

    id: int
    asked_by: PersonId
    asked_at: datetime
    reason: str
    agreed_by: PersonId | None
    agreed_at: datetime | None
    waits: bool


def list_openings(session: Session, paper_id: PaperId, *, now: datetime) -> list[OpeningRow]:
    """The newest requests for a paper, newest first; at most twenty."""
    rows = session.scalars(
        select(PaperOpening)
        .where(PaperOpening.paper_id == paper_id)
        .order_by(PaperOpening.id.desc())
        .limit(SHOWN)
    )
    return [
        OpeningRow(
            id=row.id,
            asked_by=PersonId(row.asked_by),
            asked_at=row.asked_at,
            reason=row.reason,
            agreed_by=None if row.agreed_by is None else PersonId(row.agreed_by),
            agreed_at=row.agreed_at,
            waits=row.agreed_at is None and row.asked_at > now - ASKED_FOR,
        )
        for row in rows
    ]


def find_agreed(
    session: Session, paper_id: PaperId, person_id: PersonId, *, now: datetime
) -> int | None:
    """The request that lets this person open the paper now; None without one."""
    return session.scalar(
        select(PaperOpening.id)
        .where(
            PaperOpening.paper_id == paper_id,
            PaperOpening.asked_by.in_(same_person_ids(session, person_id)),
            PaperOpening.agreed_at > now - OPEN_FOR,
            PaperOpening.agreed_at <= now,
        )
        .order_by(PaperOpening.id.desc())
        .limit(1)
    )
