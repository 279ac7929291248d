"""Seats as lists and tickets show them: one statement a page."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session

from lianbing.exams.models import Attempt, ExamCandidate
from lianbing.exams.seating.errors import SeatNotFound
from lianbing.exams.seating.models import (
    AbsenceSheet,
    AbsentPerson,
    CheckIn,
    ExamBatch,
    ExamRoom,
    ExamSeat,
)
from lianbing.exams.seating.ticket_numbers import read_ticket_number, spoken, ticket_number
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.ids import ExamId, PersonId
from lianbing.people.queries import persons_matching

PER_PAGE = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class SeatRow:
    """A candidate's seat and what happened there; names are added by the view."""

    candidate_id: int
    exam_id: ExamId
    person_id: PersonId
    room_id: int
    room: str
    place: str
    number: int
    batch_id: int
    opens_at: datetime
    closes_at: datetime
    checked_in_at: datetime | None = None
    attempt_state: str | None = None
    absent: bool = False

    @property
    def ticket_number(self) -> str:
        return ticket_number(self.exam_id, self.candidate_id)

    @property
    def spoken_number(self) -> str:
        return spoken(self.ticket_number)

    @property
    def state(self) -> str:
        """``absent``, ``begun``, ``checked_in`` or ``awaited``."""
        if self.attempt_state is not None:
            return "begun"
        if self.checked_in_at is not None:
            return "checked_in"
        return "absent" if self.absent else "awaited"


@dataclass(frozen=True, kw_only=True, slots=True)
class SeatFilter:
    """Which seats; empty shows all of the exam."""

    room_id: int | None = None
    batch_id: int | None = None
    text: str = ""


def _seats() -> Select[*tuple[Any, ...]]:
    same = and_(
        CheckIn.exam_id == ExamSeat.exam_id,
        CheckIn.person_id == ExamSeat.person_id,
        CheckIn.undone_at.is_(None),
    )
    attempt = and_(Attempt.exam_id == ExamSeat.exam_id, Attempt.person_id == ExamSeat.person_id)
    return (
        select(
            ExamSeat,
            ExamRoom.name,
            ExamRoom.place,
            ExamBatch.opens_at,
            ExamBatch.closes_at,
            CheckIn.checked_in_at,
            Attempt.state,
            absent_here().label("absent"),
        )
        .select_from(ExamSeat)
        .join(ExamRoom, ExamRoom.id == ExamSeat.room_id)
        .join(ExamBatch, ExamBatch.id == ExamSeat.batch_id)
        .outerjoin(CheckIn, same)
        .outerjoin(Attempt, attempt)
    )


def absent_here() -> Any:
    """Whether the seat's person is on a confirmed sheet of absences of this exam."""
    return (
        select(AbsentPerson.person_id)
        .join(AbsenceSheet, AbsenceSheet.id == AbsentPerson.sheet_id)
        .where(
            AbsenceSheet.exam_id == ExamSeat.exam_id,
            AbsenceSheet.undone_at.is_(None),
            AbsentPerson.person_id == ExamSeat.person_id,
        )
        .correlate(ExamSeat)
        .exists()
    )


def _row(row: Row[*tuple[Any, ...]]) -> SeatRow:
    seat: ExamSeat = row[0]
    return SeatRow(
        candidate_id=seat.candidate_id,
        exam_id=ExamId(seat.exam_id),
        person_id=PersonId(seat.person_id),
        room_id=seat.room_id,
        room=row[1],
        place=row[2],
        number=seat.number,
        batch_id=seat.batch_id,
        opens_at=row[3],
        closes_at=row[4],
        checked_in_at=row[5],
        attempt_state=row[6],
        absent=bool(row[7]),
    )


