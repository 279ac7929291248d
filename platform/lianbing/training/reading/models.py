"""Tables of time spent on study material."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class StudyClock(Base):
    """Up to when a person's time is counted, whatever they study; the lock under which it is."""

    __tablename__ = "study_clock"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    counted_until: Mapped[datetime | None]


class StudyTime(Base):
    """What one person spent on one material on one local day."""

    __tablename__ = "study_time"
    __table_args__ = (PrimaryKeyConstraint("material_id", "person_id", "day"),)

    material_id: Mapped[int] = mapped_column(ForeignKey("study_material.id"), autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), autoincrement=False, index=True)
    day: Mapped[date]
    milliseconds: Mapped[int] = mapped_column(BigId)
