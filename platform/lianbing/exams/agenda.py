"""What waits: the next exam of a candidate, and the exams an organiser has to see to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.exams.models import Exam, ExamCandidate
from lianbing.exams.queries import (
    CandidateStanding,
    ExamRow,
    MyExamRow,
    exam_row,
    standing_of,
)
from lianbing.exams.rules import ExamState
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.ids import PersonId
from lianbing.people.authority import reachable_ids
from lianbing.people.queries import same_person_ids

LOOKED_AT = 10
SHOWN = 5
STILL_TO_SIT = (
    CandidateStanding.WAITING,
    CandidateStanding.UNRELEASED,
    CandidateStanding.OPEN,
    CandidateStanding.IN_PROGRESS,
)


def find_next_exam(session: Session, person_id: PersonId, *, now: datetime) -> MyExamRow | None:
    """The exam to sit next: one under way first, then the earliest to open; None when none is."""
    ids = same_person_ids(session, person_id)
    mine = select(ExamCandidate.exam_id).where(ExamCandidate.person_id.in_(ids))
    statement = (
        select(Exam)
        .where(Exam.id.in_(mine), Exam.state == ExamState.SCHEDULED.value, Exam.closes_at > now)
        .order_by(Exam.opens_at, Exam.id)
        .limit(LOOKED_AT)
    )
    rows = [exam_row(session, exam) for exam in session.scalars(statement)]
    found = [
        MyExamRow(exam=row, standing=standing)
        for row in rows
        if (standing := standing_of(session, row, ids, now=now)).state in STILL_TO_SIT
    ]
    under_way = [row for row in found if row.standing.state is CandidateStanding.IN_PROGRESS]
    return next(iter(under_way or found), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class ExamTask:
    """An exam to see to; ``to_publish`` when it has closed and its list is not out."""

    exam: ExamRow
    is_open: bool
    to_publish: bool


def list_exam_tasks(session: Session, actor: Actor, *, now: datetime) -> list[ExamTask]:
    """The organiser's scheduled exams, the earliest to close first; at most five."""
    statement = (
        select(Exam)
        .where(
            Exam.organisation_id.in_(reachable_ids(actor, Role.ORGANISER)),
            Exam.state == ExamState.SCHEDULED.value,
        )
        .order_by(Exam.closes_at, Exam.id)
        .limit(SHOWN)
    )
    rows = [exam_row(session, exam) for exam in session.scalars(statement)]
    return [
        ExamTask(
            exam=row,
            is_open=row.opens_at <= now < row.closes_at,
            to_publish=now >= row.closes_at,
        )
        for row in rows
    ]
