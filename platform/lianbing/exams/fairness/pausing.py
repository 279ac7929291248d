"""Pausing a whole exam after an incident, and resuming it: nobody loses a second.

While paused, what devices send is still accepted and counts; the page hides the questions. A
start in the very instant of the pause is either held like everybody else, or refused: the exam's
row decides which came first (``entering.open_exam``).
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.exams.fairness.breaks import end_breaks
from lianbing.exams.fairness.deadlines import (
    idle_more,
    lock_exam,
    lock_running,
    move_deadlines,
    wait_for_last,
)
from lianbing.exams.fairness.errors import BadExtension, ExamPaused, NotPaused, NotRunning
from lianbing.exams.fairness.queries import NoticeKind
from lianbing.exams.fairness.rules import HOLD, pause_length
from lianbing.exams.fairness.telling import tell
from lianbing.exams.models import Attempt
from lianbing.exams.rules import ExamState
from lianbing.infra import audit
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import ExamId


def pause_exam(
    session: Session, actor: Actor, exam_id: ExamId, *, reason: str, now: datetime
) -> int:
    """Stop everybody's clock; return how many were answering. Nobody can start meanwhile."""
    if not reason.strip():
        raise BadExtension
    exam = lock_exam(session, actor, exam_id)
    if exam.paused_at is not None:
        raise ExamPaused
    running = lock_running(session, exam_id, now=now)
    over = now >= exam.closes_at and not running
    if exam.state != ExamState.SCHEDULED or now < exam.opens_at or over:
        raise NotRunning
    end_breaks(session, running, now=now)
    move_deadlines(session, running, HOLD, now=now, held=True)
    exam.paused_at = now
    exam.pause_reason = reason
    wait_for_last(session, exam)
    tell(session, actor, exam_id, NoticeKind.PAUSE, words=reason, now=now)
    audit.record(session, actor, "exam.pause", subject=("exam", exam_id), reason=reason, now=now)
    return len(running)


def resume_exam(session: Session, actor: Actor, exam_id: ExamId, *, now: datetime) -> timedelta:
    """Let the clocks run again and give everybody the length of the pause, which is returned."""
    exam = lock_exam(session, actor, exam_id)
    if exam.paused_at is None:
        raise NotPaused
    length = pause_length(paused_at=exam.paused_at, now=now)
    running = set(lock_running(session, exam_id, now=now))
    held = running & set(
        session.scalars(
            select(Attempt.id).where(Attempt.exam_id == exam_id, Attempt.held.is_(True))
        )
    )
    idle = idle_more(length)
    move_deadlines(session, held, length - HOLD, now=now, held=False, idle_seconds=idle)
    move_deadlines(session, running - held, length, now=now, idle_seconds=idle)
    if exam.paused_at < exam.closes_at:
        exam.closes_at += length
    exam.paused_at = None
    exam.pause_reason = ""
    wait_for_last(session, exam)
    tell(session, actor, exam_id, NoticeKind.RESUMPTION, words="", now=now)
    audit.record(
        session,
        actor,
        "exam.resume",
        subject=("exam", exam_id),
        now=now,
        details={"seconds": int(length.total_seconds()), "running": len(running)},
    )
    return length
