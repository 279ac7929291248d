"""The table of uploaded lists of people, kept sealed between dry run and commit."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class PeopleImport(Base):
    """An upload. ``sealed`` holds its cells until it is committed, discarded or expired."""

    __tablename__ = "people_import"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    rows: Mapped[int]
    uploaded_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    committed_at: Mapped[datetime | None]
    added: Mapped[int] = mapped_column(default=0)
    linked: Mapped[int] = mapped_column(default=0)
