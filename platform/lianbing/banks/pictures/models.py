"""Tables of pictures: each kept once by its content, and named by the banks that use it."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base


class QuestionPicture(Base):
    """``name`` is the head of the SHA-256 of ``data``: a row never changes."""

    __tablename__ = "question_picture"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    mime: Mapped[str] = mapped_column(String(20))
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    width: Mapped[int]
    height: Mapped[int]
    created_at: Mapped[datetime]


class BankPicture(Base):
    """That a bank may use a picture; without this row its name opens nothing there."""

    __tablename__ = "bank_picture"
    __table_args__ = (PrimaryKeyConstraint("bank_id", "name"),)

    bank_id: Mapped[int] = mapped_column(ForeignKey("question_bank.id"), autoincrement=False)
    name: Mapped[str] = mapped_column(ForeignKey("question_picture.name"), index=True)
