"""Who is one person: merged identities resolved to the kept one, in SQL and by id."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import TypeVarTuple

from sqlalchemy import BindParameter, ColumnElement, Select, SQLColumnExpression, func, or_, select
from sqlalchemy.orm import Session, aliased

from lianbing.kernel.ids import PersonId
from lianbing.people.authority import identities_of
from lianbing.people.models.persons import Membership, Person

CHUNK = 5000
Columns = TypeVarTuple("Columns")


def valid_on(on: date | BindParameter[date]) -> ColumnElement[bool]:
    """The condition that a membership holds on a day."""
    return (Membership.valid_from <= on) & or_(
        Membership.valid_to.is_(None), Membership.valid_to > on
    )


def kept_id() -> ColumnElement[int]:
    """The SQL for the identity that stands for a person row."""
    return func.coalesce(Person.kept_id, Person.id)


def kept_among(kept: Collection[int]) -> ColumnElement[bool]:
    """The condition that one of these kept identities stands for a person row; by both indexes.

    ``kept_id() IN …`` would read every person there is.
    """
    return or_(Person.id.in_(kept), Person.kept_id.in_(kept))


def identities() -> Select[int, int]:
    """Every person row with who stands for it: columns ``id`` and ``kept_id``, to join with."""
    return select(Person.id.label("id"), kept_id().label("kept_id"))


def same_person_ids(session: Session, person_id: PersonId) -> tuple[PersonId, ...]:
    """All identities merged into one person, the kept one first; raises NotFound."""
    return identities_of(session, person_id)


def with_identities(
    statement: Select[*Columns], person_id: SQLColumnExpression[int]
) -> Select[*Columns, int, int | None]:
    """The statement with who stands for a person and, a row each, who else is merged with them."""
    own, other = aliased(Person), aliased(Person)
    kept = func.coalesce(own.kept_id, own.id)
    return (
        statement.join(own, own.id == person_id)
        .outerjoin(other, other.kept_id == kept)
        .add_columns(kept.label("kept_id"), other.id.label("absorbed_id"))
    )


def kept_ids(session: Session, person_ids: Collection[PersonId]) -> dict[PersonId, PersonId]:
    """Who stands for each of the identities; unknown ids are left out."""
    return {
        PersonId(id_): PersonId(kept)
        for chunk in chunks(person_ids)
        for id_, kept in session.execute(select(Person.id, kept_id()).where(Person.id.in_(chunk)))
    }


def chunks(ids: Iterable[int]) -> list[list[int]]:
    """The ids, each once and sorted, in runs that a statement can carry."""
    ordered = sorted(set(ids))
    return [ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK)]
