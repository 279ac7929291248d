"""Self-registration: a person joins the local union; a unit is claimed, never taken."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lianbing.infra import audit
from lianbing.infra.crypto import Keyring
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.people.accounts.codes import CONSENT_VERSION
from lianbing.people.accounts.errors import ConsentMissing, NoUnionHere
from lianbing.people.models.accounts import Account
from lianbing.people.models.organisations import Organisation
from lianbing.people.organisations.rules import OrganisationKind
from lianbing.people.persons.claims import request_membership
from lianbing.people.persons.memberships import (
    NewMembership,
    find_territorial_union,
    join,
)
from lianbing.people.persons.registering import NewPerson, PersonalFields, store_person
from lianbing.people.persons.rules import EmploymentForm


@dataclass(frozen=True, kw_only=True, slots=True)
class Registration:
    """What a person says of themself; ``organisation_id`` is a local union or their unit."""

    name: str
    phone: str
    organisation_id: OrganisationId
    employment_form: EmploymentForm | None = None
    consent: bool = False


def register(
    session: Session,
    registration: Registration,
    *,
    password_hash: str,
    keyring: Keyring,
    now: datetime,
) -> int:
    """Make person, account and union membership; return the account id.

    Raises NoUnionHere, ConsentMissing; PhoneTaken comes from its constraint.
    """
    if not registration.consent:
        raise ConsentMissing
    node = session.get(Organisation, registration.organisation_id)
    if node is None:
        raise NotFound
    union_id = find_territorial_union(session, registration.organisation_id)
    if union_id is None:
        raise NoUnionHere
    person = store_person(
        session,
        NewPerson(
            name=registration.name,
            phone=registration.phone,
            personal=PersonalFields(employment_form=registration.employment_form),
        ),
        keyring=keyring,
        now=now,
        self_registered=True,
    )
    person_id = PersonId(person.id)
    join(session, person_id, NewMembership(organisation_id=union_id), now=now)
    if node.kind == OrganisationKind.UNIT.value:
        request_membership(session, person_id, unit_id=registration.organisation_id, now=now)
    account = _open_account(session, person_id, password_hash=password_hash, now=now)
    audit.record(
        session,
        Actor(person_id=person_id, name=person.name),
        "account.registered",
        subject=("account", account.id),
        now=now,
        details={"organisation_id": union_id},
    )
    return account.id


def _open_account(
    session: Session, person_id: PersonId, *, password_hash: str, now: datetime
) -> Account:
    account = Account(
        person_id=person_id,
        password_hash=password_hash,
        password_changed_at=now,
        consent_version=CONSENT_VERSION,
        consented_at=now,
        created_at=now,
    )
    session.add(account)
    session.flush()
    return account
