"""Tables of receipts: written once with their script; only ``sealed_in`` is set later."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class ExamReceipt(Base):
    """``content`` is the signed text. ``covers`` are the keys of the journal rows in the chain,
    ``marks`` the first bytes of its links; ``sealed_in`` is the first result list whose tree
    holds the receipt."""

    __tablename__ = "exam_receipt"
    __table_args__ = (
        UniqueConstraint("attempt_id", "version"),
        Index("ix_exam_receipt_tree", "exam_id", "attempt_id", "version"),
    )

    script_id: Mapped[int] = mapped_column(
        ForeignKey("script.id"), primary_key=True, autoincrement=False
    )
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"))
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    version: Mapped[int]
    content: Mapped[str] = mapped_column(Text)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    covers: Mapped[str] = mapped_column(Text)
    marks: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_in: Mapped[int | None]


class ExamReceiptRoot(Base):
    """The signed root over all receipts of an exam when a result list was published."""

    __tablename__ = "exam_receipt_root"

    result_list_id: Mapped[int] = mapped_column(
        ForeignKey("result_list.id"), primary_key=True, autoincrement=False
    )
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), index=True)
    list_version: Mapped[int]
    receipts: Mapped[int]
    root: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_at: Mapped[datetime]


class ExamAnswerKey(Base):
    """The key pair of an exam's answer files; the private half under the field key."""

    __tablename__ = "exam_answer_key"

    exam_id: Mapped[int] = mapped_column(
        ForeignKey("exam.id"), primary_key=True, autoincrement=False
    )
    public_key: Mapped[str] = mapped_column(Text)
    private_key: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]


class AnswerFile(Base):
    """An answer file as it was brought, and which journal keys its entries have.

    ``new_entries`` counts what was not stored before, ``refused`` what was not of this paper.
    """

    __tablename__ = "answer_file"
    __table_args__ = (UniqueConstraint("exam_id", "digest"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"))
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)
    device_made_at: Mapped[str] = mapped_column(String(40))
    covers: Mapped[str] = mapped_column(Text)
    new_entries: Mapped[int]
    refused: Mapped[int]
    uploaded_by: Mapped[int | None] = mapped_column(BigId)
    uploaded_at: Mapped[datetime]
