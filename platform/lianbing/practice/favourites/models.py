"""What a person keeps of a question: whether it is a favourite, and a note nobody else reads."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class KeptQuestion(Base):
    """A row stays when both are taken back, so that of a merged person's rows the one changed
    last can speak."""

    __tablename__ = "kept_question"
    __table_args__ = (
        UniqueConstraint("person_id", "question_id"),
        Index("ix_kept_question_listed", "person_id", "is_favourite", "changed_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    is_favourite: Mapped[bool]
    note: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]
