"""Lists of persons for pages: a searched subtree, claims waiting, teams to choose from."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lianbing.infra.calendar import today
from lianbing.infra.crypto import Keyring
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.people.authority import reachable_ids
from lianbing.people.models.accounts import Account
from lianbing.people.models.organisations import Organisation, OrganisationReach
from lianbing.people.models.persons import Membership, MembershipRequest, Person
from lianbing.people.persons.identities import kept_id, valid_on
from lianbing.people.persons.queries import PersonCard, members_of, person_cards


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonRow:
    """A line of the list of people."""

    card: PersonCard
    has_password: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimRow:
    """A person's claim to work in a unit."""

    id: int
    person: PersonCard
    unit_id: OrganisationId
    unit_name: str
    requested_at: datetime


def list_people(
    session: Session,
    organisation_id: OrganisationId,
    *,
    text: str,
    keyring: Keyring,
    page: int,
) -> Page[PersonRow]:
    """People of a subtree, each once; ``text`` is part of a name or a whole staff number."""
    members = members_of(session, organisation_id).subquery()
    statement = (
        select(Person.id)
        .where(Person.id.in_(select(members.c.person_id)))
        .order_by(Person.name, Person.id)
    )
    text = text.strip()
    if text:
        statement = statement.where(Person.id.in_(persons_matching(text)))
    found = page_of(session, statement, page)
    ids = [PersonId(row.id) for row in found.rows]
    cards = person_cards(session, ids, keyring=keyring)
    activated = set(
        session.scalars(
            select(kept_id())
            .join(Account, Account.person_id == Person.id)
            .where(kept_id().in_(ids), Account.password_hash.is_not(None))
        )
    )
    rows = [PersonRow(card=cards[id_], has_password=id_ in activated) for id_ in ids]
    return found.with_rows(rows)


def find_by_staff_number(session: Session, actor: Actor, number: str) -> PersonId | None:
    """The one person with this staff number in a unit the actor administers; None for several."""
    found = session.scalars(
        select(kept_id())
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.staff_number == number,
            Membership.unit_id.in_(reachable_ids(actor, Role.ADMINISTRATOR)),
            valid_on(today()),
        )
        .distinct()
        .limit(2)
    ).all()
    return PersonId(found[0]) if len(found) == 1 else None


def persons_matching(text: str) -> Select[int]:
    """A SELECT of person ids by a part of the name, or a whole number of theirs."""
    pattern = f"%{text.replace('%', '').replace('_', '')}%"
    by_number = select(Membership.person_id).where(
        Membership.staff_number == text, valid_on(today())
    )
    return select(kept_id()).where(Person.name.like(pattern) | Person.id.in_(by_number))


def list_claims(session: Session, actor: Actor, *, keyring: Keyring, page: int) -> Page[ClaimRow]:
    """Open claims on units the actor administers, oldest first."""
    statement = (
        select(MembershipRequest, Organisation.name)
        .join(Organisation, Organisation.id == MembershipRequest.unit_id)
        .where(
            MembershipRequest.decided_at.is_(None),
            MembershipRequest.unit_id.in_(reachable_ids(actor, Role.ADMINISTRATOR)),
        )
        .order_by(MembershipRequest.id)
    )
    found = page_of(session, statement, page)
    cards = person_cards(
        session, [PersonId(claim.person_id) for claim, _ in found.rows], keyring=keyring
    )
    rows = [
        ClaimRow(
            id=claim.id,
            person=cards[PersonId(claim.person_id)],
            unit_id=OrganisationId(claim.unit_id),
            unit_name=name,
            requested_at=claim.requested_at,
        )
        for claim, name in found.rows
    ]
    return found.with_rows(rows)


def teams_of(session: Session, unit_id: OrganisationId) -> list[tuple[OrganisationId, str]]:
    """A unit and the nodes inside it, for choosing where a person joins; at most 1,000."""
    rows = session.execute(
        select(Organisation.id, Organisation.name)
        .join(OrganisationReach, OrganisationReach.descendant_id == Organisation.id)
        .where(OrganisationReach.ancestor_id == unit_id, Organisation.unit_id == unit_id)
        .order_by(OrganisationReach.depth, Organisation.name, Organisation.id)
        .limit(1000)
    )
    return [(OrganisationId(id_), name) for id_, name in rows]
