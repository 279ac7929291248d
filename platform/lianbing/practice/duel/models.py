"""A duel, and the drill of each side."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class Duel(Base):
    """``token`` stands in the invitation's link; ``questions``: question and version id of each,
    the same for both sides, and with ``seed`` in the same letters."""

    __tablename__ = "duel"
    __table_args__ = (UniqueConstraint("token"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token: Mapped[str] = mapped_column(String(40))
    challenger_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    opponent_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("question_bank.id"))
    questions: Mapped[list[Any]] = mapped_column(JSON)
    seed: Mapped[int] = mapped_column(BigId)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class DuelPlay(Base):
    """One side's drill."""

    __tablename__ = "duel_play"
    __table_args__ = (UniqueConstraint("duel_id", "by_challenger"),)

    drill_id: Mapped[int] = mapped_column(
        ForeignKey("drill.id"), primary_key=True, autoincrement=False
    )
    duel_id: Mapped[int] = mapped_column(ForeignKey("duel.id"))
    by_challenger: Mapped[bool]
