"""Tables of persons: identity, merges, dated memberships, requests to join a unit."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from lianbing.infra.database import Base, BigId


def _unique_while_open(name: str, *columns: str, also: str = "") -> Index:
    clause = text("valid_to IS NULL" + also)
    return Index(name, *columns, unique=True, postgresql_where=clause, sqlite_where=clause)


class Person(Base):
    """One lifelong identity. ``kept_id`` mirrors the live merges: who stands for this one."""

    __tablename__ = "person"
    __table_args__ = (
        Index("uq_person_id_number_digest", "id_number_digest", unique=True),
        Index(
            "uq_person_phone_digest",
            "phone_digest",
            unique=True,
            postgresql_where=text("phone_active"),
            sqlite_where=text("phone_active"),
        ),
        Index("ix_person_name", "name"),
        CheckConstraint("kept_id <> id", name="kept_is_another"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    id_number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_number_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    phone_active: Mapped[bool] = mapped_column(default=True)
    kept_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    sex: Mapped[str | None] = mapped_column(String(8))
    birth_year: Mapped[int | None]
    is_migrant: Mapped[bool | None]
    employment_form: Mapped[str | None] = mapped_column(String(16))
    occupation_edition: Mapped[str | None] = mapped_column(String(8))
    occupation_code: Mapped[str | None] = mapped_column(String(16))
    post: Mapped[str] = mapped_column(String(60), default="")
    grade: Mapped[str | None] = mapped_column(String(20))
    grade_since: Mapped[date | None]
    locale: Mapped[str | None] = mapped_column(String(8))
    larger_text: Mapped[bool] = mapped_column(default=False)
    self_registered: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class PersonMerge(Base):
    """Two identities found to be one; nothing is repointed, so undoing it is one date."""

    __tablename__ = "person_merge"
    __table_args__ = (
        Index(
            "uq_person_merge_absorbed",
            "absorbed_id",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
            sqlite_where=text("undone_at IS NULL"),
        ),
        CheckConstraint("absorbed_id <> kept_id", name="two_persons"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    absorbed_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kept_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    merged_at: Mapped[datetime]
    merged_by: Mapped[int | None] = mapped_column(BigId)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(BigId)


class Membership(Base):
    """A person belongs to a node from a day up to, not including, another.

    ``unit_id`` is the node's own unit. ``is_home`` marks where the person counts; further
    groups and further units are rows without it.
    """

    __tablename__ = "membership"
    __table_args__ = (
        _unique_while_open("uq_membership_open", "person_id", "organisation_id"),
        _unique_while_open("uq_membership_home", "person_id", also=" AND is_home"),
        _unique_while_open(
            "uq_membership_staff_number",
            "unit_id",
            "staff_number",
            also=" AND staff_number IS NOT NULL",
        ),
        Index("ix_membership_organisation", "organisation_id"),
        Index("ix_membership_person", "person_id"),
        Index("ix_membership_staff_number", "staff_number"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
        CheckConstraint("staff_number IS NULL OR unit_id IS NOT NULL", name="number_in_a_unit"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    staff_number: Mapped[str | None] = mapped_column(String(32))
    is_home: Mapped[bool] = mapped_column(default=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    created_at: Mapped[datetime]


class MembershipRequest(Base):
    """A self-registered person says they work in a unit; its administrator confirms or not."""

    __tablename__ = "membership_request"
    __table_args__ = (
        Index(
            "uq_membership_request_open",
            "person_id",
            "unit_id",
            unique=True,
            postgresql_where=text("decided_at IS NULL"),
            sqlite_where=text("decided_at IS NULL"),
        ),
        Index("ix_membership_request_unit", "unit_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    requested_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(BigId)
    accepted: Mapped[bool | None]
