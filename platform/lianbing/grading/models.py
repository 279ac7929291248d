"""Tables: scripts (numbered, immutable foldings of a journal) and their mark sheets."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class Script(Base):
    """One version of what an attempt answered; never updated, a later version is a new row."""

    __tablename__ = "script"
    __table_args__ = (UniqueConstraint("attempt_id", "version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    version: Mapped[int]
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"))
    answers: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(String(20))
    made_at: Mapped[datetime]


class MarkSheetRow(Base):
    """What a script earned under one rule and one key version; a regrade adds a sheet."""

    __tablename__ = "mark_sheet"
    __table_args__ = (UniqueConstraint("script_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    script_id: Mapped[int] = mapped_column(ForeignKey("script.id"))
    number: Mapped[int]
    total: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    items: Mapped[str] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(Text)
    key_version: Mapped[str] = mapped_column(String(64))
    marked_at: Mapped[datetime]
