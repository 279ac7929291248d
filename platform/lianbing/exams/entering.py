"""Who may start an attempt, and what a fresh one is: for one click as for a gathered batch."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.exams.errors import (
    EntryClosed,
    ExamCancelled,
    ExamNotFound,
    NotEnrolled,
    NotOpenYet,
)
from lianbing.exams.fairness.errors import ExamPaused
from lianbing.exams.fairness.queries import StartGrant, grant_columns, start_grant
from lianbing.exams.models import Exam, ExamCandidate
from lianbing.exams.release.errors import PaperNotReleased
from lianbing.exams.release.queries import facts_of
from lianbing.exams.release.rules import release_time
from lianbing.exams.rules import AttemptState, ExamState, due_time
from lianbing.infra.calendar import local_date
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import ExamId
from lianbing.people.queries import same_person_ids


def open_exam(session: Session, exam_id: ExamId) -> Exam:
    """The exam as it stands, held until the transaction ends; raises ExamNotFound, ExamCancelled.

    ``FOR KEY SHARE``, which the attempt's foreign key takes anyhow: starts do not hinder each
    other, a pause waits for those under way and holds them too, and a start waits for a pause
    and sees it.
    """
    exam = session.get(Exam, exam_id, with_for_update={"read": True, "key_share": True})
    if exam is None:
        raise ExamNotFound
    if exam.state == ExamState.CANCELLED:
        raise ExamCancelled
    return exam


def candidate_of(
    session: Session, exam_id: ExamId, actor: Actor, arrived_at: datetime
) -> tuple[ExamCandidate, StartGrant]:
    """The roster's row, locked, and what this person is granted, in one statement."""
    if actor.person_id is None:
        raise Forbidden
    ids = same_person_ids(session, actor.person_id)
    row = session.execute(
        select(ExamCandidate, *grant_columns(exam_id, ids, on=local_date(arrived_at)))
        .where(ExamCandidate.exam_id == exam_id, ExamCandidate.person_id.in_(ids))
        .with_for_update()  # two devices at one instant: the second finds the first's attempt
    ).first()
    if row is None:
        raise NotEnrolled
    return row[0], start_grant(row[1:])


def refuse_outside(exam: Exam, arrived_at: datetime) -> None:
    """Raise what stands against a first start at an instant."""
    if arrived_at < exam.opens_at:
        raise NotOpenYet
    released_at = release_time(facts_of(exam))
    if released_at is None or arrived_at < released_at:
        raise PaperNotReleased
    if exam.paused_at is not None:
        raise ExamPaused
    if arrived_at >= exam.closes_at:
        raise EntryClosed


def fresh_attempt(
    exam: Exam, *, person_id: int, order_seed: int, granted: StartGrant, arrived_at: datetime
) -> dict[str, Any]:
    """The columns of an attempt that starts then."""
    due_at = due_time(
        started_at=arrived_at,
        duration=timedelta(seconds=exam.duration_seconds),
        closes_at=exam.closes_at,
        multiplier=granted.multiplier,
        extra=timedelta(seconds=granted.extra_seconds),
    )
    return {
        "exam_id": exam.id,
        "person_id": person_id,
        "paper_id": exam.paper_id,
        "order_seed": order_seed,
        "state": AttemptState.OPEN.value,
        "device": 1,
        "started_at": arrived_at,
        "due_at": due_at,
        "final_at": due_at + timedelta(seconds=exam.grace_seconds),
        "ended_at": None,
        "break_left_seconds": granted.break_seconds,
        "larger_text": granted.larger_text,
    }
