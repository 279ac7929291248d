"""Tables of classes: sessions with hours, roster, attendance, lists not stored yet."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class TrainingClass(Base):
    """Held by any body. ``attendance_percent`` of all hours, and the exam, make it complete."""

    __tablename__ = "training_class"
    __table_args__ = (
        CheckConstraint("attendance_percent BETWEEN 0 AND 100", name="percent"),
        Index("ix_training_class_listed", "organisation_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    title: Mapped[str] = mapped_column(String(120))
    form: Mapped[str] = mapped_column(String(10))
    place: Mapped[str] = mapped_column(String(300))
    about: Mapped[str] = mapped_column(Text)
    attendance_percent: Mapped[int]
    exam_id: Mapped[int | None] = mapped_column(ForeignKey("exam.id"))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class ClassSession(Base):
    """One sitting of a class with the hours it counts for."""

    __tablename__ = "class_session"
    __table_args__ = (CheckConstraint("hours > 0", name="hours"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("training_class.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    starts_at: Mapped[datetime]
    hours: Mapped[Decimal] = mapped_column(Numeric(4, 1))


class ClassMember(Base):
    """Who is on the roster. ``completed`` and ``hours`` are fixed when the class is closed."""

    __tablename__ = "class_member"
    __table_args__ = (UniqueConstraint("class_id", "person_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("training_class.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    added_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime]
    hours: Mapped[Decimal | None] = mapped_column(Numeric(6, 1))
    completed: Mapped[bool | None]


class ClassAttendance(Base):
    """What is on file of one member at one session."""

    __tablename__ = "class_attendance"
    __table_args__ = (PrimaryKeyConstraint("session_id", "member_id"),)

    session_id: Mapped[int] = mapped_column(ForeignKey("class_session.id"), autoincrement=False)
    member_id: Mapped[int] = mapped_column(
        ForeignKey("class_member.id"), autoincrement=False, index=True
    )
    state: Mapped[str] = mapped_column(String(10))
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]


class ClassImport(Base):
    """A list looked at before it is stored; ``plan`` names persons by id, no cells are kept."""

    __tablename__ = "class_import"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("training_class.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("class_session.id"))
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    plan: Mapped[dict[str, Any]] = mapped_column(JSON)
    uploaded_at: Mapped[datetime] = mapped_column(index=True)
