"""The hot path of an exam: enter, read, save, hand in. docs/hot-path.md walks through it.

Ids and the device number ride in a signed token, so a save asks nothing of the session, the
account or the roster; state, deadline and device are read in the journal's own batch, so an
extension, a void or a takeover binds at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lianbing.banks.rules import Answer
from lianbing.exams.attempt_tokens import Seat
from lianbing.exams.closing import Ending, end_attempts
from lianbing.exams.conduct.admission import Doorway, check_doorway, note_device
from lianbing.exams.entering import candidate_of, fresh_attempt, open_exam, refuse_outside
from lianbing.exams.errors import AlreadyHandedIn, BadToken, SupersededDevice
from lianbing.exams.fairness.deadlines import wait_until
from lianbing.exams.fairness.queries import Held, StartGrant, how_held
from lianbing.exams.folding import counted_answers
from lianbing.exams.journal import Entry, Save, Saved
from lianbing.exams.models import AnswerEntry, Attempt, Exam, ExamCandidate
from lianbing.exams.rules import AttemptState
from lianbing.exams.seating.admission import check_seat
from lianbing.grading.use_cases import Cause
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import AttemptId, ExamId, PaperId, PersonId


@dataclass(frozen=True, kw_only=True, slots=True)
class SittingState:
    """An attempt as its candidate's page must know it."""

    state: AttemptState
    due_at: datetime
    grace_seconds: int
    device: int
    order_seed: int
    answers: dict[int, Answer]
    next_seq: int
    news: int = 0
    larger_text: bool = False
    held: Held = field(default_factory=Held)


def enter(
    session: Session, actor: Actor, exam_id: ExamId, doorway: Doorway, *, arrived_at: datetime
) -> Seat:
    """Take a seat: start the attempt, or continue it on this device and put the older one out."""
    exam = open_exam(session, exam_id)
    candidate, granted = candidate_of(session, exam_id, actor, arrived_at)
    check_doorway(exam, doorway)
    attempt = session.scalars(
        select(Attempt)
        .where(Attempt.exam_id == exam_id, Attempt.person_id == candidate.person_id)
        .with_for_update()
    ).one_or_none()
    if attempt is None:
        attempt = _start(session, exam, candidate, granted, arrived_at)
    else:
        _continue(attempt, arrived_at)
    session.flush()
    note_device(session, exam, attempt, doorway, now=arrived_at)
    return Seat(
        attempt_id=AttemptId(attempt.id),
        exam_id=exam_id,
        person_id=PersonId(attempt.person_id),
        paper_id=PaperId(attempt.paper_id),
        device=attempt.device,
    )


def read(session: Session, seat: Seat) -> SittingState:
    """The attempt as it stands in the database, for the page's start and its resume."""
    found = session.execute(
        select(Attempt, Exam)
        .join(Exam, Exam.id == Attempt.exam_id)
        .where(Attempt.id == seat.attempt_id, Attempt.person_id == seat.person_id)
    ).first()
    if found is None:
        raise BadToken
    attempt, exam = found
    last = session.scalar(
        select(func.max(AnswerEntry.seq)).where(
            AnswerEntry.attempt_id == seat.attempt_id, AnswerEntry.device == seat.device
        )
    )
    return SittingState(
        state=AttemptState(attempt.state),
        due_at=attempt.due_at,
        grace_seconds=exam.grace_seconds,
        device=attempt.device,
        order_seed=attempt.order_seed,
        answers=counted_answers(session, seat.attempt_id),
        next_seq=(last or 0) + 1,
        news=attempt.news,
        larger_text=attempt.larger_text,
        held=how_held(attempt, exam),
    )


def to_save(seat: Seat, entries: tuple[Entry, ...], *, arrived_at: datetime) -> Save:
    """Checked entries as the journal takes them from a seat."""
    return Save(
        attempt_id=seat.attempt_id,
        person_id=seat.person_id,
        device=seat.device,
        entries=entries,
        arrived_at=arrived_at,
    )


def save(
    submit: Callable[[Save], Saved], seat: Seat, entries: tuple[Entry, ...], *, arrived_at: datetime
) -> Saved:
    """Store entries durably before answering; ``submit`` is the journal's group-commit writer."""
    return submit(to_save(seat, entries, arrived_at=arrived_at))


@dataclass(frozen=True, kw_only=True, slots=True)
class HandIn:
    """A candidate's click: which seat, and when it arrived."""

    seat: Seat
    arrived_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class HandedIn:
    """How an attempt ended."""

    state: AttemptState
    ended_at: datetime


def hand_in(session: Session, seat: Seat, *, arrived_at: datetime) -> datetime:
    """End the attempt and mark it; return when it ended. Again is harmless."""
    outcome = hand_in_many(session, [HandIn(seat=seat, arrived_at=arrived_at)])[0]
    if isinstance(outcome, SupersededDevice):
        raise outcome
    return outcome.ended_at


def hand_in_many(session: Session, clicks: Sequence[HandIn]) -> list[HandedIn | SupersededDevice]:
    """End and mark attempts in few statements; per click the outcome or its refusal."""
    locked = {
        attempt.id: attempt
        for attempt in session.scalars(
            select(Attempt)
            .where(Attempt.id.in_(sorted({click.seat.attempt_id for click in clicks})))
            .order_by(Attempt.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    if any(click.seat.attempt_id not in locked for click in clicks):
        raise BadToken  # of a seat that a restored backup does not know
    endings: dict[int, Ending] = {}
    refused: set[HandIn] = set()
    for click in clicks:
        attempt = locked[click.seat.attempt_id]
        if attempt.state == AttemptState.OPEN and attempt.id not in endings:
            if attempt.device == click.seat.device:
                endings[attempt.id] = _ending(attempt, click.arrived_at)
            else:
                refused.add(click)
    end_attempts(session, list(endings.values()), now=max(click.arrived_at for click in clicks))
    return [
        SupersededDevice() if click in refused else _handed_in(locked[click.seat.attempt_id], click)
        for click in clicks
    ]


def _ending(attempt: Attempt, arrived_at: datetime) -> Ending:
    cause = Cause.HAND_IN if arrived_at <= attempt.final_at else Cause.CLOSING
    return Ending(attempt=attempt, cause=cause, at=arrived_at)


def _handed_in(attempt: Attempt, click: HandIn) -> HandedIn:
    ended_at = attempt.ended_at or click.arrived_at
    return HandedIn(state=AttemptState(attempt.state), ended_at=ended_at)


def _start(
    session: Session,
    exam: Exam,
    candidate: ExamCandidate,
    granted: StartGrant,
    arrived_at: datetime,
) -> Attempt:
    refuse_outside(exam, arrived_at)
    check_seat(session, exam, candidate.person_id, arrived_at=arrived_at)
    attempt = Attempt(
        **fresh_attempt(
            exam,
            person_id=candidate.person_id,
            order_seed=candidate.order_seed,
            granted=granted,
            arrived_at=arrived_at,
        )
    )
    wait_until(session, exam, attempt.final_at)
    session.add(attempt)
    return attempt


def _continue(attempt: Attempt, arrived_at: datetime) -> None:
    if attempt.state != AttemptState.OPEN or arrived_at > attempt.final_at:
        raise AlreadyHandedIn
    attempt.device += 1
