"""What screens and other features ask of persons, answered in frozen rows.

A merged person is answered for by the kept one: ids may be of any of the identities.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from lianbing.infra.calendar import today
from lianbing.infra.crypto import Keyring, current_keyring
from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.people.models.organisations import OrganisationReach
from lianbing.people.models.persons import Membership, Person
from lianbing.people.persons.errors import BadIdNumber, BadPhone
from lianbing.people.persons.homes import Home, homes_of
from lianbing.people.persons.identities import chunks, kept_id, kept_ids, same_person_ids, valid_on
from lianbing.people.persons.rules import (
    EmploymentForm,
    Sex,
    clean_id_number,
    clean_phone,
    mask_id_number,
    mask_phone,
)

DIGESTS_AT_ONCE = 5000


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonCard:
    """A person as staff lists show one; personal numbers are masked."""

    id: PersonId
    name: str
    masked_phone: str
    masked_id_number: str
    unit_name: str
    team_name: str
    staff_number: str
    home_name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonFacts:
    """What eligibility rules may ask; ``organisation_ids`` holds the nodes and all above them."""

    person_id: PersonId
    birth_year: int | None
    sex: Sex | None
    employed: bool
    employment_form: EmploymentForm | None
    is_migrant: bool | None
    occupation: tuple[str, str] | None
    post: str
    grade: str | None
    grade_since: date | None
    organisation_ids: frozenset[OrganisationId]


def person_names(session: Session, ids: Collection[PersonId]) -> dict[PersonId, str]:
    """Names by the ids asked for; an absorbed identity answers with the kept one's name."""
    kept = kept_ids(session, ids)
    names = {
        id_: name
        for chunk in chunks(kept.values())
        for id_, name in session.execute(select(Person.id, Person.name).where(Person.id.in_(chunk)))
    }
    return {id_: names[kept_] for id_, kept_ in kept.items()}


def person_cards(
    session: Session, ids: Collection[PersonId], *, keyring: Keyring | None = None
) -> dict[PersonId, PersonCard]:
    """Masked cards by the ids asked for, each of the kept person."""
    keyring = keyring or current_keyring()
    kept = kept_ids(session, ids)
    homes = homes_of(session, list(kept))
    persons = {
        person.id: person
        for chunk in chunks(kept.values())
        for person in session.scalars(select(Person).where(Person.id.in_(chunk)))
    }
    return {id_: _card(persons[kept_], homes.get(id_), keyring) for id_, kept_ in kept.items()}


def _card(person: Person, home: Home | None, keyring: Keyring) -> PersonCard:
    return PersonCard(
        id=PersonId(person.id),
        name=person.name,
        masked_phone=masked_phone(person, keyring),
        masked_id_number=masked_id_number(person, keyring),
        unit_name=home.unit_name if home else "",
        team_name=home.team_name if home else "",
        staff_number=home.staff_number if home else "",
        home_name=home.organisation_name if home else "",
    )


def masked_phone(person: Person, keyring: Keyring) -> str:
    """The phone as screens may show it; empty when there is none in use."""
    if person.phone_sealed is None or not person.phone_active:
        return ""
    return mask_phone(keyring.decrypt(person.phone_sealed))


def masked_id_number(person: Person, keyring: Keyring) -> str:
    """The ID number as screens may show it; empty when there is none."""
    if person.id_number_sealed is None:
        return ""
    return mask_id_number(keyring.decrypt(person.id_number_sealed))


