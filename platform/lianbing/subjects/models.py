"""Tables of occupations, subjects and the outlines (鉴定要素细目表) that hang scopes and points."""

from decimal import Decimal

from sqlalchemy import JSON, ForeignKey, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class Occupation(Base):
    """Codes are reused between editions of 职业分类大典: the key is (edition, code)."""

    __tablename__ = "occupation"
    __table_args__ = (UniqueConstraint("edition", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    edition: Mapped[str] = mapped_column(String(8))
    code: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(150))
    grades: Mapped[list[str]] = mapped_column(JSON)


class Subject(Base):
    __tablename__ = "subject"
    __table_args__ = (UniqueConstraint("kind", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(String(150))
    occupation_id: Mapped[int | None] = mapped_column(ForeignKey("occupation.id"), index=True)
    grades: Mapped[list[str]] = mapped_column(JSON)
    title: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))


class AssessmentOutline(Base):
    """One organisation's outline of a subject: two banks never overwrite each other's weights."""

    __tablename__ = "assessment_outline"
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))


class AssessmentScope(Base):
    """``position`` keeps the outline's own order; a scope no longer in it is retired, not gone."""

    __tablename__ = "assessment_scope"
    __table_args__ = (UniqueConstraint("outline_id", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    outline_id: Mapped[int] = mapped_column(ForeignKey("assessment_outline.id"))
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("assessment_scope.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    weight: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    position: Mapped[int]
    retired: Mapped[bool] = mapped_column(default=False)


class AssessmentPoint(Base):
    __tablename__ = "assessment_point"
    __table_args__ = (UniqueConstraint("outline_id", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    outline_id: Mapped[int] = mapped_column(ForeignKey("assessment_outline.id"))
    scope_id: Mapped[int] = mapped_column(ForeignKey("assessment_scope.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    importance: Mapped[str] = mapped_column(String(1))
    position: Mapped[int]
    retired: Mapped[bool] = mapped_column(default=False)
