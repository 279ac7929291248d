"""Exams with their rosters, as an organiser sees them, in frozen rows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from lianbing.exams.models import AnswerEntry, Attempt, Exam, ExamCandidate
from lianbing.exams.queries import ExamRow, exam_row
from lianbing.exams.rules import (
    AttemptState,
)
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.ids import (
    ExamId,
    PersonId,
)
from lianbing.people.authority import reachable_ids

CHUNK = 5000


@dataclass(frozen=True, kw_only=True, slots=True)
class ManagedExamRow:
    """An exam in an organiser's list."""

    exam: ExamRow
    enrolled: int
    open: int
    ended: int


def list_managed_exams(
    session: Session, actor: Actor, number: int = 1, *, roles: Sequence[Role] = (Role.ORGANISER,)
) -> Page[ManagedExamRow]:
    """The exams one of the roles reaches, the latest window first."""
    statement = (
        select(Exam)
        .where(Exam.organisation_id.in_(reachable_ids(actor, *roles)))
        .order_by(Exam.opens_at.desc(), Exam.id.desc())
    )
    page = page_of(session, statement, number, per_page=20)
    return page.with_rows([managed_row(session, exam_row(session, row[0])) for row in page.rows])


def managed_row(session: Session, exam: ExamRow) -> ManagedExamRow:
    """An exam with the figures of its roster."""
    enrolled = session.scalar(
        select(func.count()).select_from(ExamCandidate).where(ExamCandidate.exam_id == exam.id)
    )
    states = dict(
        session.execute(
            select(Attempt.state, func.count())
            .where(Attempt.exam_id == exam.id)
            .group_by(Attempt.state)
        ).all()
    )
    still_open = states.pop(AttemptState.OPEN.value, 0)
    return ManagedExamRow(
        exam=exam, enrolled=enrolled or 0, open=still_open, ended=sum(states.values())
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class RosterRow:
    """A candidate on the roster; names are added by the view from ``people``."""

    person_id: PersonId
    state: str
    answered: int
    started_at: datetime | None
    due_at: datetime | None
    device: int


def list_roster(session: Session, exam_id: ExamId, number: int = 1) -> Page[RosterRow]:
    """The roster in the order of enrolment, with each attempt's progress."""
    answered = (
        select(func.count(func.distinct(AnswerEntry.question)))
        .where(AnswerEntry.attempt_id == Attempt.id)
        .scalar_subquery()
    )
    statement = (
        select(
            ExamCandidate.person_id,
            Attempt.state,
            answered.label("answered"),
            Attempt.started_at,
            Attempt.due_at,
            Attempt.device,
        )
        .outerjoin(
            Attempt,
            (Attempt.exam_id == ExamCandidate.exam_id)
            & (Attempt.person_id == ExamCandidate.person_id),
        )
        .where(ExamCandidate.exam_id == exam_id)
        .order_by(ExamCandidate.id)
    )
    page = page_of(session, statement, number)
    return page.with_rows([_roster_row(row) for row in page.rows])


def _roster_row(row: Row[int, str | None, int, datetime, datetime, int]) -> RosterRow:
    return RosterRow(
        person_id=PersonId(row[0]),
        state=row[1] or "not_started",
        answered=row[2] or 0,
        started_at=row[3],
        due_at=row[4],
        device=row[5] or 0,
    )


def unfinished(session: Session, exam_id: ExamId) -> int:
    """How many attempts of an exam are open or wait for another fold."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Attempt)
            .where(
                Attempt.exam_id == exam_id,
                (Attempt.state == AttemptState.OPEN.value) | Attempt.needs_fold.is_(True),
            )
        )
        or 0
    )


def enrolled_ids(
    session: Session, exam_id: ExamId, person_ids: Collection[PersonId]
) -> set[PersonId]:
    """Which of the persons are on the roster already; any number of them."""
    wanted = sorted(set(person_ids))
    found: set[PersonId] = set()
    for start in range(0, len(wanted), CHUNK):
        on_roster = select(ExamCandidate.person_id).where(
            ExamCandidate.exam_id == exam_id,
            ExamCandidate.person_id.in_(wanted[start : start + CHUNK]),
        )
        found.update(map(PersonId, session.scalars(on_roster)))
    return found
