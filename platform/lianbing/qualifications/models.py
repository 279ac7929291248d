"""Qualification records: written once from a signed list, revoked if need be, never edited."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class QualificationRecord(Base):
    """One passing result; ``snapshot_hash`` names the signed list it came from."""

    __tablename__ = "qualification_record"
    __table_args__ = (
        UniqueConstraint("result_list_id", "person_id"),
        Index("ix_qualification_record_exam", "exam_id", "state"),
        CheckConstraint("(state = 'revoked') = (revoked_at IS NOT NULL)", name="revoked_with_time"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    result_list_id: Mapped[int] = mapped_column(ForeignKey("result_list.id"))
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"))
    title: Mapped[str] = mapped_column(String(400))
    subject_title: Mapped[str] = mapped_column(String(200))
    grade: Mapped[str | None] = mapped_column(String(20))
    marks: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    total_marks: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    rank: Mapped[int]
    passed_on: Mapped[date]
    issued_by: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    issued_at: Mapped[datetime]
    snapshot_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoked_reason: Mapped[str] = mapped_column(Text)


class MentoringCredit(Base):
    """That somebody taught or was taught in a pair that is over; written once from its end."""

    __tablename__ = "mentoring_credit"
    __table_args__ = (UniqueConstraint("pair_id", "person_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("mentoring_pair.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    was_mentor: Mapped[bool]
    began_on: Mapped[date]
    ended_on: Mapped[date]
    days: Mapped[int]
    drills_set: Mapped[int]
    drills_done: Mapped[int]
