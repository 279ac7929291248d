"""Tables of granted time and of what candidates are told. Rows are added, never rewritten."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class Accommodation(Base):
    """What a person is granted in every exam of a span of days; a change is a new row.

    The evidence is sealed: it may speak of a person's health.
    """

    __tablename__ = "accommodation"
    __table_args__ = (CheckConstraint("multiplier >= 1", name="multiplier_at_least_one"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    multiplier: Mapped[Decimal] = mapped_column(Numeric(4, 2))
    break_seconds: Mapped[int]
    larger_text: Mapped[bool]
    evidence_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    granted_by: Mapped[int | None] = mapped_column(BigId)
    granted_at: Mapped[datetime]
    revoked_by: Mapped[int | None] = mapped_column(BigId)
    revoked_at: Mapped[datetime | None]


class ExtraTime(Base):
    """Time one person gets on top in one exam, for whoever has yet to start."""

    __tablename__ = "exam_extra_time"
    __table_args__ = (Index("ix_exam_extra_time_person", "exam_id", "person_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    seconds: Mapped[int]
    granted_at: Mapped[datetime]


class ExamNotice(Base):
    """What candidates of an exam are told; ``person_id`` None tells everybody."""

    __tablename__ = "exam_notice"
    __table_args__ = (Index("ix_exam_notice_person", "exam_id", "person_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(16))
    minutes: Mapped[int] = mapped_column(default=0)
    words: Mapped[str] = mapped_column(Text)
    said_at: Mapped[datetime]
    said_by: Mapped[int | None] = mapped_column(BigId)
