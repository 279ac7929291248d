"""How many: the units of a subtree, their registered heads, their people, each counted once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lianbing.kernel.ids import OrganisationId
from lianbing.people.models.persons import Membership, Person
from lianbing.people.organisations.queries import facts_on, units_on
from lianbing.people.persons.identities import kept_id, valid_on

CHUNK = 5000


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitBase:
    """What a unit's participation rate is measured against on a day."""

    unit_id: OrganisationId
    head_count: int | None
    people: int

    @property
    def base(self) -> int:
        """The registered head count; the people known here where none is registered."""
        return self.head_count if self.head_count is not None else self.people


@dataclass(frozen=True, kw_only=True, slots=True)
class ParticipationBase:
    """The units of a subtree on a day; a unit under two unions is one of them once."""

    units: tuple[UnitBase, ...]
    people: int

    @property
    def base(self) -> int:
        return sum(unit.base for unit in self.units)

    @property
    def registered(self) -> int:
        """How many of the units have a head count on register."""
        return sum(unit.head_count is not None for unit in self.units)


def participation_base(
    session: Session, organisation_id: OrganisationId, *, on: date
) -> ParticipationBase:
    """Units, heads and people of a subtree by the links, facts and memberships of a day."""
    units = sorted(units_on(session, organisation_id, on=on))
    heads: dict[int, int | None] = {}
    people: dict[int, int] = {}
    for start in range(0, len(units), CHUNK):
        chunk = [OrganisationId(unit) for unit in units[start : start + CHUNK]]
        facts = facts_on(session, chunk, on=on)
        heads.update((unit, found.head_count) for unit, found in facts.items())
        people.update(_people_by_unit(session, chunk, on=on))
    return ParticipationBase(
        units=tuple(
            UnitBase(
                unit_id=OrganisationId(unit),
                head_count=heads.get(unit),
                people=people.get(unit, 0),
            )
            for unit in units
        ),
        people=_people(session, units, on=on),
    )


def _people_by_unit(
    session: Session, units: Collection[OrganisationId], *, on: date
) -> dict[int, int]:
    rows = session.execute(
        select(Membership.unit_id, func.count(kept_id().distinct()))
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.unit_id.in_(units), valid_on(on))
        .group_by(Membership.unit_id)
    )
    return {unit: count for unit, count in rows if unit is not None}


def _people(session: Session, units: list[int], *, on: date) -> int:
    # A person in two units of the subtree is one person, so this is no sum of the units'.
    seen: set[int] = set()
    for start in range(0, len(units), CHUNK):
        seen.update(
            session.scalars(
                select(kept_id())
                .join(Membership, Membership.person_id == Person.id)
                .where(Membership.unit_id.in_(units[start : start + CHUNK]), valid_on(on))
            )
        )
    return len(seen)
