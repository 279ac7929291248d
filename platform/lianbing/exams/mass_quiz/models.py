"""Tables of mass quizzes: the quiz, its tries, where people stand, how teams and units do."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Numeric, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.exams.scratch_columns import PadColumns
from lianbing.infra.database import Base, BigId


class MassQuiz(Base):
    """A quiz; ``cells`` are its blueprint's as they stood when it was last saved.

    ``opens_at`` and ``closes_at`` are resolved from its days once; closing early moves the
    latter. ``board_id`` stands from the publication on.
    """

    __tablename__ = "mass_quiz"
    __table_args__ = (
        Index("ix_mass_quiz_place", "organisation_id", "closes_at"),
        Index("ix_mass_quiz_open", "closes_at", "opens_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    title: Mapped[str] = mapped_column(String(80))
    about: Mapped[str] = mapped_column(String(500))
    bank_id: Mapped[int] = mapped_column(ForeignKey("question_bank.id"))
    blueprint_id: Mapped[int] = mapped_column(ForeignKey("blueprint.id"))
    cells: Mapped[list[Any]] = mapped_column(JSON)
    questions: Mapped[int]
    total_marks: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    minutes: Mapped[int]
    tries: Mapped[int]
    counting: Mapped[str] = mapped_column(String(12))
    points: Mapped[int]
    points_for: Mapped[str] = mapped_column(String(8))
    names: Mapped[str] = mapped_column(String(20))
    reserved_only: Mapped[bool]
    explains: Mapped[bool]
    board_id: Mapped[int | None] = mapped_column(ForeignKey("board.id"))
    places_on: Mapped[date | None]
    settled_at: Mapped[datetime | None]
    created_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]


class MassQuizTry(PadColumns, Base):
    """One try (一次答题) of one person, with the scratch pad that holds its answers.

    ``questions``: version id and marks of each, from which and ``seed`` its paper is made again.
    ``is_open`` is True or None, so that a person has one under way at a time; ``try_no`` counts
    a day's tries, so that no double click makes one more.
    """

    __tablename__ = "mass_quiz_try"
    __table_args__ = (
        UniqueConstraint("quiz_id", "person_id", "day", "try_no"),
        UniqueConstraint("quiz_id", "person_id", "is_open"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("mass_quiz.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    day: Mapped[date]
    try_no: Mapped[int]
    questions: Mapped[list[Any]] = mapped_column(JSON)
    seed: Mapped[int] = mapped_column(BigId)
    marks: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    seconds: Mapped[int | None]
    items: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    void_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    given_back: Mapped[bool] = mapped_column(default=False)


Index(
    "ix_mass_quiz_try_open",
    MassQuizTry.due_at,
    postgresql_where=MassQuizTry.is_open == true(),
    sqlite_where=MassQuizTry.is_open == true(),
)


class MassQuizStanding(Base):
    """Where a person stands in a quiz, folded from their tries; its row is the person's lock.

    ``tries`` are those that count, 0 for who only began one. ``waiting`` until boards and places
    have taken it up.
    """

    __tablename__ = "mass_quiz_standing"

    quiz_id: Mapped[int] = mapped_column(ForeignKey("mass_quiz.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    tries: Mapped[int] = mapped_column(default=0)
    marks: Mapped[Decimal] = mapped_column(Numeric(10, 2), default=Decimal(0))
    seconds: Mapped[int] = mapped_column(default=0)
    reached_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        Index("ix_mass_quiz_standing_order", "quiz_id", marks.desc(), "seconds", "reached_at"),
        Index("ix_mass_quiz_standing_unit", "quiz_id", "unit_id"),
        Index("ix_mass_quiz_standing_team", "quiz_id", "team_id"),
        Index("ix_mass_quiz_standing_person", "person_id"),
        Index(
            "ix_mass_quiz_standing_waiting",
            "quiz_id",
            postgresql_where=waiting == true(),
            sqlite_where=waiting == true(),
        ),
    )


class MassQuizPlace(Base):
    """A unit or work team of a quiz: its heads, who took part, what they came to.

    ``kind`` is ``unit`` or ``team``; ``heads`` the registered head count where ``registered``,
    else the people known there. All of it can be made anew from standings and people.
    """

    __tablename__ = "mass_quiz_place"
    __table_args__ = (
        Index("ix_mass_quiz_place_share", "quiz_id", "kind", "share"),
        Index("ix_mass_quiz_place_average", "quiz_id", "kind", "average"),
        Index("ix_mass_quiz_place_total", "quiz_id", "kind", "total"),
    )

    quiz_id: Mapped[int] = mapped_column(ForeignKey("mass_quiz.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True, autoincrement=False
    )
    kind: Mapped[str] = mapped_column(String(8))
    heads: Mapped[int]
    registered: Mapped[bool]
    participants: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    total: Mapped[Decimal] = mapped_column(Numeric(14, 2), default=Decimal(0))
    average: Mapped[Decimal] = mapped_column(Numeric(10, 2), default=Decimal(0))
    share: Mapped[Decimal] = mapped_column(Numeric(6, 4), default=Decimal(0))
