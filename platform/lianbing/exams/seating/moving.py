"""Single seats by hand: a candidate on a free seat, two who change theirs."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.exams.models import Attempt, ExamCandidate
from lianbing.exams.seating.errors import AlreadyBegun, SeatNotFound, SeatTaken
from lianbing.exams.seating.models import ExamSeat
from lianbing.exams.seating.planning import lock_plan
from lianbing.exams.seating.queries import get_batch, get_room
from lianbing.infra import audit
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import ExamId, PersonId


def move_seat(
    session: Session,
    actor: Actor,
    exam_id: ExamId,
    person_id: PersonId,
    *,
    room_id: int,
    batch_id: int,
    number: int,
    reason: str,
    now: datetime,
) -> None:
    """Put a candidate, seated or not, on a free seat; raises SeatTaken."""
    lock_plan(session, actor, exam_id)
    room, batch = get_room(session, exam_id, room_id), get_batch(session, exam_id, batch_id)
    if not 1 <= number <= room.seats:
        raise SeatNotFound
    _refuse_begun(session, exam_id, person_id)
    candidate = session.scalars(
        select(ExamCandidate).where(
            ExamCandidate.exam_id == exam_id, ExamCandidate.person_id == person_id
        )
    ).one_or_none()
    if candidate is None:
        raise SeatNotFound
    taken = session.scalar(
        select(ExamSeat.person_id).where(
            ExamSeat.batch_id == batch.id, ExamSeat.room_id == room.id, ExamSeat.number == number
        )
    )
    if taken is not None:
        raise SeatTaken
    seat = session.get(ExamSeat, candidate.id)
    before = None if seat is None else (seat.batch_id, seat.room_id, seat.number)
    if seat is None:
        seat = ExamSeat(candidate_id=candidate.id, exam_id=exam_id, person_id=person_id)
        session.add(seat)
    seat.batch_id, seat.room_id, seat.number = batch.id, room.id, number
    session.flush()
    audit.record(
        session,
        actor,
        "seating.move",
        subject=("exam", exam_id),
        now=now,
        reason=reason,
        details={"person_id": person_id, "from": before, "to": (batch.id, room.id, number)},
    )


def swap_seats(
    session: Session,
    actor: Actor,
    exam_id: ExamId,
    one: PersonId,
    other: PersonId,
    *,
    reason: str,
    now: datetime,
) -> None:
    """Let two candidates change seats."""
    lock_plan(session, actor, exam_id)
    seats = {
        seat.person_id: seat
        for seat in session.scalars(
            select(ExamSeat).where(
                ExamSeat.exam_id == exam_id, ExamSeat.person_id.in_([one, other])
            )
        )
    }
    if len(seats) != 2:
        raise SeatNotFound
    _refuse_begun(session, exam_id, one)
    _refuse_begun(session, exam_id, other)
    _exchange(session, seats[one], seats[other])
    audit.record(
        session,
        actor,
        "seating.swap",
        subject=("exam", exam_id),
        now=now,
        reason=reason,
        details={"persons": [one, other]},
    )


def _exchange(session: Session, first: ExamSeat, second: ExamSeat) -> None:
    places = [(seat.batch_id, seat.room_id, seat.number) for seat in (second, first)]
    made = [
        ExamSeat(
            candidate_id=seat.candidate_id,
            exam_id=seat.exam_id,
            person_id=seat.person_id,
            batch_id=place[0],
            room_id=place[1],
            number=place[2],
        )
        for seat, place in zip((first, second), places, strict=True)
    ]
    session.delete(first)
    session.delete(second)
    session.flush()  # both places are free before either is taken
    session.add_all(made)
    session.flush()


def _refuse_begun(session: Session, exam_id: ExamId, person_id: PersonId) -> None:
    begun = session.scalar(
        select(Attempt.id).where(Attempt.exam_id == exam_id, Attempt.person_id == person_id)
    )
    if begun is not None:
        raise AlreadyBegun
