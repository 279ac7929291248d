"""A person's page in frozen rows, and who may look at it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lianbing.infra.calendar import today
from lianbing.infra.crypto import Keyring
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.grades import SkillGrade
from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.people.authority import (
    granted_nodes,
    identities_of,
    member_nodes,
    reaches,
)
from lianbing.people.models.organisations import Organisation
from lianbing.people.models.persons import Membership, Person, PersonMerge
from lianbing.people.persons.queries import masked_id_number, masked_phone
from lianbing.people.persons.rules import EmploymentForm, Sex

SEE_PEOPLE = (Role.ADMINISTRATOR, Role.ORGANISER, Role.TEAM_LEADER, Role.OVERSEER)


@dataclass(frozen=True, kw_only=True, slots=True)
class MembershipRow:
    """A membership with the names a page shows."""

    id: int
    organisation_id: OrganisationId
    organisation_name: str
    unit_name: str
    staff_number: str
    is_home: bool
    is_open: bool
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class MergeRow:
    """A merge this person took part in."""

    id: int
    kept_id: PersonId
    absorbed_id: PersonId
    absorbed_name: str
    reason: str
    merged_at: datetime
    undone_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """A person's page; personal numbers are masked."""

    id: PersonId
    name: str
    masked_phone: str
    masked_id_number: str
    phone_active: bool
    sex: Sex | None
    birth_year: int | None
    is_migrant: bool | None
    employment_form: EmploymentForm | None
    occupation_edition: str
    occupation_code: str
    post: str
    grade: SkillGrade | None
    grade_since: date | None
    self_registered: bool
    memberships: tuple[MembershipRow, ...]
    merges: tuple[MergeRow, ...]


def require_sight(session: Session, actor: Actor, person_id: PersonId) -> None:
    """Raise Forbidden unless a staff role of the actor reaches where the person belongs."""
    if not can_see(session, actor, person_id):
        raise Forbidden


def can_see(session: Session, actor: Actor, person_id: PersonId) -> bool:
    """Whether a staff role of the actor reaches where the person belongs or acts."""
    identities = identities_of(session, person_id)
    day = today()
    nodes = member_nodes(session, identities, on=day) | granted_nodes(session, identities, on=day)
    return any(reaches(session, actor, *SEE_PEOPLE, organisation_id=node) for node in nodes)


def get_profile(session: Session, person_id: PersonId, *, keyring: Keyring) -> Profile:
    """The page of a person, of the kept identity, with what all identities belong to."""
    identities = identities_of(session, person_id)
    person = session.get_one(Person, identities[0])
    return Profile(
        id=identities[0],
        name=person.name,
        masked_phone=masked_phone(person, keyring),
        masked_id_number=masked_id_number(person, keyring),
        phone_active=person.phone_active,
        sex=Sex(person.sex) if person.sex else None,
        birth_year=person.birth_year,
        is_migrant=person.is_migrant,
        employment_form=EmploymentForm(person.employment_form) if person.employment_form else None,
        occupation_edition=person.occupation_edition or "",
        occupation_code=person.occupation_code or "",
        post=person.post,
        grade=SkillGrade(person.grade) if person.grade else None,
        grade_since=person.grade_since,
        self_registered=person.self_registered,
        memberships=_memberships(session, identities),
        merges=_merges(session, identities),
    )


def _memberships(session: Session, identities: tuple[PersonId, ...]) -> tuple[MembershipRow, ...]:
    unit = aliased(Organisation)
    rows = session.execute(
        select(Membership, Organisation.name, unit.name)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .outerjoin(unit, unit.id == Membership.unit_id)
        .where(Membership.person_id.in_(identities))
        .order_by(
            Membership.valid_to.is_not(None),
            Membership.is_home.desc(),
            Membership.valid_from.desc(),
            Membership.id.desc(),
        )
        .limit(200)
    )
    return tuple(
        MembershipRow(
            id=membership.id,
            organisation_id=OrganisationId(membership.organisation_id),
            organisation_name=name,
            unit_name=unit_name or "",
            staff_number=membership.staff_number or "",
            is_home=membership.is_home,
            is_open=membership.valid_to is None,
            valid_from=membership.valid_from,
            valid_to=membership.valid_to,
        )
        for membership, name, unit_name in rows
    )


def _merges(session: Session, identities: tuple[PersonId, ...]) -> tuple[MergeRow, ...]:
    rows = session.execute(
        select(PersonMerge, Person.name)
        .join(Person, Person.id == PersonMerge.absorbed_id)
        .where(PersonMerge.kept_id.in_(identities) | PersonMerge.absorbed_id.in_(identities))
        .order_by(PersonMerge.id.desc())
        .limit(50)
    )
    return tuple(
        MergeRow(
            id=merge.id,
            kept_id=PersonId(merge.kept_id),
            absorbed_id=PersonId(merge.absorbed_id),
            absorbed_name=name,
            reason=merge.reason,
            merged_at=merge.merged_at,
            undone_at=merge.undone_at,
        )
        for merge, name in rows
    )


def own_words(session: Session, actor: Actor, *, keyring: Keyring) -> tuple[str, ...]:
    """Words about a person that make a bad password: name, phone, staff numbers."""
    if actor.person_id is None:
        return ()
    identities = identities_of(session, actor.person_id)
    persons = session.scalars(select(Person).where(Person.id.in_(identities))).all()
    numbers = session.scalars(
        select(Membership.staff_number).where(Membership.person_id.in_(identities))
    )
    phones = [keyring.decrypt(p.phone_sealed) for p in persons if p.phone_sealed is not None]
    return (*(p.name for p in persons), *phones, *(number for number in numbers if number))
