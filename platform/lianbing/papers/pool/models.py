"""Tables of pairs that never meet in a paper, and of item parameters from elsewhere."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class EnemyPair(Base):
    """Two questions of which one gives the other away; the lower number first."""

    __tablename__ = "enemy_pair"
    __table_args__ = (
        UniqueConstraint("low_question_id", "high_question_id"),
        CheckConstraint("low_question_id < high_question_id", name="ordered"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("question_bank.id"), index=True)
    low_question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    high_question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), index=True)
    reason: Mapped[str] = mapped_column(String(200))
    declared_at: Mapped[datetime]
    declared_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class ItemParameterRow(Base):
    """Parameters of one version in the three-parameter logistic model; a new version has none."""

    __tablename__ = "item_parameter"

    question_version_id: Mapped[int] = mapped_column(
        ForeignKey("question_version.id"), primary_key=True, autoincrement=False
    )
    a: Mapped[Decimal] = mapped_column(Numeric(7, 4))
    b: Mapped[Decimal] = mapped_column(Numeric(7, 4))
    c: Mapped[Decimal] = mapped_column(Numeric(7, 4))
    imported_at: Mapped[datetime]
    imported_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
