"""Which edition of a source superseded which, from what day."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class SourceSupersession(Base):
    """The old edition holds until ``valid_from``, the new one from then on."""

    __tablename__ = "source_supersession"
    __table_args__ = (
        UniqueConstraint("old_source_id"),
        CheckConstraint("old_source_id <> new_source_id", name="another_edition"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("question_bank.id"), index=True)
    old_source_id: Mapped[int] = mapped_column(ForeignKey("question_source.id"))
    new_source_id: Mapped[int] = mapped_column(ForeignKey("question_source.id"))
    valid_from: Mapped[date]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
