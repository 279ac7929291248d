"""Pairs of questions that somebody found to ask different things, however alike their words."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class DistinctPair(Base):
    """Marked as no duplicates; the lower number first. ``alike`` is how alike they were then: a
    pair that has become more alike is shown again."""

    __tablename__ = "question_distinct_pair"
    __table_args__ = (
        UniqueConstraint("low_question_id", "high_question_id"),
        CheckConstraint("low_question_id < high_question_id", name="ordered"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("question_bank.id"), index=True)
    low_question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    high_question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), index=True)
    alike: Mapped[int]
    marked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    marked_at: Mapped[datetime]
