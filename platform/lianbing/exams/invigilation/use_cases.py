"""What an invigilator does to one attempt: hand in, void, undo, reopen. Each with a reason."""

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.exams.closing import Ending, end_attempts
from lianbing.exams.errors import AlreadyPublished, ExamCancelled
from lianbing.exams.fairness.breaks import stop_clocks
from lianbing.exams.fairness.deadlines import lock_exam, wait_until
from lianbing.exams.fairness.errors import BadExtension, ExamPaused
from lianbing.exams.fairness.rules import MOST_EXTENSION
from lianbing.exams.invigilation.errors import (
    AlreadyVoid,
    AttemptNotFound,
    NotAnswering,
    NotEnded,
    NotVoid,
    ReasonMissing,
)
from lianbing.exams.invigilation.models import AttemptVoiding
from lianbing.exams.models import Attempt, Exam
from lianbing.exams.rules import AttemptState, ExamState
from lianbing.grading.use_cases import Cause
from lianbing.infra import audit
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import BoardId, ExamId, PersonId
from lianbing.leaderboards import use_cases as boards

ENDED = (AttemptState.HANDED_IN, AttemptState.CLOSED)


def force_hand_in(
    session: Session,
    actor: Actor,
    exam_id: ExamId,
    person_id: PersonId,
    *,
    reason: str,
    now: datetime,
) -> None:
    """End a running attempt for its candidate; what was saved by now is marked."""
    exam, attempt = lock_attempt(session, actor, exam_id, person_id, reason)
    if attempt.state != AttemptState.OPEN:
        raise NotAnswering
    _end(session, attempt, Cause.FORCED, now)
    _note(session, actor, exam, attempt, "exam.force_hand_in", reason, now)


def void_attempt(
    session: Session,
    actor: Actor,
    exam_id: ExamId,
    person_id: PersonId,
    *,
    reason: str,
    now: datetime,
) -> None:
    """Declare an attempt void: kept whole, but in no list and on no board. Can be undone."""
    exam, attempt = lock_attempt(session, actor, exam_id, person_id, reason)
    if attempt.state == AttemptState.VOIDED:
        raise AlreadyVoid
    session.add(
        AttemptVoiding(
            attempt_id=attempt.id,
            prior_state=attempt.state,
            reason=reason,
            voided_by=actor.person_id,
            voided_at=now,
        )
    )
    stop_clocks(attempt, exam, now=now)
    attempt.state = AttemptState.VOIDED.value
    attempt.needs_fold = False
    boards.remove(session, BoardId(exam.board_id), person_id)
    _note(session, actor, exam, attempt, "exam.void", reason, now)


def undo_void(
    session: Session,
    actor: Actor,
    exam_id: ExamId,
    person_id: PersonId,
    *,
    reason: str,
    now: datetime,
) -> None:
    """Let an attempt be what it was; one that had ended is folded and marked anew."""
    exam, attempt = lock_attempt(session, actor, exam_id, person_id, reason)
    voiding = session.scalars(
        select(AttemptVoiding)
        .where(AttemptVoiding.attempt_id == attempt.id, AttemptVoiding.undone_at.is_(None))
        .order_by(AttemptVoiding.id.desc())
    ).first()
    if attempt.state != AttemptState.VOIDED or voiding is None:
        raise NotVoid
    voiding.undone_at = now
    voiding.undone_by = actor.person_id
    voiding.undone_reason = reason
    attempt.state = voiding.prior_state
    if attempt.state != AttemptState.OPEN:
        _end(session, attempt, Cause.REINSTATED, now)
    _note(session, actor, exam, attempt, "exam.undo_void", reason, now)


def reopen_attempt(
    session: Session,
    actor: Actor,
    exam_id: ExamId,
    person_id: PersonId,
    *,
    minutes: int,
    reason: str,
    now: datetime,
) -> None:
    """Let a candidate go on for some minutes after the attempt had ended.

    The time between is not counted as used. The next hand-in or closing makes a new script
    version; until then the old one stands.
    """
    if not timedelta(0) < timedelta(minutes=minutes) <= MOST_EXTENSION:
        raise BadExtension
    exam, attempt = lock_attempt(session, actor, exam_id, person_id, reason)
    if attempt.state not in ENDED or attempt.ended_at is None:
        raise NotEnded
    if exam.paused_at is not None:
        raise ExamPaused
    due_at = now + timedelta(minutes=minutes)
    final_at = due_at + timedelta(seconds=exam.grace_seconds)
    wait_until(session, exam, final_at)
    attempt.idle_seconds += max(0, ceil((now - attempt.ended_at).total_seconds()))
    attempt.due_at, attempt.final_at, attempt.ended_at = due_at, final_at, None
    attempt.state = AttemptState.OPEN.value
    _note(session, actor, exam, attempt, "exam.reopen", reason, now)


def lock_attempt(
    session: Session, actor: Actor, exam_id: ExamId, person_id: PersonId, reason: str
) -> tuple[Exam, Attempt]:
    """An attempt of an exam in reach that is not over for all; the reason must be given."""
    if not reason.strip():
        raise ReasonMissing
    exam = lock_exam(session, actor, exam_id)
    if exam.state == ExamState.PUBLISHED:
        raise AlreadyPublished
    if exam.state == ExamState.CANCELLED:
        raise ExamCancelled
    attempt = session.scalars(
        select(Attempt)
        .where(Attempt.exam_id == exam_id, Attempt.person_id == person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if attempt is None:
        raise AttemptNotFound
    return exam, attempt


def _end(session: Session, attempt: Attempt, cause: Cause, now: datetime) -> None:
    end_attempts(session, [Ending(attempt=attempt, cause=cause, at=now)], now=now)


def _note(
    session: Session,
    actor: Actor,
    exam: Exam,
    attempt: Attempt,
    action: str,
    reason: str,
    now: datetime,
) -> None:
    attempt.news += 1
    attempt.touched_at = now
    audit.record(
        session,
        actor,
        action,
        subject=("attempt", attempt.id),
        reason=reason,
        now=now,
        details={"exam": exam.id},
    )
