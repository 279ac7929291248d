"""Tables of tags, and of bulk changes with what they found before."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class QuestionTag(Base):
    __tablename__ = "question_tag"
    __table_args__ = (Index("ix_question_tag_tag", "tag", "question_id"),)

    question_id: Mapped[int] = mapped_column(
        ForeignKey("question.id"), primary_key=True, autoincrement=False
    )
    tag: Mapped[str] = mapped_column(String(20), primary_key=True)


class BulkChangeRow(Base):
    """One change to many questions of a bank. Undone once, if at all."""

    __tablename__ = "question_bulk_change"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("question_bank.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    count: Mapped[int]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class BulkChangeItem(Base):
    """A question before the change; ``to_number`` is its newest version after it."""

    __tablename__ = "question_bulk_change_item"

    change_id: Mapped[int] = mapped_column(
        ForeignKey("question_bulk_change.id"), primary_key=True, autoincrement=False
    )
    question_id: Mapped[int] = mapped_column(
        ForeignKey("question.id"), primary_key=True, autoincrement=False
    )
    from_number: Mapped[int]
    to_number: Mapped[int]
    in_use: Mapped[bool]
    keeps_approval: Mapped[bool]
    state: Mapped[str] = mapped_column(String(12))
    author_id: Mapped[int | None]
    content_hash: Mapped[str] = mapped_column(String(64))
