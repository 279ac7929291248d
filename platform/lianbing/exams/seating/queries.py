"""Rooms, batches and the plan of an exam, as frozen rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lianbing.exams.models import Attempt, Exam, ExamCandidate
from lianbing.exams.seating.errors import RoomNotFound
from lianbing.exams.seating.models import (
    AbsenceSheet,
    CheckIn,
    ExamBatch,
    ExamRoom,
    ExamSeat,
    ExamSeating,
    RoomInvigilator,
    SeatDeal,
)
from lianbing.exams.seating.rules import CheckInRule, DealState
from lianbing.kernel.ids import ExamId, OrganisationId, PersonId


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanRow:
    """How far an exam's seating plan has come."""

    check_in: CheckInRule = CheckInRule.RECORDED
    ticket_rules: str = ""
    seed: int | None = None
    dealt_at: datetime | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DealRow:
    """A deal in the background; ``refusal``: message and params of one that was refused."""

    state: DealState
    progress: int
    refusal: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchRow:
    """A batch; ``number`` counts from 1 in the order of time."""

    id: int
    number: int
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomRow:
    """A room."""

    id: int
    exam_id: ExamId
    name: str
    place: str
    seats: int
    for_accommodated: bool
    organisation_id: OrganisationId


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetCount:
    """The figures of a room in a batch; ``present`` are checked in or have begun."""

    due: int = 0
    present: int = 0
    absent: int = 0
    confirmed: bool = False


def find_plan(session: Session, exam_id: ExamId) -> PlanRow:
    """The exam's seating plan; an empty one where nothing was planned yet."""
    plan = session.get(ExamSeating, exam_id)
    if plan is None:
        return PlanRow()
    return PlanRow(
        check_in=CheckInRule(plan.check_in),
        ticket_rules=plan.ticket_rules,
        seed=plan.seed,
        dealt_at=plan.dealt_at,
        published_at=plan.published_at,
    )


def find_deal(session: Session, exam_id: ExamId) -> DealRow | None:
    """Seats being dealt in the background, or why they were not; None when nothing is to say."""
    job = session.get(SeatDeal, exam_id)
    if job is None:
        return None
    return DealRow(state=DealState(job.state), progress=job.progress, refusal=job.refusal or {})


def list_batches(session: Session, exam_id: ExamId) -> list[BatchRow]:
    """The batches in the order of time; at most 20."""
    rows = session.scalars(
        select(ExamBatch).where(ExamBatch.exam_id == exam_id).order_by(ExamBatch.opens_at)
    )
    return [
        BatchRow(id=row.id, number=number, opens_at=row.opens_at, closes_at=row.closes_at)
        for number, row in enumerate(rows, start=1)
    ]


def list_rooms(session: Session, exam_id: ExamId) -> list[RoomRow]:
    """The rooms in the order they were planned; at most 1,000."""
    rows = session.scalars(
        select(ExamRoom).where(ExamRoom.exam_id == exam_id).order_by(ExamRoom.id)
    )
    return [_room(row) for row in rows]


def get_room(session: Session, exam_id: ExamId, room_id: int) -> RoomRow:
    """A room of the exam; raises RoomNotFound."""
    room = session.get(ExamRoom, room_id)
    if room is None or room.exam_id != exam_id:
        raise RoomNotFound
    return _room(room)


def get_batch(session: Session, exam_id: ExamId, batch_id: int) -> BatchRow:
    """A batch of the exam; raises RoomNotFound."""
    found = [row for row in list_batches(session, exam_id) if row.id == batch_id]
    if not found:
        raise RoomNotFound
    return found[0]


def _room(room: ExamRoom) -> RoomRow:
    return RoomRow(
        id=room.id,
        exam_id=ExamId(room.exam_id),
        name=room.name,
        place=room.place,
        seats=room.seats,
        for_accommodated=room.for_accommodated,
        organisation_id=OrganisationId(room.organisation_id),
    )


def count_unseated(session: Session, exam_id: ExamId) -> int:
    """How many candidates of the roster have no seat."""
    return (
        session.scalar(
            select(func.count())
            .select_from(ExamCandidate)
            .outerjoin(ExamSeat, ExamSeat.candidate_id == ExamCandidate.id)
            .where(ExamCandidate.exam_id == exam_id, ExamSeat.candidate_id.is_(None))
        )
        or 0
    )


