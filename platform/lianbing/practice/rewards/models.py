"""Tables of rewards. All but the rules and people's own choices can be made anew from answers."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class PointsRule(Base):
    """What an organisation and all below it pay from a day on; rows are only ever added."""

    __tablename__ = "points_rule"
    __table_args__ = (UniqueConstraint("organisation_id", "version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    version: Mapped[int]
    from_day: Mapped[date]
    right_points: Mapped[int]
    partial_points: Mapped[int]
    daily_cap: Mapped[int]
    streak_answers: Mapped[int]
    roll_names: Mapped[str] = mapped_column(String(20))
    written_at: Mapped[datetime]
    written_by: Mapped[int | None] = mapped_column(BigId)


class PracticeDay(Base):
    """One person's day: the fold of its answers by the rules the day began under.

    ``rule_id`` None stands for the built-in rules. ``waiting`` until the week has taken it up.
    """

    __tablename__ = "practice_day"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    answers: Mapped[int]
    right_count: Mapped[int]
    points: Mapped[int]
    needed: Mapped[int]
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("points_rule.id"))
    waiting: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (
        Index("ix_practice_day_day", "day"),
        Index(
            "ix_practice_day_waiting",
            "day",
            postgresql_where=waiting == true(),
            sqlite_where=waiting == true(),
        ),
    )


class DayBonus(Base):
    """What something other than an answer earns on a person's day, below the day's cap.

    ``source`` names it for ever (``quiz:3:try:9``); ``revision`` is that of the newest word on it.
    """

    __tablename__ = "day_bonus"
    __table_args__ = (
        UniqueConstraint("person_id", "source"),
        Index("ix_day_bonus_day", "person_id", "day"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    day: Mapped[date]
    source: Mapped[str] = mapped_column(String(60))
    points: Mapped[int]
    revision: Mapped[int]


class PracticeWeek(Base):
    """One person's week, where they counted, and their place in the league.

    ``tier`` and ``group_no`` are None for who stays off the boards; ``rank`` and ``next_tier``
    stand once the week is settled.
    """

    __tablename__ = "practice_week"
    __table_args__ = (
        Index("ix_practice_week_group", "week", "tier", "group_no"),
        Index("ix_practice_week_unit", "week", "unit_id"),
        Index("ix_practice_week_person", "person_id"),
    )

    week: Mapped[date] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    points: Mapped[int] = mapped_column(default=0)
    answers: Mapped[int] = mapped_column(default=0)
    days: Mapped[int] = mapped_column(default=0)
    tier: Mapped[int | None]
    group_no: Mapped[int | None]
    rank: Mapped[int | None]
    outcome: Mapped[str | None] = mapped_column(String(12))
    next_tier: Mapped[int | None]


class LeagueWeek(Base):
    """A week's turn: under this row's lock the week before is settled and the groups formed."""

    __tablename__ = "league_week"

    week: Mapped[date] = mapped_column(primary_key=True)
    formed_at: Mapped[datetime | None]


class BoardRefusal(Base):
    """A person who stays off boards and out of leagues; the row goes when they come back."""

    __tablename__ = "board_refusal"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    since: Mapped[datetime]
