"""The table of roles held at nodes, with the days they are held from and to."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class RoleHolding(Base):
    """A granted role. WORKER is never stored: whoever is a member of a node is a worker there."""

    __tablename__ = "role_holding"
    __table_args__ = (
        Index(
            "uq_role_holding_open",
            "person_id",
            "organisation_id",
            "role",
            unique=True,
            postgresql_where=text("valid_to IS NULL"),
            sqlite_where=text("valid_to IS NULL"),
        ),
        Index("ix_role_holding_organisation", "organisation_id"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
        CheckConstraint("role <> 'worker'", name="worker_is_by_membership"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[str] = mapped_column(String(16))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    granted_at: Mapped[datetime]
    granted_by: Mapped[int | None] = mapped_column(BigId)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(BigId)
