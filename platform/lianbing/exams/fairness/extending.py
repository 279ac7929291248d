"""Extensions (延时): more time for one, a group or everybody, in mid-exam, with a reason."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lianbing.exams.errors import AlreadyPublished, ExamCancelled
from lianbing.exams.fairness.deadlines import (
    lock_exam,
    lock_running,
    move_deadlines,
    on_roster,
    wait_for_last,
)
from lianbing.exams.fairness.errors import BadExtension, NobodyToExtend
from lianbing.exams.fairness.models import ExtraTime
from lianbing.exams.fairness.queries import NoticeKind
from lianbing.exams.fairness.rules import MOST_EXTENSION
from lianbing.exams.fairness.telling import tell
from lianbing.exams.models import Attempt, Exam
from lianbing.exams.rules import ExamState
from lianbing.infra import audit
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import ExamId, PersonId


@dataclass(frozen=True, kw_only=True, slots=True)
class Extended:
    """Whom an extension reached: who was answering, and who is yet to start."""

    running: int
    waiting: int


def extend(
    session: Session,
    actor: Actor,
    exam_id: ExamId,
    *,
    minutes: int,
    reason: str,
    now: datetime,
    person_ids: Collection[PersonId] | None = None,
) -> Extended:
    """Give more minutes to everybody (None) or to some, and tell them.

    For everybody the window's end moves too, so that whoever starts late loses nothing; some
    who are yet to start get the minutes on top when they do.
    """
    by = _checked(minutes, reason)
    exam = lock_exam(session, actor, exam_id)
    _refuse_over(exam)
    if person_ids is not None:
        person_ids = on_roster(session, exam_id, person_ids)
    running = lock_running(session, exam_id, now=now, person_ids=person_ids)
    move_deadlines(session, running, by, now=now)
    if person_ids is None:
        waiting = _move_window(exam, by, now=now)
    else:
        waiting = _grant_at_start(session, exam_id, person_ids, by, now=now)
    if not running and not waiting:
        raise NobodyToExtend
    wait_for_last(session, exam)
    _say(session, actor, exam, person_ids, minutes=minutes, reason=reason, now=now)
    return Extended(running=len(running), waiting=waiting)


def _say(
    session: Session,
    actor: Actor,
    exam: Exam,
    person_ids: Collection[PersonId] | None,
    *,
    minutes: int,
    reason: str,
    now: datetime,
) -> None:
    """Tell the candidates, and leave the audit row."""
    exam_id = ExamId(exam.id)
    tell(
        session,
        actor,
        exam_id,
        NoticeKind.EXTENSION,
        words=reason,
        minutes=minutes,
        now=now,
        person_ids=person_ids,
    )
    audit.record(
        session,
        actor,
        "exam.extend",
        subject=("exam", exam_id),
        reason=reason,
        now=now,
        details={"minutes": minutes, "to": "all" if person_ids is None else len(person_ids)},
    )


def _checked(minutes: int, reason: str) -> timedelta:
    by = timedelta(minutes=minutes)
    if not reason.strip() or not timedelta(0) < by <= MOST_EXTENSION:
        raise BadExtension
    return by


def _refuse_over(exam: Exam) -> None:
    if exam.state == ExamState.CANCELLED:
        raise ExamCancelled
    if exam.state == ExamState.PUBLISHED:
        raise AlreadyPublished


def _move_window(exam: Exam, by: timedelta, *, now: datetime) -> int:
    """Move the end of a window that is not over; 1 when it was, since others may start in it."""
    if now >= exam.closes_at:
        return 0
    exam.closes_at += by
    return 1


def _grant_at_start(
    session: Session,
    exam_id: ExamId,
    person_ids: Collection[PersonId],
    by: timedelta,
    *,
    now: datetime,
) -> int:
    """Note the time for those of the roster who have no attempt yet."""
    started = set(session.scalars(select(Attempt.person_id).where(Attempt.exam_id == exam_id)))
    waiting = sorted(set(person_ids) - started)
    if waiting:
        session.execute(
            insert(ExtraTime),
            [
                {
                    "exam_id": exam_id,
                    "person_id": person_id,
                    "seconds": int(by.total_seconds()),
                    "granted_at": now,
                }
                for person_id in waiting
            ],
        )
    return len(waiting)
