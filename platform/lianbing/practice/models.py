"""Tables of practice. Answers are only ever added; all that is known of a person's learning
can be replayed from them, the wrong book included."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, PrimaryKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.banks.rules import Answer
from lianbing.infra.database import Base, BigId


class Learner(Base):
    """A person who practises: the bank they chose, and the lock under which answers change
    what is known of them."""

    __tablename__ = "learner"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    bank_id: Mapped[int | None] = mapped_column(ForeignKey("question_bank.id"))


class Drill(Base):
    """A run of questions of one person. ``position`` is the next to answer, from 1.

    A drill over the wrong book has no bank; only a drill over a scope has a scope, and only one
    over an assessment point has a point.
    ``open_as`` names what it drills while it is open, so that a second start of the same
    resumes it; None once it is finished or left behind.
    """

    __tablename__ = "drill"
    __table_args__ = (UniqueConstraint("person_id", "open_as"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    mode: Mapped[str] = mapped_column(String(20))
    bank_id: Mapped[int | None] = mapped_column(ForeignKey("question_bank.id"))
    scope_id: Mapped[int | None] = mapped_column(ForeignKey("assessment_scope.id"))
    point_id: Mapped[int | None] = mapped_column(ForeignKey("assessment_point.id"))
    seed: Mapped[int] = mapped_column(BigId)
    length: Mapped[int]
    position: Mapped[int]
    open_as: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class DrillItem(Base):
    """A question in its place, in the version frozen when the drill began.

    ``skipped_at``: it was withdrawn from practice before its turn came. ``reason``: why a daily
    drill asks it, a ``daily.rules.Reason``; empty in every other drill.
    """

    __tablename__ = "drill_item"
    __table_args__ = (PrimaryKeyConstraint("drill_id", "position"),)

    drill_id: Mapped[int] = mapped_column(ForeignKey("drill.id"), autoincrement=False)
    position: Mapped[int] = mapped_column(autoincrement=False)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"))
    skipped_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(12), default="", server_default="")


class PracticeAnswer(Base):
    """One answer, with what it did to the wrong book; the key makes a retry harmless.

    ``drill_id`` and ``position`` are None outside a drill. ``answered_at`` is when it was given;
    of an ``offline`` one as its device says, so ids need not follow it. An offline answer
    teaches, but earns no points: its key was on the phone.
    """

    __tablename__ = "practice_answer"
    __table_args__ = (
        UniqueConstraint("person_id", "drill_id", "position"),
        Index("ix_practice_answer_history", "person_id", "question_id", "id"),
        Index("ix_practice_answer_day", "person_id", "answered_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    drill_id: Mapped[int | None] = mapped_column(ForeignKey("drill.id"), index=True)
    position: Mapped[int | None]
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"))
    mode: Mapped[str] = mapped_column(String(20))
    answer: Mapped[Answer] = mapped_column(JSON)
    verdict: Mapped[str] = mapped_column(String(12))
    book_change: Mapped[str] = mapped_column(String(12))
    book_streak: Mapped[int]
    answered_at: Mapped[datetime]
    offline: Mapped[bool] = mapped_column(default=False)


class WrongBookItem(Base):
    """A question once answered wrong; ``left_at`` None while it is in the book.

    Of a merged person's identities, the row changed last speaks for the question.
    """

    __tablename__ = "wrong_book_item"
    __table_args__ = (
        UniqueConstraint("person_id", "question_id"),
        Index("ix_wrong_book_item_listed", "person_id", "left_at", "entered_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    right_streak: Mapped[int]
    wrong_count: Mapped[int]
    counted_on: Mapped[date]
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
