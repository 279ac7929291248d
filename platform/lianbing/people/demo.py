"""The demo's people: an invented province with two unions above one plant, and a sign-in a role.

Names, numbers and organisations are invented. Loading twice changes nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.infra.calendar import local_date
from lianbing.infra.crypto import Keyring, current_keyring
from lianbing.kernel.actor import SYSTEM, Role
from lianbing.kernel.grades import SkillGrade
from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.people.accounts.codes import CONSENT_VERSION
from lianbing.people.accounts.hashing import current_hashing
from lianbing.people.models.accounts import Account
from lianbing.people.models.organisations import Organisation
from lianbing.people.models.persons import Person
from lianbing.people.models.roles import RoleHolding
from lianbing.people.organisations.profile import Ownership, SizeClass, UnitFacts
from lianbing.people.organisations.rules import OrganisationKind
from lianbing.people.organisations.use_cases import (
    NewOrganisation,
    add_organisation,
    link_organisation,
    state_facts,
)
from lianbing.people.persons.memberships import NewMembership, join
from lianbing.people.persons.registering import NewPerson, PersonalFields, store_person
from lianbing.people.persons.rules import EmploymentForm, Sex
from lianbing.people.roles.use_cases import grant_role

PASSWORD = "Lianbing-demo-2026"  # noqa: S105 - the demo's, printed at every start
FACTS_SINCE = date(2026, 1, 1)
EDITION = "2022"
ELECTRICIAN = "6-31-01-03"
COURIER = "4-02-07-08"

DEMO_SIGN_INS: list[tuple[str, str, str]] = [
    ("工人", "Worker", "13800000001"),
    ("班组长", "Team leader", "13800000002"),
    ("培训师", "Trainer", "13800000003"),
    ("审题培训师", "Reviewing trainer", "13800000009"),
    ("竞赛组织者", "Organiser", "13800000004"),
    ("裁判", "Judge", "13800000005"),
    ("评审员", "Assessor", "13800000006"),
    ("工会督导", "Overseer", "13800000007"),
    ("管理员", "Administrator", "13800000008"),
]
"""Role in Chinese and English, and the phone to sign in with; the password is one for all."""

ORGANISATIONS: tuple[tuple[str, str, OrganisationKind, str | None], ...] = (
    ("DEMO-P", "中国示例省总工会", OrganisationKind.TERRITORIAL_UNION, None),
    ("DEMO-C", "青山市总工会", OrganisationKind.TERRITORIAL_UNION, "DEMO-P"),
    ("DEMO-I", "机械冶金产业工会", OrganisationKind.INDUSTRY_UNION, "DEMO-P"),
    ("DEMO-U1", "青山重型机械有限公司", OrganisationKind.UNIT, "DEMO-C"),
    ("DEMO-W", "电气检修车间", OrganisationKind.DEPARTMENT, "DEMO-U1"),
    ("DEMO-T1", "检修一班", OrganisationKind.WORK_TEAM, "DEMO-W"),
    ("DEMO-T2", "检修二班", OrganisationKind.WORK_TEAM, "DEMO-W"),
    ("DEMO-U2", "青山城市配送", OrganisationKind.UNIT, "DEMO-C"),
    ("DEMO-T3", "城东配送站", OrganisationKind.WORK_TEAM, "DEMO-U2"),
)
WORKERS: tuple[tuple[str, str, Sex, int, str], ...] = (
    ("13800000001", "程立新", Sex.MALE, 1990, "DEMO-T1"),
    ("13800000002", "顾长河", Sex.MALE, 1978, "DEMO-T1"),
    ("13800000011", "陆小满", Sex.FEMALE, 1995, "DEMO-T1"),
    ("13800000012", "高远山", Sex.MALE, 1986, "DEMO-T1"),
    ("13800000013", "田雨禾", Sex.FEMALE, 1998, "DEMO-T1"),
    ("13800000014", "石磊", Sex.MALE, 1983, "DEMO-T1"),
    ("13800000015", "江望舒", Sex.FEMALE, 1992, "DEMO-T2"),
    ("13800000016", "罗大川", Sex.MALE, 1975, "DEMO-T2"),
    ("13800000017", "温如意", Sex.FEMALE, 1999, "DEMO-T2"),
    ("13800000018", "方正平", Sex.MALE, 1988, "DEMO-T2"),
    ("13800000019", "夏天明", Sex.MALE, 1993, "DEMO-T2"),
    ("13800000020", "苗青", Sex.FEMALE, 1996, "DEMO-T3"),
)
STAFF: tuple[tuple[str, str, str, Role, str], ...] = (
    ("13800000002", "顾长河", "DEMO-T1", Role.TEAM_LEADER, "DEMO-T1"),
    ("13800000003", "沈知行", "DEMO-W", Role.TRAINER, "DEMO-P"),
    ("13800000009", "阮清和", "DEMO-C", Role.TRAINER, "DEMO-P"),
    ("13800000004", "宋文竹", "DEMO-C", Role.ORGANISER, "DEMO-P"),
    ("13800000005", "贺明理", "DEMO-U1", Role.JUDGE, "DEMO-P"),
    ("13800000006", "俞守正", "DEMO-C", Role.ASSESSOR, "DEMO-P"),
    ("13800000007", "季云帆", "DEMO-P", Role.OVERSEER, "DEMO-P"),
    ("13800000008", "梁家宁", "DEMO-P", Role.ADMINISTRATOR, "DEMO-P"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoPeople:
    """Ids by code and by phone, for the demos that build on these people."""

    organisations: dict[str, OrganisationId]
    persons: dict[str, PersonId]

    @property
    def province(self) -> OrganisationId:
        return self.organisations["DEMO-P"]

    @property
    def city(self) -> OrganisationId:
        return self.organisations["DEMO-C"]

    @property
    def plant(self) -> OrganisationId:
        return self.organisations["DEMO-U1"]

    @property
    def workers(self) -> tuple[PersonId, ...]:
        return tuple(self.persons[phone] for phone, *_ in WORKERS)

    @property
    def trainer(self) -> PersonId:
        return self.persons["13800000003"]

    @property
    def organiser(self) -> PersonId:
        return self.persons["13800000004"]


def load_demo(session: Session, *, now: datetime) -> DemoPeople:
    """Load what is missing of the demo's organisations, persons, roles and accounts."""
    keyring = current_keyring()
    organisations = _organisations(session, now=now)
    persons = {
        row[0]: _worker(session, row, organisations, keyring=keyring, now=now) for row in WORKERS
    }
    for row in STAFF:
        persons[row[0]] = _staff(session, row, organisations, keyring=keyring, now=now)
    _accounts(session, list(persons.values()), now=now)
    return DemoPeople(organisations=organisations, persons=persons)


