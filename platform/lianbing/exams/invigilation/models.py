"""Tables of invigilation: signs of life, and attempts declared void."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class AttemptContact(Base):
    """When a page that had nothing to save last spoke; written at most every 45 s an attempt."""

    __tablename__ = "attempt_contact"

    attempt_id: Mapped[int] = mapped_column(
        ForeignKey("attempt.id"), primary_key=True, autoincrement=False
    )
    seen_at: Mapped[datetime]


class AttemptVoiding(Base):
    """An attempt declared void, and what it was before, so that it can be undone."""

    __tablename__ = "attempt_voiding"
    __table_args__ = (Index("ix_attempt_voiding_attempt", "attempt_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    prior_state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text)
    voided_by: Mapped[int | None] = mapped_column(BigId)
    voided_at: Mapped[datetime]
    undone_reason: Mapped[str] = mapped_column(Text, default="")
    undone_by: Mapped[int | None] = mapped_column(BigId)
    undone_at: Mapped[datetime | None]
