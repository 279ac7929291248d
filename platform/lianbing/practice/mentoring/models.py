"""Tables of mentoring: pairs with their pact, drills set, notes."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class MentoringPair(Base):
    """Two people and their pact; both signatures, then in force within its period until ended.

    ``settled_at``: its end was told to the floors above; ``drills_done`` of ``drills_set`` then.
    """

    __tablename__ = "mentoring_pair"
    __table_args__ = (
        Index(
            "uq_mentoring_pair_open",
            "mentor_id",
            "apprentice_id",
            unique=True,
            postgresql_where=text("ended_on IS NULL"),
            sqlite_where=text("ended_on IS NULL"),
        ),
        CheckConstraint("mentor_id <> apprentice_id", name="two_persons"),
        CheckConstraint("starts_on <= ends_on", name="period"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    mentor_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    apprentice_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    pact: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    mentor_signed_at: Mapped[datetime | None]
    apprentice_signed_at: Mapped[datetime | None]
    agreed_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    end_reason: Mapped[str] = mapped_column(String(300), default="")
    settled_at: Mapped[datetime | None]
    drills_set: Mapped[int] = mapped_column(default=0)
    drills_done: Mapped[int] = mapped_column(default=0)


class MentoringDrill(Base):
    """What a mentor set: so many answers in a scope or on a point by a day."""

    __tablename__ = "mentoring_drill"
    __table_args__ = (
        CheckConstraint("(scope_id IS NULL) <> (point_id IS NULL)", name="scope_or_point"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("mentoring_pair.id"), index=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("question_bank.id"))
    scope_id: Mapped[int | None] = mapped_column(ForeignKey("assessment_scope.id"))
    point_id: Mapped[int | None] = mapped_column(ForeignKey("assessment_point.id"))
    wanted: Mapped[int]
    due_on: Mapped[date]
    set_at: Mapped[datetime]


class MentoringNote(Base):
    """A note of one for the other; only ever added."""

    __tablename__ = "mentoring_note"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("mentoring_pair.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(String(1000))
    written_at: Mapped[datetime]
