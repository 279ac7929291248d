"""Tables of files on their way into banks, what was said of their lines, and mapped headings."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class QuestionImport(Base):
    """A file; ``data`` goes when it was taken in or given up. ``wanted`` holds for all lines."""

    __tablename__ = "question_import"
    __table_args__ = (
        Index("ix_question_import_state", "state", "id"),
        Index("ix_question_import_bank", "bank_id", "asked_by"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("question_bank.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    format: Mapped[str] = mapped_column(String(12), default="")
    state: Mapped[str] = mapped_column(String(12))
    progress: Mapped[int] = mapped_column(default=0)
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    columns: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    data: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    alive_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class ImportLine(Base):
    """A question of a file, or a finding that belongs to none; ``question_id`` once taken in."""

    __tablename__ = "question_import_line"
    __table_args__ = (Index("ix_question_import_line_level", "import_id", "level", "number"),)

    import_id: Mapped[int] = mapped_column(
        ForeignKey("question_import.id"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sheet: Mapped[str] = mapped_column(String(200))
    row: Mapped[int]
    level: Mapped[str] = mapped_column(String(10))
    type: Mapped[str] = mapped_column(String(20))
    point: Mapped[str] = mapped_column(String(20))
    stem: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text, default="")
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"), index=True)


class MappedHeading(Base):
    """What an organisation's trainers said a heading stands for; "" for nothing."""

    __tablename__ = "import_heading"

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True, autoincrement=False
    )
    heading: Mapped[str] = mapped_column(String(100), primary_key=True)
    field: Mapped[str] = mapped_column(String(20))
