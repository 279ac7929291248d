"""The table of mastery: a fold of practice_answer, kept so that a screen need not replay it."""

from datetime import date

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base


class PointMastery(Base):
    """The evidence of one identity on one point, in its weight of ``as_of``.

    Drills only: exam answers are read where they lie, and only once released. The rows of a
    merged person's identities add up.
    """

    __tablename__ = "point_mastery"
    __table_args__ = (
        PrimaryKeyConstraint("person_id", "point_id"),
        Index("ix_point_mastery_point", "point_id"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), autoincrement=False)
    point_id: Mapped[int] = mapped_column(ForeignKey("assessment_point.id"), autoincrement=False)
    right_weight: Mapped[float]
    wrong_weight: Mapped[float]
    answers: Mapped[int]
    as_of: Mapped[date]
