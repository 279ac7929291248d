"""Tables of rounds of review, with what each question was before. Undone once, if at all."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class ReviewRound(Base):
    """Decisions that one reviewer saved in one go."""

    __tablename__ = "question_review_round"
    __table_args__ = (Index("ix_question_review_round_by", "by_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    approved: Mapped[int]
    rejected: Mapped[int]
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class ReviewRoundItem(Base):
    """A question before the round: the version in use, its reviewer, and since when it waited."""

    __tablename__ = "question_review_round_item"

    round_id: Mapped[int] = mapped_column(
        ForeignKey("question_review_round.id"), primary_key=True, autoincrement=False
    )
    question_id: Mapped[int] = mapped_column(
        ForeignKey("question.id"), primary_key=True, autoincrement=False
    )
    number: Mapped[int]
    verdict: Mapped[str] = mapped_column(String(10))
    current_number: Mapped[int]
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime | None]
