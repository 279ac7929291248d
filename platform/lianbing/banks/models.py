"""Tables of banks, questions, their versions and sources. Versions and sources never change."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class QuestionBank(Base):
    __tablename__ = "question_bank"
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"), index=True)
    outline_id: Mapped[int] = mapped_column(ForeignKey("assessment_outline.id"))
    code: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(10))
    licence: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class QuestionSource(Base):
    """A law, standard or principle in one edition; a new edition is a new row."""

    __tablename__ = "question_source"
    __table_args__ = (UniqueConstraint("bank_id", "code", "content_hash"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("question_bank.id"))
    code: Mapped[str] = mapped_column(String(80))
    content_hash: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(300))
    edition: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date | None]


class Question(Base):
    """A question through all its versions.

    ``current_number`` names the one in use, the last approved; 0 while none is. ``state``,
    ``author_id`` and ``reviewer_id`` speak of the newest, ``newest_number``: a draft beside
    the version in use, or that version itself.

    ``words`` is what a search looks in, the newest version's, in one spelling: see
    ``review.drafting.show_newest``. ``loaded_hash`` is what the bank's file last said: a file
    that has not changed since does not undo what a trainer saved in the browser, nor retire what
    was written there.
    """

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("bank_id", "code"),
        CheckConstraint("current_number <= newest_number", name="in_use_exists"),
        CheckConstraint("reviewer_id <> author_id", name="reviewer_is_not_author"),
        Index("ix_question_state", "bank_id", "retired_at", "state", "code"),
        Index("ix_question_author", "bank_id", "author_id"),
        Index("ix_question_reviewer", "reviewer_id", "state"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("question_bank.id"))
    code: Mapped[str] = mapped_column(String(40))
    current_number: Mapped[int] = mapped_column(default=0)
    newest_number: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(12), default="draft")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(Text, default="", deferred=True)
    loaded_hash: Mapped[str | None] = mapped_column(String(64))
    retired_at: Mapped[datetime | None]


class QuestionVersion(Base):
    __tablename__ = "question_version"
    __table_args__ = (
        UniqueConstraint("question_id", "number"),
        # Lists and counts over a whole bank read this index alone, not the texts.
        Index(
            "ix_question_version_facts",
            "question_id",
            "number",
            "point_id",
            "type",
            "use",
            "difficulty",
            "source_id",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    number: Mapped[int]
    content_hash: Mapped[str] = mapped_column(String(64))
    point_id: Mapped[int] = mapped_column(ForeignKey("assessment_point.id"), index=True)
    grade: Mapped[str | None] = mapped_column(String(20))
    type: Mapped[str] = mapped_column(String(20))
    use: Mapped[str] = mapped_column(String(10))
    difficulty: Mapped[Decimal] = mapped_column(Numeric(4, 3))
    stem: Mapped[str] = mapped_column(Text)
    options: Mapped[list[list[str]]] = mapped_column(JSON)
    prompts: Mapped[list[str]] = mapped_column(JSON)
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    key: Mapped[dict[str, Any]] = mapped_column(JSON)
    explanation: Mapped[str] = mapped_column(Text)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("question_source.id"))
    clause: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


def _refuse(_mapper: object, _connection: object, target: object) -> None:
    raise RuntimeError(f"{type(target).__name__} rows are immutable: add a new one")


for _table in (QuestionVersion, QuestionSource):
    event.listen(_table, "before_update", _refuse)
    event.listen(_table, "before_delete", _refuse)
