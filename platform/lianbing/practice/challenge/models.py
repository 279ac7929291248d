"""A challenge run beside its drill, which holds the questions and the answers."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base


class ChallengeRun(Base):
    """``asked_at``: when the question the drill stands at was first shown; None before that.

    ``day`` is the local day on which the run began, for the daily cap; ``score`` the right
    answers so far.
    """

    __tablename__ = "challenge_run"
    __table_args__ = (
        Index("ix_challenge_run_day", "person_id", "day"),
        Index("ix_challenge_run_best", "person_id", "bank_id", "score"),
    )

    drill_id: Mapped[int] = mapped_column(
        ForeignKey("drill.id"), primary_key=True, autoincrement=False
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    bank_id: Mapped[int] = mapped_column(ForeignKey("question_bank.id"))
    day: Mapped[date]
    score: Mapped[int]
    began_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ending: Mapped[str | None] = mapped_column(String(12))
