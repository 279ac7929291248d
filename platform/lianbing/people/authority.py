"""Authority: a role is held at a node and reaches its subtree. Every use case asks here."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import Forbidden, NotFound
from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.people.models.organisations import Organisation, OrganisationReach
from lianbing.people.models.persons import Membership, Person
from lianbing.people.models.roles import RoleHolding


def reaches(session: Session, actor: Actor, *roles: Role, organisation_id: OrganisationId) -> bool:
    """Whether one of the roles is held at the node or above it; the system reaches all."""
    if actor.person_id is None:
        return True
    nodes = actor.nodes(*roles)
    if not nodes:
        return False
    found = session.scalar(
        select(
            exists().where(
                OrganisationReach.descendant_id == organisation_id,
                OrganisationReach.ancestor_id.in_(nodes),
            )
        )
    )
    return bool(found)


def require_reach(
    session: Session, actor: Actor, *roles: Role, organisation_id: OrganisationId
) -> None:
    """Raise Forbidden unless one of the roles reaches the node."""
    if not reaches(session, actor, *roles, organisation_id=organisation_id):
        raise Forbidden


def reachable_ids(actor: Actor, *roles: Role) -> Select[int]:
    """A SELECT of the organisation ids that one of the roles reaches, each once."""
    if actor.person_id is None:
        return select(Organisation.id)
    return (
        select(OrganisationReach.descendant_id)
        .where(OrganisationReach.ancestor_id.in_(actor.nodes(*roles)))
        .distinct()
    )


def identities_of(session: Session, person_id: PersonId) -> tuple[PersonId, ...]:
    """All identities merged with a person's, the kept one first; raises NotFound."""
    kept = select(func.coalesce(Person.kept_id, Person.id)).where(Person.id == person_id)
    found = session.scalars(
        select(Person.id)
        .where(or_(Person.id == kept.scalar_subquery(), Person.kept_id == kept.scalar_subquery()))
        .order_by(Person.kept_id.is_not(None), Person.id)
    ).all()
    if not found:
        raise NotFound
    return tuple(PersonId(id_) for id_ in found)


_one = Person.__table__.alias("one")
_other = Person.__table__.alias("other")
_KEPT = func.coalesce(_one.c.kept_id, _one.c.id)
_IDENTITIES = (
    select(_one.c.id, _KEPT, _other.c.id)
    .select_from(_one.join(_other, or_(_other.c.id == _KEPT, _other.c.kept_id == _KEPT)))
    .where(_one.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_one.c.id, _other.c.id)
)
"""Built once: every batch of answers asks it."""


def identities_of_many(
    session: Session, person_ids: Collection[PersonId]
) -> dict[PersonId, tuple[PersonId, ...]]:
    """Each person's identities, the kept one first, in one statement; NotFound for no person."""
    rows = session.connection().execute(_IDENTITIES, {"ids": sorted(person_ids)})
    found: dict[PersonId, tuple[PersonId, ...]] = {}
    for id_, kept_id, other_id in rows:
        known = found.setdefault(PersonId(id_), (PersonId(kept_id),))
        if other_id != kept_id:
            found[PersonId(id_)] = (*known, PersonId(other_id))
    if len(found) < len(set(person_ids)):
        raise NotFound
    return found


def granted_nodes(
    session: Session, person_ids: Collection[PersonId], *, on: date
) -> frozenset[OrganisationId]:
    """The nodes at which any granted role is held on a day, or will be."""
    nodes = session.scalars(
        select(RoleHolding.organisation_id).where(
            RoleHolding.person_id.in_(person_ids),
            or_(RoleHolding.valid_to.is_(None), RoleHolding.valid_to > on),
        )
    )
    return frozenset(OrganisationId(node) for node in nodes)


def member_nodes(
    session: Session, person_ids: Collection[PersonId], *, on: date
) -> frozenset[OrganisationId]:
    """The nodes a person belongs to on a day, or will."""
    rows = _memberships(session, person_ids, on=on)
    return frozenset(OrganisationId(node) for node, _ in rows)


def home_nodes(
    session: Session, person_ids: Collection[PersonId], *, on: date
) -> frozenset[OrganisationId]:
    """Where a person is at home: whoever merely lists a person elsewhere has no say over them."""
    rows = _memberships(session, person_ids, on=on)
    homes = frozenset(OrganisationId(node) for node, is_home in rows if is_home)
    return homes or frozenset(OrganisationId(node) for node, _ in rows)


def _memberships(
    session: Session, person_ids: Collection[PersonId], *, on: date
) -> list[tuple[int, bool]]:
    rows = session.execute(
        select(Membership.organisation_id, Membership.is_home).where(
            Membership.person_id.in_(person_ids),
            or_(Membership.valid_to.is_(None), Membership.valid_to > on),
        )
    )
    return [(node, is_home) for node, is_home in rows]


def require_over_person(
    session: Session, actor: Actor, *roles: Role, person_id: PersonId, on: date
) -> None:
    """Raise Forbidden unless the actor may act on a person with one of the roles.

    A role must reach the person's home, and an administrator's must reach every node at
    which the person holds a granted role. Else a team leader could take over the account of
    an administrator who is a member of the team, and a unit that of anyone it lists.
    """
    if actor.person_id is None:
        return
    identities = identities_of(session, person_id)
    granted = granted_nodes(session, identities, on=on)
    for node in granted:
        require_reach(session, actor, Role.ADMINISTRATOR, organisation_id=node)
    nodes = home_nodes(session, identities, on=on) or granted
    if not any(reaches(session, actor, *roles, organisation_id=node) for node in nodes):
        raise Forbidden


def require_over_all_of_person(
    session: Session, actor: Actor, *, person_id: PersonId, on: date
) -> None:
    """Raise Forbidden unless the actor administers every node the person belongs to or acts at."""
    if actor.person_id is None:
        return
    identities = identities_of(session, person_id)
    nodes = member_nodes(session, identities, on=on) | granted_nodes(session, identities, on=on)
    if not nodes:
        raise Forbidden
    for node in nodes:
        require_reach(session, actor, Role.ADMINISTRATOR, organisation_id=node)
