"""Tables of study material: its text, its parts, its points; each file once by its content."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, PrimaryKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class StudyFile(Base):
    """``name`` is the SHA-256 of ``data``: a row never changes."""

    __tablename__ = "study_file"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    mime: Mapped[str] = mapped_column(String(20))
    size: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime]


class StudyMaterial(Base):
    """Kept by an organisation and open to everyone at or below it, until withdrawn."""

    __tablename__ = "study_material"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class StudyItem(Base):
    """A file or a link of a material, in the order of ``id``; ``title`` says what it is."""

    __tablename__ = "study_item"
    __table_args__ = (
        CheckConstraint("(url IS NULL) <> (file_name IS NULL)", name="file_or_link"),
        CheckConstraint("(kind = 'link') = (url IS NOT NULL)", name="link_has_address"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    material_id: Mapped[int] = mapped_column(ForeignKey("study_material.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(120))
    file_name: Mapped[str | None] = mapped_column(ForeignKey("study_file.name"), index=True)
    url: Mapped[str | None] = mapped_column(String(500))
    added_at: Mapped[datetime]


class StudyPoint(Base):
    """That a material teaches an assessment point."""

    __tablename__ = "study_point"
    __table_args__ = (PrimaryKeyConstraint("material_id", "point_id"),)

    material_id: Mapped[int] = mapped_column(ForeignKey("study_material.id"), autoincrement=False)
    point_id: Mapped[int] = mapped_column(
        ForeignKey("assessment_point.id"), autoincrement=False, index=True
    )
