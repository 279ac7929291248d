"""Breaks (休息): granted by an accommodation, taken by the candidate, paid in advance."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.exams.errors import BadToken, SupersededDevice
from lianbing.exams.fairness.deadlines import wait_until
from lianbing.exams.fairness.errors import ExamPaused, NoBreak
from lianbing.exams.fairness.rules import (
    HOLD,
    Clock,
    end_break,
    pause_length,
    start_break,
)
from lianbing.exams.models import Attempt, Exam
from lianbing.exams.rules import AttemptState
from lianbing.infra import audit
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import AttemptId, ExamId, PersonId


@dataclass(frozen=True, kw_only=True, slots=True)
class Sitter:
    """Who asks: whose attempt, of which exam, on which device, as the attempt's token says."""

    exam_id: ExamId
    attempt_id: AttemptId
    person_id: PersonId
    device: int


def take_break(session: Session, sitter: Sitter, *, now: datetime) -> None:
    """Begin a break: the questions are hidden and the deadline waits; raises NoBreak, BadToken."""
    exam = session.get(Exam, sitter.exam_id, with_for_update=True)  # before the attempt, as a pause
    if exam is None:
        raise BadToken
    attempt = _own(session, sitter, now)
    if exam.paused_at is not None:
        raise ExamPaused
    clock = start_break(clock_of(attempt), now=now)
    if clock is None:
        raise NoBreak
    wait_until(session, exam, clock.final_at)
    _set(attempt, clock, now)
    _note(session, attempt, "exam.break_start", now)


def finish_break(session: Session, sitter: Sitter, *, now: datetime) -> None:
    """End the break; what was not used of it may be taken later. Again is harmless."""
    attempt = _own(session, sitter, now)
    if attempt.break_ends_at is None:
        return
    _set(attempt, end_break(clock_of(attempt), now=now), now)
    _note(session, attempt, "exam.break_end", now)


def stop_clocks(attempt: Attempt, exam: Exam, *, now: datetime) -> None:
    """Settle what a break or a pause has paid in advance, before an attempt ends."""
    if attempt.held and exam.paused_at is not None:
        settled = clock_of(attempt).moved(pause_length(paused_at=exam.paused_at, now=now) - HOLD)
        idle = settled.idle + HOLD  # the hold itself was never counted as idle
        _set(attempt, replace(settled, idle=idle), now)
        attempt.held = False
    elif attempt.break_ends_at is not None:
        _set(attempt, end_break(clock_of(attempt), now=now), now)


def end_breaks(session: Session, attempt_ids: Collection[int], *, now: datetime) -> None:
    """End the breaks that run in locked attempts: a pause must not use them up."""
    wanted = set(attempt_ids)
    for attempt in session.scalars(
        select(Attempt).where(Attempt.break_ends_at > now).execution_options(populate_existing=True)
    ):
        if attempt.id in wanted:
            _set(attempt, end_break(clock_of(attempt), now=now), now)
    session.flush()


def clock_of(attempt: Attempt) -> Clock:
    """The times of an attempt as the rules see them."""
    return Clock(
        due_at=attempt.due_at,
        final_at=attempt.final_at,
        idle=timedelta(seconds=attempt.idle_seconds),
        break_left=timedelta(seconds=attempt.break_left_seconds),
        break_ends_at=attempt.break_ends_at,
    )


def _own(session: Session, sitter: Sitter, now: datetime) -> Attempt:
    """The sitter's own attempt, locked: after a restored backup its number may be another's."""
    attempt = session.scalars(
        select(Attempt).where(Attempt.id == sitter.attempt_id).with_for_update()
    ).one_or_none()
    if attempt is None or attempt.person_id != sitter.person_id:
        raise BadToken
    if attempt.exam_id != sitter.exam_id:
        raise BadToken
    if attempt.device != sitter.device:
        raise SupersededDevice
    if attempt.state != AttemptState.OPEN or now > attempt.due_at:
        raise NoBreak
    return attempt


def _set(attempt: Attempt, clock: Clock, now: datetime) -> None:
    attempt.due_at = clock.due_at
    attempt.final_at = clock.final_at
    attempt.idle_seconds = int(clock.idle.total_seconds())
    attempt.break_left_seconds = int(clock.break_left.total_seconds())
    attempt.break_ends_at = clock.break_ends_at
    attempt.news += 1
    attempt.touched_at = now


def _note(session: Session, attempt: Attempt, action: str, now: datetime) -> None:
    actor = Actor(person_id=PersonId(attempt.person_id), name="")
    audit.record(session, actor, action, subject=("attempt", attempt.id), now=now)
