"""Contests, their events, rounds and entries, and how many places each unit has taken."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class Contest(Base):
    __tablename__ = "contest"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    level: Mapped[str] = mapped_column(String(20))
    contest_class: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(30))
    notice: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(String(200))
    registration_opens_at: Mapped[datetime]
    registration_closes_at: Mapped[datetime]
    mask_policy: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12), index=True)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    cancelled_reason: Mapped[str] = mapped_column(Text, default="")


class ContestEvent(Base):
    """竞赛项目: what is competed in; ``conditions`` is the eligibility rule as JSON."""

    __tablename__ = "contest_event"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"), index=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"))
    title: Mapped[str] = mapped_column(String(200))
    conditions: Mapped[str] = mapped_column(Text)


class ContestRound(Base):
    """A round of an event; a theory round is an exam."""

    __tablename__ = "contest_round"
    __table_args__ = (UniqueConstraint("exam_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("contest_event.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"))


class ContestEntry(Base):
    """A person's entry; ``eligibility`` keeps what was checked and found at registration."""

    __tablename__ = "contest_entry"
    __table_args__ = (
        UniqueConstraint("event_id", "person_id"),
        Index("ix_contest_entry_unit", "event_id", "unit_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("contest_event.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[str] = mapped_column(String(12))
    registered_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    eligibility: Mapped[str] = mapped_column(Text)


class ContestUnitPlaces(Base):
    """How many places a unit has taken in an event: the one row its entrants compete for."""

    __tablename__ = "contest_unit_places"

    event_id: Mapped[int] = mapped_column(ForeignKey("contest_event.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    taken: Mapped[int]
