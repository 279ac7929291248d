"""Tables of organisations: nodes, dated links, today's closure, dated facts."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


class Organisation(Base):
    """A node. ``unit_id`` is the unit it is or lies in, None for a union; it never changes."""

    __tablename__ = "organisation"
    __table_args__ = (
        Index("uq_organisation_code", "code", unique=True),
        Index("ix_organisation_name", "name"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    code: Mapped[str | None] = mapped_column(String(40))
    unit_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("organisation.id"), index=True)
    created_at: Mapped[datetime]


class OrganisationLink(Base):
    """A child belongs to a parent from a day up to, not including, another."""

    __tablename__ = "organisation_link"
    __table_args__ = (
        Index(
            "uq_organisation_link_open",
            "parent_id",
            "child_id",
            unique=True,
            postgresql_where=text("valid_to IS NULL"),
            sqlite_where=text("valid_to IS NULL"),
        ),
        Index("ix_organisation_link_child", "child_id"),
        Index("ix_organisation_link_parent", "parent_id"),
        CheckConstraint("parent_id <> child_id", name="not_itself"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    child_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    line: Mapped[str] = mapped_column(String(12))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class OrganisationReach(Base):
    """Today's closure of the links, each pair once, every node with itself."""

    __tablename__ = "organisation_reach"
    __table_args__ = (Index("ix_organisation_reach_descendant", "descendant_id"),)

    ancestor_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    descendant_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    depth: Mapped[int]


class OrganisationTree(Base):
    """One row: the lock under which the graph changes, and the day its closure is of."""

    __tablename__ = "organisation_tree"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    built_on: Mapped[date]


class OrganisationFacts(Base):
    """A unit's facts from a day on, until the next row; so two can never overlap."""

    __tablename__ = "organisation_facts"
    __table_args__ = (UniqueConstraint("organisation_id", "valid_from"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    valid_from: Mapped[date]
    industry: Mapped[str] = mapped_column(String(8), default="")
    ownership: Mapped[str | None] = mapped_column(String(24))
    size_class: Mapped[str | None] = mapped_column(String(12))
    union_founded: Mapped[bool | None]
    park: Mapped[str] = mapped_column(String(120), default="")
    head_count: Mapped[int | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(BigId)
