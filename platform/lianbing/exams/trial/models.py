"""One row a candidate who tried: a scratch pad for the made-up answers, and the last report."""

from datetime import datetime

from sqlalchemy import ForeignKey, PrimaryKeyConstraint, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base


class TrialSitting(Base):
    """``answers`` is thrown away at hand-in; nothing of it reaches journal, marks or boards.

    ``number`` counts the times it was opened and is the device number of the page that has it.
    """

    __tablename__ = "trial_sitting"
    __table_args__ = (PrimaryKeyConstraint("exam_id", "person_id"),)

    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    number: Mapped[int]
    began_at: Mapped[datetime]
    due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    answers: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")
    last_seq: Mapped[int] = mapped_column(default=0, server_default="0")
    reported_at: Mapped[datetime | None]
    user_agent: Mapped[str] = mapped_column(String(300), default="", server_default="")
    report: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")
    problems: Mapped[str] = mapped_column(Text, default="", server_default="")
    is_grave: Mapped[bool] = mapped_column(default=False, server_default=false())
