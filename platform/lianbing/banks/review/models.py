"""What was said and decided of a question's versions. Rows are evidence and stay."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class ReviewEntry(Base):
    """One line; ``author_id`` is the version's author, so that the database itself refuses an
    approval by them."""

    __tablename__ = "question_review_entry"
    __table_args__ = (
        CheckConstraint("kind <> 'approved' OR by_id <> author_id", name="not_by_the_author"),
        Index("ix_question_review_entry_question", "question_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    number: Mapped[int]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(12))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    other_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


def _refuse(_mapper: object, _connection: object, target: object) -> None:
    raise RuntimeError(f"{type(target).__name__} rows are evidence: add a new one")


event.listen(ReviewEntry, "before_update", _refuse)
event.listen(ReviewEntry, "before_delete", _refuse)