def person_facts(session: Session, person_id: PersonId, *, on: date) -> PersonFacts:
    """A person's facts on a day, of the kept identity; raises NotFound.

    Memberships are those of the day; what lies above them is today's tree.
    """
    identities = same_person_ids(session, person_id)
    person = session.get_one(Person, identities[0])
    units = session.execute(
        select(Membership.unit_id, OrganisationReach.ancestor_id)
        .join(OrganisationReach, OrganisationReach.descendant_id == Membership.organisation_id)
        .where(Membership.person_id.in_(identities), valid_on(on))
    ).all()
    form = EmploymentForm(person.employment_form) if person.employment_form else None
    in_a_unit = any(unit_id is not None for unit_id, _ in units)
    return PersonFacts(
        person_id=identities[0],
        birth_year=person.birth_year,
        sex=Sex(person.sex) if person.sex else None,
        employed=_is_employed(form, in_a_unit=in_a_unit),
        employment_form=form,
        is_migrant=person.is_migrant,
        occupation=_occupation(person),
        post=person.post,
        grade=person.grade,
        grade_since=person.grade_since,
        organisation_ids=frozenset(OrganisationId(ancestor) for _, ancestor in units),
    )


def occupation_of(session: Session, person_id: PersonId) -> tuple[str, str] | None:
    """The person's occupation as (edition, code); None when it is not known."""
    person = session.get(Person, same_person_ids(session, person_id)[0])
    return _occupation(person) if person else None


def _occupation(person: Person) -> tuple[str, str] | None:
    if person.occupation_edition and person.occupation_code:
        return person.occupation_edition, person.occupation_code
    return None


def _is_employed(form: EmploymentForm | None, *, in_a_unit: bool) -> bool:
    # A platform worker or self-employed person earns without a unit; only a word says otherwise.
    if form is None:
        return in_a_unit
    return form is not EmploymentForm.NOT_EMPLOYED


def members_of(
    session: Session, organisation_id: OrganisationId, *, on: date | None = None
) -> Select[int]:
    """A SELECT of the person ids in a subtree, each person once, merged ones as the kept."""
    return (
        select(kept_id().label("person_id"))
        .join(Membership, Membership.person_id == Person.id)
        .join(OrganisationReach, OrganisationReach.descendant_id == Membership.organisation_id)
        .where(OrganisationReach.ancestor_id == organisation_id, valid_on(on or today()))
        .distinct()
    )


def find_by_number(session: Session, text: str, *, keyring: Keyring) -> PersonId | None:
    """The person with exactly this phone or ID number, wherever they belong."""
    return find_by_numbers(session, [text], keyring=keyring).get(text)


def find_by_numbers(
    session: Session, texts: Collection[str], *, keyring: Keyring
) -> dict[str, PersonId]:
    """Who has these phones or ID numbers, in few statements; those nobody has are left out."""
    digests = {text: number_digests(text, keyring) for text in set(texts)}
    by_phone = _holders(session, Person.phone_digest, [pair[0] for pair in digests.values()])
    by_id = _holders(session, Person.id_number_digest, [pair[1] for pair in digests.values()])
    found = {
        text: by_phone.get(phone) or by_id.get(id_number)
        for text, (phone, id_number) in digests.items()
    }
    return {text: person_id for text, person_id in found.items() if person_id is not None}


def _holders(
    session: Session, column: InstrumentedAttribute[bytes | None], digests: Sequence[bytes]
) -> dict[bytes, PersonId]:
    """Whose numbers these are; a phone counts while it is in use."""
    is_used = Person.phone_active if column is Person.phone_digest else true()
    rows = (
        session.execute(
            select(column, kept_id()).where(
                column.in_(digests[start : start + DIGESTS_AT_ONCE]), is_used
            )
        )
        for start in range(0, len(digests), DIGESTS_AT_ONCE)
    )
    return {digest: PersonId(kept) for batch in rows for digest, kept in batch if digest}


def number_digests(text: str, keyring: Keyring) -> tuple[bytes, bytes]:
    """The text taken as a phone and as an ID number, digested to look people up by."""
    try:
        phone = clean_phone(text)
    except BadPhone:
        phone = ""
    try:
        id_number = clean_id_number(text)
    except BadIdNumber:
        id_number = ""
    return keyring.digest("phone", phone), keyring.digest("id_number", id_number)


def persons_within(organisation_ids: Select[int], *, on: date | None = None) -> Select[int]:
    """A SELECT of the person ids, of whatever identity, that belong to any of the nodes."""
    return select(Membership.person_id).where(
        Membership.organisation_id.in_(organisation_ids), valid_on(on or today())
    )
