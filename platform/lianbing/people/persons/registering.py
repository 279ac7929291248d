"""A person enters the register: identity sealed, fields checked, first membership made."""

from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy.orm import Session

from lianbing.infra import audit
from lianbing.infra.calendar import local_date
from lianbing.infra.crypto import Keyring
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.grades import SkillGrade
from lianbing.kernel.ids import PersonId
from lianbing.people.authority import require_over_person, require_reach
from lianbing.people.models.persons import Person
from lianbing.people.persons.errors import BadPersonField, NameMissing, NoIdentity
from lianbing.people.persons.memberships import NewMembership, join
from lianbing.people.persons.rules import (
    OLDEST_BIRTH_YEAR,
    EmploymentForm,
    Sex,
    clean_id_number,
    clean_phone,
    read_id_number,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonalFields:
    """The personal fields, each of its own; None or empty where not known."""

    sex: Sex | None = None
    birth_year: int | None = None
    is_migrant: bool | None = None
    employment_form: EmploymentForm | None = None
    occupation_edition: str | None = None
    occupation_code: str | None = None
    post: str = ""
    grade: SkillGrade | None = None
    grade_since: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPerson:
    """A person as given: at least a phone or an ID number tells who it is."""

    name: str
    phone: str = ""
    id_number: str = ""
    personal: PersonalFields = PersonalFields()


def add_person(
    session: Session,
    actor: Actor,
    new: NewPerson,
    membership: NewMembership,
    *,
    keyring: Keyring,
    now: datetime,
) -> PersonId:
    """Add a person to a node the actor administers; unique constraints speak for duplicates."""
    require_reach(session, actor, Role.ADMINISTRATOR, organisation_id=membership.organisation_id)
    person = store_person(session, new, keyring=keyring, now=now)
    join(session, PersonId(person.id), membership, now=now)
    audit.record(
        session,
        actor,
        "person.added",
        subject=("person", person.id),
        now=now,
        details={"organisation_id": membership.organisation_id},
    )
    return PersonId(person.id)


def store_person(
    session: Session,
    new: NewPerson,
    *,
    keyring: Keyring,
    now: datetime,
    self_registered: bool = False,
) -> Person:
    """Check and store a person's own row, numbers sealed; raises what is wrong with the input."""
    values = person_values(new, keyring=keyring, now=now)
    person = Person(**values, self_registered=self_registered)
    session.add(person)
    session.flush()
    return person


def person_values(new: NewPerson, *, keyring: Keyring, now: datetime) -> dict[str, object]:
    """A new person's columns, checked and sealed; the same keys for everyone."""
    if not new.name.strip():
        raise NameMissing
    if not new.phone and not new.id_number:
        raise NoIdentity
    id_number = clean_id_number(new.id_number, on=local_date(now)) if new.id_number else ""
    values = {
        "name": new.name.strip(),
        "created_at": now,
        **sealed_phone(clean_phone(new.phone) if new.phone else "", keyring),
        **sealed_id_number(id_number, keyring),
        **_checked(new.personal, on=local_date(now)),
    }
    if id_number:
        # Read once, where the field was left empty; from then on the fields stand for themselves.
        facts = read_id_number(id_number)
        values["birth_year"] = values["birth_year"] or facts.birth_date.year
        values["sex"] = values["sex"] or facts.sex.value
    return values


def edit_person(
    session: Session,
    actor: Actor,
    person_id: PersonId,
    *,
    name: str,
    phone: str | None,
    id_number: str | None,
    personal: PersonalFields,
    keyring: Keyring,
    now: datetime,
) -> None:
    """Correct a person's data; a phone or ID number of None stays as it is."""
    on = local_date(now)
    require_over_person(session, actor, Role.ADMINISTRATOR, person_id=person_id, on=on)
    if not name.strip():
        raise NameMissing
    person = session.get_one(Person, person_id)
    person.name = name.strip()
    values = _checked(personal, on=on)
    if phone:
        values |= sealed_phone(clean_phone(phone), keyring)
    if id_number:
        values |= sealed_id_number(clean_id_number(id_number, on=on), keyring)
    for column, value in values.items():
        setattr(person, column, value)
    session.flush()
    changed = [part for part, given in (("phone", phone), ("id_number", id_number)) if given]
    audit.record(
        session,
        actor,
        "person.edited",
        subject=("person", person_id),
        now=now,
        details={"identity_changed": changed},
    )


def release_phone(session: Session, actor: Actor, person_id: PersonId, *, now: datetime) -> None:
    """Let a number go that its operator gave to someone else; it no longer signs this one in."""
    require_over_person(session, actor, Role.ADMINISTRATOR, person_id=person_id, on=local_date(now))
    session.get_one(Person, person_id).phone_active = False
    audit.record(session, actor, "person.phone_released", subject=("person", person_id), now=now)


def choose_display(
    session: Session, actor: Actor, *, locale: str | None, larger_text: bool
) -> None:
    """Keep a person's own language and text size."""
    if actor.person_id is None:
        return
    person = session.get_one(Person, actor.person_id)
    person.locale, person.larger_text = locale, larger_text


def sealed_phone(phone: str, keyring: Keyring) -> dict[str, object]:
    """The columns that keep a clean phone number, in use; empty ones for none."""
    return {
        "phone_sealed": keyring.encrypt(phone) if phone else None,
        "phone_digest": keyring.digest("phone", phone) if phone else None,
        "phone_active": True,
    }


def sealed_id_number(id_number: str, keyring: Keyring) -> dict[str, object]:
    """The columns that keep a clean ID number; empty ones for none."""
    return {
        "id_number_sealed": keyring.encrypt(id_number) if id_number else None,
        "id_number_digest": keyring.digest("id_number", id_number) if id_number else None,
    }


def _checked(personal: PersonalFields, *, on: date) -> dict[str, object]:
    if personal.birth_year is not None and not (
        OLDEST_BIRTH_YEAR <= personal.birth_year <= on.year - 14
    ):
        raise BadPersonField
    if personal.grade_since is not None and personal.grade_since > on:
        raise BadPersonField
    return {field.name: getattr(personal, field.name) for field in fields(personal)}
