"""How far the release of an exam's questions has come."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.exams.errors import ExamNotFound
from lianbing.exams.models import Exam
from lianbing.exams.release.models import ExamRelease
from lianbing.exams.release.rules import PaperRelease, ReleaseFacts, release_time
from lianbing.exams.rules import ExamState
from lianbing.kernel.ids import ExamId, PaperId, PersonId


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleasedBy:
    """One person's release."""

    person_id: PersonId
    released_at: datetime


def list_releases(session: Session, exam_id: ExamId) -> tuple[ReleasedBy, ...]:
    """Who has released so far, in order; at most two."""
    rows = session.scalars(
        select(ExamRelease).where(ExamRelease.exam_id == exam_id).order_by(ExamRelease.id)
    )
    return tuple(
        ReleasedBy(person_id=PersonId(row.person_id), released_at=row.released_at) for row in rows
    )


def facts_of(exam: Exam) -> ReleaseFacts:
    """What decides the release of a loaded exam."""
    return ReleaseFacts(
        mode=PaperRelease(exam.paper_release),
        opens_at=exam.opens_at,
        released_at=exam.paper_released_at,
    )


def list_facts(session: Session, paper_id: PaperId) -> tuple[ReleaseFacts, ...]:
    """The same of every exam on a paper that was not cancelled."""
    exams = session.scalars(
        select(Exam).where(Exam.paper_id == paper_id, Exam.state != ExamState.CANCELLED.value)
    )
    return tuple(facts_of(exam) for exam in exams)


def opens_for_starts_at(session: Session, exam_id: ExamId) -> datetime | None:
    """From when on candidates may start; None while two persons have yet to release."""
    exam = session.get(Exam, exam_id)
    if exam is None:
        raise ExamNotFound
    return release_time(facts_of(exam))
