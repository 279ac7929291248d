"""Organisations, persons and sign-ins for tests: real rows, quickly, without password hashing.

Everything here commits, so that a use case in its own ``transaction()`` sees it.
"""

from collections.abc import Iterable
from datetime import date, datetime

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.infra.calendar import local_date
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db
from lianbing.kernel.actor import SYSTEM, Actor, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.people.accounts.sessions import open_session
from lianbing.people.models.accounts import Account
from lianbing.people.models.organisations import Organisation, OrganisationLink
from lianbing.people.models.persons import Membership, Person
from lianbing.people.models.roles import RoleHolding
from lianbing.people.organisations import use_cases as organisations
from lianbing.people.organisations.reach import rebuild_below
from lianbing.people.organisations.rules import OrganisationKind, line_between
from lianbing.people.queries import load_actor

LONG_AGO = date(2020, 1, 1)
FIRST_CHILD = {
    OrganisationKind.TERRITORIAL_UNION: OrganisationKind.UNIT,
    OrganisationKind.INDUSTRY_UNION: OrganisationKind.UNIT,
    OrganisationKind.UNIT: OrganisationKind.DEPARTMENT,
    OrganisationKind.DEPARTMENT: OrganisationKind.WORK_TEAM,
}


def make_organisation(
    session: Session,
    name: str,
    *,
    parent: Organisation | int | None = None,
    kind: OrganisationKind | str | None = None,
    also_under: Organisation | int | None = None,
    code: str = "",
) -> Organisation:
    """A node below ``parent`` (a root territorial union without one); kind defaults by parent.

    ``also_under`` links it to a second parent. The row returned stays usable after commit.
    """
    above = _organisation(session, parent) if parent is not None else None
    if kind is None:
        kind = (
            FIRST_CHILD[OrganisationKind(above.kind)]
            if above
            else OrganisationKind.TERRITORIAL_UNION
        )
    now = utc_now()
    node_id = organisations.add_organisation(
        session,
        SYSTEM,
        organisations.NewOrganisation(
            name=name,
            kind=OrganisationKind(kind),
            parent_id=OrganisationId(above.id) if above else None,
            code=code,
        ),
        now=now,
    )
    node = session.get_one(Organisation, node_id)
    if also_under is not None:
        _link(session, _organisation(session, also_under), node, now=now)
    session.commit()
    return node


def make_person(
    session: Session,
    name: str,
    *,
    organisation: Organisation | int | None = None,
    phone: str | None = None,
    staff_number: str | None = None,
    roles: Iterable[tuple[Role, Organisation | int]] = (),
    **fields: object,
) -> Person:
    """A person, a member of ``organisation`` since 2020, holding ``roles`` since 2020.

    ``fields`` are columns of ``person`` (``birth_year=1990``, ``grade="senior"`` …).
    """
    keyring = current_keyring()
    now = utc_now()
    person = Person(name=name, created_at=now, **fields)
    if phone is not None:
        person.phone_sealed = keyring.encrypt(phone)
        person.phone_digest = keyring.digest("phone", phone)
    session.add(person)
    session.flush()
    if organisation is not None:
        node = _organisation(session, organisation)
        session.add(
            Membership(
                person_id=person.id,
                organisation_id=node.id,
                unit_id=node.unit_id,
                staff_number=staff_number,
                valid_from=LONG_AGO,
                created_at=now,
            )
        )
    for role, place in roles:
        session.add(
            RoleHolding(
                person_id=person.id,
                organisation_id=_organisation(session, place).id,
                role=role.value,
                valid_from=LONG_AGO,
                granted_at=now,
            )
        )
    session.commit()
    return person


def make_account(session: Session, person: Person | int, **fields: object) -> Account:
    """The person's account, made without a password when there is none."""
    person_id = _id(person)
    account = session.scalars(select(Account).where(Account.person_id == person_id)).one_or_none()
    if account is None:
        account = Account(person_id=person_id, created_at=utc_now())
        session.add(account)
    for name, value in fields.items():
        setattr(account, name, value)
    session.commit()
    return account


def sign_in(client: FlaskClient, person: Person | int) -> None:
    """Sign a test client in as a person, by a session row made directly."""
    with client.application.app_context():
        session = db.session()
        account = make_account(session, person)
        token = open_session(session, account.id, keyring=current_keyring(), now=utc_now())
        session.commit()
        db.session.remove()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True


def actor_for(session: Session, person: Person | int) -> Actor:
    """The actor a person is today."""
    return load_actor(session, PersonId(_id(person)))


def _id(person: Person | int) -> int:
    return person if isinstance(person, int) else person.id


def _organisation(session: Session, place: Organisation | int) -> Organisation:
    return session.get_one(Organisation, place) if isinstance(place, int) else place


def _link(session: Session, parent: Organisation, child: Organisation, *, now: datetime) -> None:
    line = line_between(OrganisationKind(parent.kind), OrganisationKind(child.kind))
    session.add(
        OrganisationLink(
            parent_id=parent.id, child_id=child.id, line=line.value, valid_from=LONG_AGO
        )
    )
    session.flush()
    rebuild_below(session, {child.id}, on=local_date(now))