def count_sheets(session: Session, exam_id: ExamId) -> dict[tuple[int, int], SheetCount]:
    """The figures by (room, batch), of those that have any seat."""
    here = func.count(CheckIn.id) + func.count(Attempt.id)
    both = func.count(CheckIn.id + Attempt.id)
    rows = session.execute(
        select(ExamSeat.room_id, ExamSeat.batch_id, func.count(), here - both)
        .select_from(ExamSeat)
        .outerjoin(
            CheckIn,
            (CheckIn.exam_id == ExamSeat.exam_id)
            & (CheckIn.person_id == ExamSeat.person_id)
            & CheckIn.undone_at.is_(None),
        )
        .outerjoin(
            Attempt,
            (Attempt.exam_id == ExamSeat.exam_id) & (Attempt.person_id == ExamSeat.person_id),
        )
        .where(ExamSeat.exam_id == exam_id)
        .group_by(ExamSeat.room_id, ExamSeat.batch_id)
    ).all()
    sheets = session.execute(
        select(AbsenceSheet.room_id, AbsenceSheet.batch_id).where(
            AbsenceSheet.exam_id == exam_id, AbsenceSheet.undone_at.is_(None)
        )
    )
    confirmed = {(room, batch) for room, batch in sheets}
    return {
        (room, batch): SheetCount(
            due=due,
            present=present,
            absent=due - present if (room, batch) in confirmed else 0,
            confirmed=(room, batch) in confirmed,
        )
        for room, batch, due, present in rows
    }


def list_invigilators(session: Session, room_ids: Sequence[int]) -> dict[int, list[PersonId]]:
    """Who invigilates each of the rooms now."""
    found: dict[int, list[PersonId]] = {room_id: [] for room_id in room_ids}
    rows = session.execute(
        select(RoomInvigilator.room_id, RoomInvigilator.person_id)
        .where(RoomInvigilator.room_id.in_(room_ids), RoomInvigilator.undone_at.is_(None))
        .order_by(RoomInvigilator.id)
    )
    for room_id, person_id in rows:
        found[room_id].append(PersonId(person_id))
    return found


def rooms_of(session: Session, exam_id: ExamId, person_ids: Sequence[PersonId]) -> frozenset[int]:
    """The rooms of an exam that a person (any of the identities) invigilates."""
    rows = session.scalars(
        select(RoomInvigilator.room_id)
        .join(ExamRoom, ExamRoom.id == RoomInvigilator.room_id)
        .where(
            ExamRoom.exam_id == exam_id,
            RoomInvigilator.person_id.in_(person_ids),
            RoomInvigilator.undone_at.is_(None),
        )
    )
    return frozenset(rows)


@dataclass(frozen=True, kw_only=True, slots=True)
class DutyRow:
    """A room that a person invigilates in one batch."""

    exam_id: ExamId
    title: str
    room_id: int
    room: str
    place: str
    batch_id: int
    opens_at: datetime


def list_duties(
    session: Session, person_ids: Sequence[PersonId], *, since: datetime
) -> list[DutyRow]:
    """The rooms and batches a person invigilates, of plans published and batches not long over."""
    rows = session.execute(
        select(
            Exam.id,
            Exam.title,
            ExamRoom.id,
            ExamRoom.name,
            ExamRoom.place,
            ExamBatch.id,
            ExamBatch.opens_at,
        )
        .select_from(RoomInvigilator)
        .join(ExamRoom, ExamRoom.id == RoomInvigilator.room_id)
        .join(Exam, Exam.id == ExamRoom.exam_id)
        .join(ExamBatch, ExamBatch.exam_id == Exam.id)
        .where(
            RoomInvigilator.person_id.in_(person_ids),
            RoomInvigilator.undone_at.is_(None),
            Exam.plain_admission.is_(False),
            ExamBatch.closes_at > since,
        )
        .order_by(ExamBatch.opens_at, ExamRoom.id)
        .limit(50)
    )
    return [
        DutyRow(
            exam_id=ExamId(exam_id),
            title=title,
            room_id=room_id,
            room=room,
            place=place,
            batch_id=batch_id,
            opens_at=opens_at,
        )
        for exam_id, title, room_id, room, place, batch_id, opens_at in rows
    ]
