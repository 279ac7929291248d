"""The columns of a row that is a scratch pad: what ``scratch.ScratchPad`` asks, as stored."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column


class PadColumns:
    """A pad with ``is_open`` True or None, so that a constraint allows one open at a time."""

    number: Mapped[int]
    is_open: Mapped[bool | None]
    began_at: Mapped[datetime]
    due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    answers: Mapped[str] = mapped_column(Text)
    last_seq: Mapped[int]
