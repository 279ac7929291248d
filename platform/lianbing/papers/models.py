"""Tables of blueprints and papers. A paper is written once, in the draw, and never changed."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    String,
    UniqueConstraint,
    event,
    inspect,
)
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class Blueprint(Base):
    """``cells`` as ``rules.cells_to_json`` writes them. Whose it is, its papers are: the bank's
    keeper's, or those it was granted to for drawing."""

    __tablename__ = "blueprint"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("question_bank.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    cells: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Paper(Base):
    """``content_hash`` names the canonical JSON that lies sealed; nothing here tells of it."""

    __tablename__ = "paper"
    __table_args__ = (UniqueConstraint("content_hash"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("question_bank.id"), index=True)
    blueprint_id: Mapped[int | None] = mapped_column(ForeignKey("blueprint.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    content_hash: Mapped[str] = mapped_column(String(64))
    question_count: Mapped[int]
    total_marks: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    frozen_at: Mapped[datetime]
    frozen_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class SealedPaper(Base):
    """A paper's content under its own keys, those under the wrapping key of the settings.

    ``body`` is the whole paper, ``copy`` what candidates may see of it, named by its SHA-256.
    ``held_at``: since when an exam is to be sat on it; ``release_at``: from when on its content
    is out; ``listed``: whether ``paper_question`` names its questions.
    """

    __tablename__ = "sealed_paper"
    __table_args__ = (
        UniqueConstraint("copy_name"),
        Index("ix_sealed_paper_due", "listed", "release_at"),
    )

    paper_id: Mapped[int] = mapped_column(
        ForeignKey("paper.id"), primary_key=True, autoincrement=False
    )
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    copy: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    copy_name: Mapped[str] = mapped_column(String(64))
    wrapped_keys: Mapped[bytes] = mapped_column(LargeBinary)
    wrapping_key: Mapped[str] = mapped_column(String(16))
    held_at: Mapped[datetime | None]
    release_at: Mapped[datetime | None]
    listed: Mapped[bool]


class PaperQuestionRow(Base):
    """Which version stands where, from the release on: for the questions' exposure alone."""

    __tablename__ = "paper_question"
    __table_args__ = (Index("ix_paper_question_version", "question_version_id"),)

    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"))
    marks: Mapped[Decimal] = mapped_column(Numeric(6, 2))


def _refuse(_mapper: object, _connection: object, target: object) -> None:
    raise RuntimeError(f"{type(target).__name__} rows are frozen: draw a new paper")


def _refuse_content(_mapper: object, _connection: object, target: SealedPaper) -> None:
    changed = inspect(target).attrs
    if changed.body.history.has_changes() or changed.copy.history.has_changes():
        raise RuntimeError("a sealed paper's content is frozen: draw a new paper")


event.listen(Paper, "before_update", _refuse)
event.listen(PaperQuestionRow, "before_update", _refuse)
event.listen(SealedPaper, "before_update", _refuse_content)
for _table in (Paper, PaperQuestionRow, SealedPaper):
    event.listen(_table, "before_delete", _refuse)