def list_seats(
    session: Session,
    exam_id: ExamId,
    wanted: SeatFilter,
    number: int = 1,
    *,
    per_page: int = PER_PAGE,
) -> Page[SeatRow]:
    """A page of seats by batch, room and number; text is a name, staff or ticket number."""
    statement = _seats().where(ExamSeat.exam_id == exam_id)
    if wanted.room_id is not None:
        statement = statement.where(ExamSeat.room_id == wanted.room_id)
    if wanted.batch_id is not None:
        statement = statement.where(ExamSeat.batch_id == wanted.batch_id)
    if wanted.text:
        ticket = read_ticket_number(wanted.text)
        statement = statement.where(
            ExamSeat.person_id.in_(persons_matching(wanted.text))
            if ticket is None
            else ExamSeat.candidate_id == ticket[1]
        )
    ordered = statement.order_by(ExamBatch.opens_at, ExamSeat.room_id, ExamSeat.number)
    page = page_of(session, ordered, number, per_page=per_page)
    return Page(
        rows=[_row(row) for row in page.rows],
        number=page.number,
        total=page.total,
        per_page=page.per_page,
    )


def find_seat(
    session: Session, exam_id: ExamId, person_ids: Collection[PersonId]
) -> SeatRow | None:
    """The seat of a person, by any of the identities; None without one."""
    own = (ExamSeat.exam_id == exam_id, ExamSeat.person_id.in_(person_ids))
    row = session.execute(_seats().where(*own)).first()
    return None if row is None else _row(row)


def get_seat(session: Session, candidate_id: int) -> SeatRow:
    """The seat of a place on the roster; raises SeatNotFound."""
    row = session.execute(_seats().where(ExamSeat.candidate_id == candidate_id)).first()
    if row is None:
        raise SeatNotFound
    return _row(row)


def list_unseated(session: Session, exam_id: ExamId, number: int = 1) -> Page[PersonId]:
    """Who is on the roster and has no seat."""
    statement = (
        select(ExamCandidate.person_id)
        .outerjoin(ExamSeat, ExamSeat.candidate_id == ExamCandidate.id)
        .where(ExamCandidate.exam_id == exam_id, ExamSeat.candidate_id.is_(None))
        .order_by(ExamCandidate.id)
    )
    page = page_of(session, statement, number, per_page=PER_PAGE)
    rows = [PersonId(row.person_id) for row in page.rows]
    return Page(rows=rows, number=page.number, total=page.total, per_page=page.per_page)


def list_absent(session: Session, exam_id: ExamId, number: int = 1) -> Page[SeatRow]:
    """Who is confirmed absent, by batch, room and seat."""
    statement = _seats().where(ExamSeat.exam_id == exam_id, absent_here(), Attempt.id.is_(None))
    ordered = statement.order_by(ExamBatch.opens_at, ExamSeat.room_id, ExamSeat.number)
    page = page_of(session, ordered, number, per_page=PER_PAGE)
    rows = [_row(row) for row in page.rows]
    return Page(rows=rows, number=page.number, total=page.total, per_page=page.per_page)


def absent_ids(session: Session, exam_id: ExamId) -> frozenset[PersonId]:
    """The ids, as the roster has them, of all confirmed absent."""
    rows = session.scalars(
        select(AbsentPerson.person_id)
        .join(AbsenceSheet, AbsenceSheet.id == AbsentPerson.sheet_id)
        .where(AbsenceSheet.exam_id == exam_id, AbsenceSheet.undone_at.is_(None))
    )
    return frozenset(PersonId(id_) for id_ in rows)


def seat_words(
    session: Session, exam_id: ExamId, person_ids: Collection[PersonId]
) -> dict[PersonId, str]:
    """Room and seat of each of the persons, for a line of a list."""
    rows = session.execute(
        select(ExamSeat.person_id, ExamRoom.name, ExamSeat.number)
        .join(ExamRoom, ExamRoom.id == ExamSeat.room_id)
        .where(ExamSeat.exam_id == exam_id, ExamSeat.person_id.in_(person_ids))
    )
    return {PersonId(person): f"{room} · {number}" for person, room, number in rows}


def count_seats(session: Session, exam_id: ExamId) -> int:
    """How many seats are dealt."""
    return (
        session.scalar(
            select(func.count()).select_from(ExamSeat).where(ExamSeat.exam_id == exam_id)
        )
        or 0
    )
