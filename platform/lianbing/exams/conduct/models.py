"""The table of integrity events: rows are only added, and a report sent twice is one row."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base


class IntegrityEvent(Base):
    """``number`` is the page's own count; what the server notices at entry has number 0 and less.

    ``seconds`` is how long something was left, as the page measured it; ``action`` what followed.
    """

    __tablename__ = "integrity_event"
    __table_args__ = (
        PrimaryKeyConstraint("attempt_id", "device", "number"),
        Index("ix_integrity_event_attempt_action", "attempt_id", "action"),
    )

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), autoincrement=False)
    device: Mapped[int] = mapped_column(autoincrement=False)
    number: Mapped[int] = mapped_column(autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    seconds: Mapped[int]
    action: Mapped[str] = mapped_column(String(10))
    arrived_at: Mapped[datetime]
    device_clock: Mapped[str] = mapped_column(String(40), default="")
