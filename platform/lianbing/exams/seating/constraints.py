"""What seating's unique constraints say when two were quicker than any check."""

from lianbing.exams.seating.errors import (
    AlreadyAssigned,
    AlreadyCheckedIn,
    AlreadyConfirmed,
    AlreadySigned,
    BatchTaken,
    RoomNameTaken,
    SeatTaken,
)
from lianbing.kernel.errors import DomainError
from lianbing.web.errors import map_constraint

SAYINGS: dict[str, type[DomainError]] = {
    "uq_exam_seat_batch_id_room_id_number": SeatTaken,
    "uq_exam_seat_exam_id_person_id": SeatTaken,
    "uq_exam_room_exam_id_name": RoomNameTaken,
    "uq_exam_batch_exam_id_opens_at": BatchTaken,
    "uq_exam_check_in_open": AlreadyCheckedIn,
    "uq_exam_absence_sheet_open": AlreadyConfirmed,
    "uq_room_invigilator_open": AlreadyAssigned,
    "uq_exam_sheet_signature_room_id_batch_id_place": AlreadySigned,
    "uq_exam_sheet_signature_room_id_batch_id_person_id": AlreadySigned,
}


def map_constraints() -> None:
    """Let them speak as domain errors."""
    for name, error in SAYINGS.items():
        map_constraint(name, error)
