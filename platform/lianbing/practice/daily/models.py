"""The table of cards: a fold of practice_answer, one row a question that a person has met."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base


class ReviewCard(Base):
    """How well one identity remembers a question: see ``daily.cards``.

    ``last_at``: when the latest of the answers in it was given. Where several identities of a
    merged person have a card of a question, it is replayed from the answers.
    """

    __tablename__ = "review_card"
    __table_args__ = (
        PrimaryKeyConstraint("person_id", "question_id"),
        Index("ix_review_card_due", "person_id", "due"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), autoincrement=False)
    question_id: Mapped[int] = mapped_column(
        ForeignKey("question.id"), autoincrement=False, index=True
    )
    stability: Mapped[float]
    difficulty: Mapped[float]
    due: Mapped[date]
    last_on: Mapped[date]
    last_at: Mapped[datetime]
