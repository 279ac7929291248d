"""Tables of rooms and seats. What happened at the door is added, undone by date, never erased."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId

NOT_UNDONE = text("undone_at IS NULL")


class ExamSeating(Base):
    """An exam's seating plan; one that is published decides who may begin when."""

    __tablename__ = "exam_seating"

    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), primary_key=True)
    check_in: Mapped[str] = mapped_column(String(10))
    ticket_rules: Mapped[str] = mapped_column(Text, default="", server_default="")
    seed: Mapped[int | None] = mapped_column(BigId)
    dealt_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]


class SeatDeal(Base):
    """Seats being dealt in the background, or why they were not; gone once they are.

    ``turn`` counts who took it up; ``alive_at``: the last sign of life of whoever deals.
    ``refusal``: the message, an English msgid, and its parameters.
    """

    __tablename__ = "seat_deal"

    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(10), index=True)
    turn: Mapped[int]
    progress: Mapped[int]
    seed: Mapped[int] = mapped_column(BigId)
    asked_at: Mapped[datetime]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    alive_at: Mapped[datetime | None]
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class ExamBatch(Base):
    """A part of the exam's window in which some of the candidates begin."""

    __tablename__ = "exam_batch"
    __table_args__ = (
        UniqueConstraint("exam_id", "opens_at"),
        CheckConstraint("closes_at > opens_at", name="lasts"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"))
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]


class ExamRoom(Base):
    __tablename__ = "exam_room"
    __table_args__ = (
        UniqueConstraint("exam_id", "name"),
        CheckConstraint("seats > 0", name="has_seats"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"))
    name: Mapped[str] = mapped_column(String(60))
    place: Mapped[str] = mapped_column(String(200))
    seats: Mapped[int]
    for_accommodated: Mapped[bool]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)


class ExamSeat(Base):
    """One person one seat; one seat one person in each batch."""

    __tablename__ = "exam_seat"
    __table_args__ = (
        UniqueConstraint("exam_id", "person_id"),
        UniqueConstraint("batch_id", "room_id", "number"),
        CheckConstraint("number > 0", name="counts_from_one"),
        Index("ix_exam_seat_room", "room_id", "batch_id"),
    )

    candidate_id: Mapped[int] = mapped_column(ForeignKey("exam_candidate.id"), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("exam_batch.id"))
    room_id: Mapped[int] = mapped_column(ForeignKey("exam_room.id"))
    number: Mapped[int]


class RoomInvigilator(Base):
    """Who invigilates a room, by name; whoever no longer does keeps the row, with a date."""

    __tablename__ = "room_invigilator"
    __table_args__ = (
        Index(
            "uq_room_invigilator_open",
            "room_id",
            "person_id",
            unique=True,
            postgresql_where=NOT_UNDONE,
            sqlite_where=NOT_UNDONE,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("exam_room.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    assigned_at: Mapped[datetime]
    assigned_by: Mapped[int | None] = mapped_column(BigId)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(BigId)


class CheckIn(Base):
    """A candidate was let in at the door."""

    __tablename__ = "exam_check_in"
    __table_args__ = (
        Index(
            "uq_exam_check_in_open",
            "exam_id",
            "person_id",
            unique=True,
            postgresql_where=NOT_UNDONE,
            sqlite_where=NOT_UNDONE,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    room_id: Mapped[int] = mapped_column(ForeignKey("exam_room.id"))
    checked_in_at: Mapped[datetime]
    checked_in_by: Mapped[int | None] = mapped_column(BigId)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(BigId)


class AbsenceSheet(Base):
    """The absences of a room and batch, confirmed in one act."""

    __tablename__ = "exam_absence_sheet"
    __table_args__ = (
        Index(
            "uq_exam_absence_sheet_open",
            "room_id",
            "batch_id",
            unique=True,
            postgresql_where=NOT_UNDONE,
            sqlite_where=NOT_UNDONE,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), index=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("exam_room.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("exam_batch.id"))
    confirmed_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(BigId)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(BigId)


class AbsentPerson(Base):
    __tablename__ = "exam_absent_person"
    __table_args__ = (PrimaryKeyConstraint("sheet_id", "person_id"),)

    sheet_id: Mapped[int] = mapped_column(ForeignKey("exam_absence_sheet.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class IncidentEntry(Base):
    """A line of a room's sheet; a correction is a further line that names the one it corrects."""

    __tablename__ = "exam_incident_entry"
    __table_args__ = (Index("ix_exam_incident_entry_room", "room_id", "batch_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"))
    room_id: Mapped[int] = mapped_column(ForeignKey("exam_room.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("exam_batch.id"))
    happened_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(Text)
    measure: Mapped[str] = mapped_column(Text)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("exam_incident_entry.id"))
    written_at: Mapped[datetime]
    written_by: Mapped[int | None] = mapped_column(BigId)


class SheetSignature(Base):
    """An invigilator's signature under a room's sheet, with the figures and entries it stood by."""

    __tablename__ = "exam_sheet_signature"
    __table_args__ = (
        UniqueConstraint("room_id", "batch_id", "place"),
        UniqueConstraint("room_id", "batch_id", "person_id"),
        CheckConstraint("place IN (1, 2)", name="two_places"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("exam_room.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("exam_batch.id"))
    place: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    due: Mapped[int]
    present: Mapped[int]
    absent: Mapped[int]
    last_entry_id: Mapped[int] = mapped_column(BigId)
    signed_at: Mapped[datetime]


class PersonPhoto(Base):
    """A person's photo for tickets, without metadata; a new one takes the old one's place."""

    __tablename__ = "person_photo"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(20))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    stored_at: Mapped[datetime]
    stored_by: Mapped[int | None] = mapped_column(BigId)


class MakeUpExam(Base):
    """An exam held for those who missed another one, or whose attempt was void."""

    __tablename__ = "make_up_exam"

    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), primary_key=True)
    original_exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(BigId)
