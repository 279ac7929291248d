"""What happens at the door: candidates are checked in, and who never came is confirmed absent."""

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lianbing.exams.errors import AlreadyPublished
from lianbing.exams.queries import get_exam
from lianbing.exams.rules import ExamState
from lianbing.exams.seating.duty import require_room, rooms_in_reach
from lianbing.exams.seating.errors import (
    AlreadyBegun,
    AlreadyCheckedIn,
    AlreadyConfirmed,
    BatchStillOpen,
    NotCheckedInYet,
    NotConfirmed,
    PlanNotPublished,
    TooEarlyToCheckIn,
    TooLateToCheckIn,
    WrongBatch,
    WrongRoom,
)
from lianbing.exams.seating.models import AbsenceSheet, AbsentPerson, CheckIn, ExamRoom, ExamSeat
from lianbing.exams.seating.queries import get_batch, get_room
from lianbing.exams.seating.rules import DoorRefusal, decide_check_in
from lianbing.exams.seating.seat_queries import SeatFilter, SeatRow, get_seat, list_seats
from lianbing.infra import audit
from lianbing.infra.calendar import local_time
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import ExamId

MOST_IN_A_ROOM = 2000


def check_in(
    session: Session,
    actor: Actor,
    candidate_id: int,
    *,
    room_id: int | None = None,
    batch_id: int | None = None,
    now: datetime,
) -> SeatRow:
    """Let a candidate in, once; the room and batch of the page that was used, if it had any.

    Raises WrongRoom, WrongBatch and their like, saying where and when the candidate sits.
    """
    seat = get_seat(session, candidate_id)
    exam = get_exam(session, seat.exam_id)
    rooms = rooms_in_reach(session, actor, exam)
    if rooms is not None and room_id is not None and room_id not in rooms:
        raise Forbidden
    if exam.plain_admission:
        raise PlanNotPublished
    _lock_seat(session, candidate_id)
    seat = get_seat(session, candidate_id)
    _refuse_elsewhere(seat, rooms if room_id is None else frozenset({room_id}), batch_id, now)
    if seat.checked_in_at is not None:
        raise AlreadyCheckedIn
    session.add(
        CheckIn(
            exam_id=seat.exam_id,
            person_id=seat.person_id,
            room_id=seat.room_id,
            checked_in_at=now,
            checked_in_by=actor.person_id,
        )
    )
    session.flush()
    _note(session, actor, "seating.check_in", seat, now)
    return seat


def undo_check_in(session: Session, actor: Actor, candidate_id: int, *, now: datetime) -> SeatRow:
    """Take a check-in back, of a candidate who has not begun."""
    seat = get_seat(session, candidate_id)
    require_room(session, actor, seat.exam_id, seat.room_id)
    _lock_seat(session, candidate_id)
    seat = get_seat(session, candidate_id)
    found = session.scalars(
        select(CheckIn).where(
            CheckIn.exam_id == seat.exam_id,
            CheckIn.person_id == seat.person_id,
            CheckIn.undone_at.is_(None),
        )
    ).one_or_none()
    if found is None:
        raise NotCheckedInYet
    if seat.attempt_state is not None:
        raise AlreadyBegun
    found.undone_at = now
    found.undone_by = actor.person_id
    _note(session, actor, "seating.undo_check_in", seat, now)
    return seat


def confirm_absence(
    session: Session, actor: Actor, exam_id: ExamId, room_id: int, batch_id: int, *, now: datetime
) -> int:
    """Confirm who neither checked in nor began as absent, in one act; return how many."""
    batch = _lock_sheet(session, actor, exam_id, room_id, batch_id)
    if now < batch:
        raise BatchStillOpen
    if _open_sheet(session, room_id, batch_id) is not None:
        raise AlreadyConfirmed
    wanted = SeatFilter(room_id=room_id, batch_id=batch_id)
    seats = list_seats(session, exam_id, wanted, per_page=MOST_IN_A_ROOM).rows
    missing = [seat.person_id for seat in seats if seat.state == "awaited"]
    sheet = AbsenceSheet(
        exam_id=exam_id,
        room_id=room_id,
        batch_id=batch_id,
        confirmed_at=now,
        confirmed_by=actor.person_id,
    )
    session.add(sheet)
    session.flush()
    if missing:
        rows = [{"sheet_id": sheet.id, "person_id": person_id} for person_id in missing]
        session.execute(insert(AbsentPerson), rows)
    audit.record(
        session,
        actor,
        "seating.confirm_absence",
        subject=("exam", exam_id),
        now=now,
        details={"room_id": room_id, "batch_id": batch_id, "absent": len(missing)},
    )
    return len(missing)


def undo_absence(
    session: Session, actor: Actor, exam_id: ExamId, room_id: int, batch_id: int, *, now: datetime
) -> None:
    """Take a confirmation back, as long as the results are not published."""
    _lock_sheet(session, actor, exam_id, room_id, batch_id)
    sheet = _open_sheet(session, room_id, batch_id)
    if sheet is None:
        raise NotConfirmed
    sheet.undone_at = now
    sheet.undone_by = actor.person_id
    audit.record(
        session,
        actor,
        "seating.undo_absence",
        subject=("exam", exam_id),
        now=now,
        details={"room_id": room_id, "batch_id": batch_id},
    )


def _refuse_elsewhere(
    seat: SeatRow, rooms: frozenset[int] | None, batch_id: int | None, now: datetime
) -> None:
    refusal = decide_check_in(
        rooms=rooms, room_id=seat.room_id, opens_at=seat.opens_at, closes_at=seat.closes_at, at=now
    )
    match refusal:
        case DoorRefusal.WRONG_ROOM:
            raise WrongRoom(room=seat.room, place=seat.place or "–", seat=seat.number)
        case DoorRefusal.TOO_EARLY:
            raise TooEarlyToCheckIn(time=local_time(seat.opens_at))
        case DoorRefusal.BATCH_OVER:
            raise TooLateToCheckIn(time=local_time(seat.closes_at))
        case None:
            if batch_id is not None and batch_id != seat.batch_id:
                raise WrongBatch(time=local_time(seat.opens_at))


def _lock_seat(session: Session, candidate_id: int) -> None:
    session.execute(
        select(ExamSeat.candidate_id).where(ExamSeat.candidate_id == candidate_id).with_for_update()
    )


def _lock_sheet(
    session: Session, actor: Actor, exam_id: ExamId, room_id: int, batch_id: int
) -> datetime:
    """Lock the room for who may act in it; when the batch's last entry is."""
    exam = require_room(session, actor, exam_id, room_id)
    get_room(session, exam_id, room_id)
    batch = get_batch(session, exam_id, batch_id)
    session.execute(select(ExamRoom.id).where(ExamRoom.id == room_id).with_for_update())
    if exam.state is ExamState.PUBLISHED:
        raise AlreadyPublished
    return batch.closes_at


def _open_sheet(session: Session, room_id: int, batch_id: int) -> AbsenceSheet | None:
    return session.scalars(
        select(AbsenceSheet).where(
            AbsenceSheet.room_id == room_id,
            AbsenceSheet.batch_id == batch_id,
            AbsenceSheet.undone_at.is_(None),
        )
    ).one_or_none()


def _note(session: Session, actor: Actor, action: str, seat: SeatRow, now: datetime) -> None:
    audit.record(
        session,
        actor,
        action,
        subject=("exam", seat.exam_id),
        now=now,
        details={"person_id": seat.person_id, "room_id": seat.room_id},
    )