def _organisations(session: Session, *, now: datetime) -> dict[str, OrganisationId]:
    found = {
        code: OrganisationId(id_)
        for code, id_ in session.execute(
            select(Organisation.code, Organisation.id).where(Organisation.code.like("DEMO-%"))
        )
        if code is not None
    }
    for code, name, kind, parent in ORGANISATIONS:
        if code in found:
            continue
        new = NewOrganisation(
            name=name, kind=kind, code=code, parent_id=found[parent] if parent else None
        )
        found[code] = add_organisation(session, SYSTEM, new, now=now)
        if code == "DEMO-U1":
            link_organisation(
                session,
                SYSTEM,
                parent_id=found["DEMO-I"],
                child_id=found[code],
                valid_from=local_date(now),
                now=now,
            )
        if kind is OrganisationKind.UNIT:
            facts = PLANT if code == "DEMO-U1" else DELIVERY
            state_facts(session, SYSTEM, found[code], facts, valid_from=FACTS_SINCE, now=now)
    return found


PLANT = UnitFacts(
    industry="C",
    ownership=Ownership.STATE_OWNED,
    size_class=SizeClass.LARGE,
    union_founded=True,
    head_count=860,
)
DELIVERY = UnitFacts(
    industry="G",
    ownership=Ownership.NON_PUBLIC,
    size_class=SizeClass.SMALL,
    union_founded=True,
    park="青山现代物流园",
    head_count=120,
)


