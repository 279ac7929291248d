"""Who may read, practise or draw from a bank that another organisation keeps."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class BankGrant(Base):
    """A right of an organisation and all below it, from and to a day, both included."""

    __tablename__ = "bank_grant"
    __table_args__ = (
        Index(
            "uq_bank_grant_open",
            "bank_id",
            "organisation_id",
            "right",
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
            sqlite_where=text("revoked_at IS NULL"),
        ),
        Index("ix_bank_grant_organisation", "organisation_id", "right"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("question_bank.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    right: Mapped[str] = mapped_column(String(10))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None]
