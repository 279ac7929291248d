"""Pledges, stated purposes and views of exam-only content. Rows are evidence and stay."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class SecrecyPledge(Base):
    """保密承诺书, signed once a bank and year; ``wording`` names the text that was shown."""

    __tablename__ = "secrecy_pledge"
    __table_args__ = (UniqueConstraint("bank_id", "person_id", "year"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("question_bank.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    year: Mapped[int]
    wording: Mapped[int]
    signed_at: Mapped[datetime]


class SecrecyPurpose(Base):
    """What a person opens a bank's exam-only content for, on one day."""

    __tablename__ = "secrecy_purpose"
    __table_args__ = (Index("ix_secrecy_purpose_day", "bank_id", "person_id", "day"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("question_bank.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    day: Mapped[date]
    purpose: Mapped[str] = mapped_column(String(200))
    stated_at: Mapped[datetime]


class SecrecyView(Base):
    """One version shown to one person."""

    __tablename__ = "secrecy_view"
    __table_args__ = (Index("ix_secrecy_view_bank", "bank_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("question_bank.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    purpose_id: Mapped[int] = mapped_column(ForeignKey("secrecy_purpose.id"))
    at: Mapped[datetime]


def _refuse(_mapper: object, _connection: object, target: object) -> None:
    raise RuntimeError(f"{type(target).__name__} rows are evidence: add a new one")


for _table in (SecrecyPledge, SecrecyPurpose, SecrecyView):
    event.listen(_table, "before_update", _refuse)
    event.listen(_table, "before_delete", _refuse)
