"""Memberships: joining a node, further groups and units, moving and leaving.

A person without an employer belongs to the territorial union: whoever leaves the last unit
is placed there, so nobody falls out of the counts.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.infra import audit
from lianbing.infra.calendar import local_date
from lianbing.infra.crypto import Keyring
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import Forbidden, NotFound
from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.people.authority import (
    home_nodes,
    identities_of,
    member_nodes,
    reaches,
    require_reach,
)
from lianbing.people.models.organisations import Organisation, OrganisationReach
from lianbing.people.models.persons import Membership
from lianbing.people.organisations.errors import BadDates
from lianbing.people.organisations.rules import OrganisationKind
from lianbing.people.persons.errors import AlreadyMember
from lianbing.people.persons.queries import find_by_number


@dataclass(frozen=True, kw_only=True, slots=True)
class NewMembership:
    """Where a person joins; ``is_home`` None makes it the home only of one who has none."""

    organisation_id: OrganisationId
    staff_number: str = ""
    valid_from: date | None = None
    is_home: bool | None = None


def join(session: Session, person_id: PersonId, new: NewMembership, *, now: datetime) -> Membership:
    """Store a membership, without asking who may; a home in a unit ends a stay in a union.

    Raises AlreadyMember; StaffNumberTaken comes from its constraint.
    """
    on = new.valid_from or local_date(now)
    node = session.get(Organisation, new.organisation_id)
    if node is None:
        raise NotFound
    held = open_memberships(session, person_id)
    if any(membership.organisation_id == node.id for membership in held):
        raise AlreadyMember
    home = next((m for m in held if m.is_home), None)
    is_home = home is None if new.is_home is None else new.is_home
    if is_home and home is not None:
        home.is_home = False
    if is_home and node.unit_id is not None:
        leave_unions(held, on)
    session.flush()
    membership = Membership(
        person_id=person_id,
        organisation_id=node.id,
        unit_id=node.unit_id,
        staff_number=new.staff_number.strip() or None,
        is_home=is_home,
        valid_from=on,
        created_at=now,
    )
    session.add(membership)
    session.flush()
    return membership


def add_member(
    session: Session, actor: Actor, person_id: PersonId, new: NewMembership, *, now: datetime
) -> bool:
    """List a known person at a node the actor administers; return whether it is their home.

    It becomes the home of one who has none, or by ``is_home`` when the actor administers the
    present home. Anyone else stays where they are until they say themselves that they work
    here (``choose_home``): a unit cannot claim a stranger by knowing a phone number.
    """
    on = local_date(now)
    identities = identities_of(session, person_id)
    known = member_nodes(session, identities, on=on)
    if not any(reaches(session, actor, Role.ADMINISTRATOR, organisation_id=node) for node in known):
        raise Forbidden  # a stranger is added by a number one must know, never by an id
    return list_at(session, actor, identities[0], new, now=now)


def add_known_person(
    session: Session,
    actor: Actor,
    number: str,
    new: NewMembership,
    *,
    keyring: Keyring,
    now: datetime,
) -> tuple[PersonId, bool]:
    """List whoever has this phone or ID number at a node; the person, and whether at home.

    Raises NotFound when nobody has the number.
    """
    person_id = find_by_number(session, number, keyring=keyring)
    if person_id is None:
        raise NotFound
    return person_id, list_at(session, actor, person_id, new, now=now)


def list_at(
    session: Session,
    actor: Actor,
    kept_id: PersonId,
    new: NewMembership,
    *,
    asked_for: bool = False,
    now: datetime,
) -> bool:
    """List a person at a node; it takes the home where the actor has a say over that, or the
    person asked for it. Return whether it is the home now."""
    require_reach(session, actor, Role.ADMINISTRATOR, organisation_id=new.organisation_id)
    identities = identities_of(session, kept_id)
    present = home_nodes(session, identities, on=local_date(now))
    has_say = asked_for or all(
        reaches(session, actor, Role.ADMINISTRATOR, organisation_id=node) for node in present
    )
    if new.is_home and not has_say:
        new = replace(new, is_home=None)
    membership = join(session, identities[0], new, now=now)
    audit.record(
        session,
        actor,
        "membership.added",
        subject=("person", identities[0]),
        now=now,
        details={"organisation_id": new.organisation_id, "is_home": membership.is_home},
    )
    return membership.is_home


def move_member(
    session: Session,
    actor: Actor,
    membership_id: int,
    *,
    organisation_id: OrganisationId,
    now: datetime,
) -> None:
    """Move a membership to another node the actor administers; a staff number goes along
    within the same unit."""
    on = local_date(now)
    old = get_open(session, membership_id)
    for node_id in (OrganisationId(old.organisation_id), organisation_id):
        require_reach(session, actor, Role.ADMINISTRATOR, organisation_id=node_id)
    node = session.get(Organisation, organisation_id)
    if node is None:
        raise NotFound
    number = old.staff_number if node.unit_id == old.unit_id else None
    was_home = old.is_home
    end_on(old, on)
    session.flush()
    join(
        session,
        PersonId(old.person_id),
        NewMembership(organisation_id=organisation_id, staff_number=number or "", is_home=was_home),
        now=now,
    )
    audit.record(
        session,
        actor,
        "membership.moved",
        subject=("person", old.person_id),
        now=now,
        details={"from": old.organisation_id, "to": organisation_id},
    )


def end_membership(
    session: Session, actor: Actor, membership_id: int, *, valid_to: date, now: datetime
) -> None:
    """Let a membership end on a day; after the last one comes the territorial union above it."""
    membership = get_open(session, membership_id)
    node_id = OrganisationId(membership.organisation_id)
    require_reach(session, actor, Role.ADMINISTRATOR, organisation_id=node_id)
    if valid_to < membership.valid_from:
        raise BadDates
    end_on(membership, valid_to)
    session.flush()
    person_id = PersonId(membership.person_id)
    rest = [m for m in open_memberships(session, person_id) if m.valid_to is None]
    if rest:
        if membership.is_home:
            rest[0].is_home = True
    else:
        union = find_territorial_union(session, node_id)
        if union is not None and union != node_id:
            join(
                session,
                person_id,
                NewMembership(organisation_id=union, valid_from=valid_to),
                now=now,
            )
    audit.record(
        session,
        actor,
        "membership.ended",
        subject=("person", person_id),
        now=now,
        details={"organisation_id": node_id, "valid_to": valid_to},
    )


def find_territorial_union(
    session: Session, organisation_id: OrganisationId
) -> OrganisationId | None:
    """The nearest territorial union at or above a node, where its people without employer count."""
    found = session.scalar(
        select(Organisation.id)
        .join(OrganisationReach, OrganisationReach.ancestor_id == Organisation.id)
        .where(
            OrganisationReach.descendant_id == organisation_id,
            Organisation.kind == OrganisationKind.TERRITORIAL_UNION.value,
        )
        .order_by(OrganisationReach.depth, Organisation.id)
        .limit(1)
    )
    return OrganisationId(found) if found is not None else None


def open_memberships(session: Session, person_id: PersonId) -> list[Membership]:
    """A person's memberships without an end, units first, in a stable order."""
    return list(
        session.scalars(
            select(Membership)
            .where(Membership.person_id == person_id, Membership.valid_to.is_(None))
            .order_by(Membership.unit_id.is_(None), Membership.valid_from.desc(), Membership.id)
        )
    )


def get_open(session: Session, membership_id: int) -> Membership:
    """A membership without an end, locked; raises NotFound."""
    membership = session.get(Membership, membership_id, with_for_update=True)
    if membership is None or membership.valid_to is not None:
        raise NotFound
    return membership


def leave_unions(held: list[Membership], on: date) -> None:
    """End the memberships that are in no unit."""
    for membership in held:
        if membership.unit_id is None:
            end_on(membership, on)


def end_on(membership: Membership, on: date) -> None:
    """End a membership on a day, never before it began."""
    membership.valid_to = max(on, membership.valid_from)
