"""Blueprints offered for mock exams, and the sittings."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.exams.scratch_columns import PadColumns
from lianbing.infra.database import Base, BigId


class MockOffer(Base):
    """A blueprint that its keepers let everybody practise by, who may practise its bank."""

    __tablename__ = "mock_offer"

    blueprint_id: Mapped[int] = mapped_column(
        ForeignKey("blueprint.id"), primary_key=True, autoincrement=False
    )
    minutes: Mapped[int]
    offered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    offered_at: Mapped[datetime]


class MockSitting(PadColumns, Base):
    """One mock exam of one person, with the scratch pad that holds its answers.

    ``questions``: version id and marks of each, from which and ``seed`` the paper is made again,
    letter by letter. ``is_open`` is True or None, so that a person has one under way at a time.
    ``items``: verdict and marks by number, once marked.
    """

    __tablename__ = "mock_sitting"
    __table_args__ = (
        UniqueConstraint("person_id", "is_open"),
        Index("ix_mock_sitting_listed", "person_id", "began_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    bank_id: Mapped[int] = mapped_column(ForeignKey("question_bank.id"))
    blueprint_id: Mapped[int | None] = mapped_column(ForeignKey("blueprint.id"))
    title: Mapped[str] = mapped_column(String(200))
    questions: Mapped[list[Any]] = mapped_column(JSON)
    asked_for: Mapped[int]
    seed: Mapped[int] = mapped_column(BigId)
    total_marks: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    marks: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    items: Mapped[dict[str, Any] | None] = mapped_column(JSON)