def _worker(
    session: Session,
    row: tuple[str, str, Sex, int, str],
    organisations: dict[str, OrganisationId],
    *,
    keyring: Keyring,
    now: datetime,
) -> PersonId:
    phone, name, sex, birth_year, team = row
    is_courier = team == "DEMO-T3"
    personal = PersonalFields(
        sex=sex,
        birth_year=birth_year,
        is_migrant=is_courier,
        employment_form=EmploymentForm.PLATFORM if is_courier else EmploymentForm.CONTRACT,
        occupation_edition=EDITION,
        occupation_code=COURIER if is_courier else ELECTRICIAN,
        post="配送员" if is_courier else "维修电工",
        grade=None if is_courier else SkillGrade.JUNIOR if birth_year > 1992 else SkillGrade.SENIOR,
        grade_since=None if is_courier else date(2022, 6, 1),
    )
    number = f"{'PS' if is_courier else 'QZ'}{phone[-4:]}"
    membership = NewMembership(
        organisation_id=organisations[team], staff_number=number, valid_from=_long_since(now)
    )
    return _person(session, phone, name, personal, membership, keyring=keyring, now=now)


def _staff(
    session: Session,
    row: tuple[str, str, str, Role, str],
    organisations: dict[str, OrganisationId],
    *,
    keyring: Keyring,
    now: datetime,
) -> PersonId:
    phone, name, home, role, at = row
    membership = NewMembership(organisation_id=organisations[home], valid_from=_long_since(now))
    person_id = _person(
        session, phone, name, PersonalFields(), membership, keyring=keyring, now=now
    )
    if not _holds(session, person_id, role):
        grant_role(
            session,
            SYSTEM,
            person_id=person_id,
            role=role,
            organisation_id=organisations[at],
            now=now,
        )
    return person_id


def _person(
    session: Session,
    phone: str,
    name: str,
    personal: PersonalFields,
    membership: NewMembership,
    *,
    keyring: Keyring,
    now: datetime,
) -> PersonId:
    known = _find(session, phone, keyring)
    if known is not None:
        return known
    new = NewPerson(name=name, phone=phone, personal=personal)
    person_id = PersonId(store_person(session, new, keyring=keyring, now=now).id)
    join(session, person_id, membership, now=now)
    return person_id


def _find(session: Session, phone: str, keyring: Keyring) -> PersonId | None:
    found = session.scalar(
        select(Person.id).where(Person.phone_digest == keyring.digest("phone", phone))
    )
    return PersonId(found) if found is not None else None


def _holds(session: Session, person_id: PersonId, role: Role) -> bool:
    statement = select(RoleHolding.id).where(
        RoleHolding.person_id == person_id, RoleHolding.role == role.value
    )
    return session.scalars(statement).first() is not None


def _accounts(session: Session, person_ids: list[PersonId], *, now: datetime) -> None:
    known = set(session.scalars(select(Account.person_id).where(Account.person_id.in_(person_ids))))
    missing = [person_id for person_id in dict.fromkeys(person_ids) if person_id not in known]
    if not missing:
        return
    password_hash = current_hashing().hash(PASSWORD)  # one for all: it is no secret
    session.add_all(
        Account(
            person_id=person_id,
            password_hash=password_hash,
            password_changed_at=now,
            consent_version=CONSENT_VERSION,
            consented_at=now,
            created_at=now,
        )
        for person_id in missing
    )
    session.flush()


def _long_since(now: datetime) -> date:
    """People belong to their teams since before the demo's invented past begins."""
    return local_date(now) - timedelta(days=365)
