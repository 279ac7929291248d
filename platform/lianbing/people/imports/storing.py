"""Storing a plan: departments and teams, new people in bulk, known people one by one."""

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from lianbing.infra.calendar import local_date
from lianbing.infra.crypto import Keyring
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.people.imports.columns import EDITION
from lianbing.people.imports.planning import Action, Plan, PlannedRow
from lianbing.people.imports.rules import PersonLine
from lianbing.people.models.organisations import Organisation
from lianbing.people.models.persons import Membership, MembershipRequest, Person
from lianbing.people.organisations.rules import OrganisationKind
from lianbing.people.organisations.use_cases import NewOrganisation, add_organisations
from lianbing.people.persons.memberships import NewMembership, list_at
from lianbing.people.persons.registering import NewPerson, PersonalFields, person_values

Places = dict[tuple[OrganisationId, str, str], OrganisationId]


def make_places(session: Session, actor: Actor, plan: Plan, *, now: datetime) -> Places:
    """Make the departments the plan names, then the teams in them; each once."""
    named = dict.fromkeys(
        (row.place.organisation_id, row.place.new_department, row.place.new_team)
        for row in plan.rows
    )
    made: Places = {}
    departments = dict.fromkeys((base, name, "") for base, name, _ in named if name)
    news = [
        NewOrganisation(name=name, kind=OrganisationKind.DEPARTMENT, parent_id=base)
        for base, name, _ in departments
    ]
    made.update(zip(departments, add_organisations(session, actor, news, now=now), strict=True))
    teams = [key for key in named if key[2]]
    news = [
        NewOrganisation(
            name=team,
            kind=OrganisationKind.WORK_TEAM,
            parent_id=made.get((base, department, ""), base),
        )
        for base, department, team in teams
    ]
    made.update(zip(teams, add_organisations(session, actor, news, now=now), strict=True))
    return made


def _place_of(row: PlannedRow, places: Places) -> OrganisationId:
    place = row.place
    key = (place.organisation_id, place.new_department, place.new_team)
    return places.get(key, place.organisation_id)


def store_new(
    session: Session, plan: Plan, places: Places, *, keyring: Keyring, now: datetime
) -> list[PersonId]:
    """Store the new people with their home; return them in the list's order."""
    rows = [row for row in plan.rows if row.action is Action.NEW]
    if not rows:
        return []
    # Plain inserts: twenty thousand mapped objects would hold the one writer four times as long.
    values = [person_values(_new_person(row.line), keyring=keyring, now=now) for row in rows]
    ids = session.scalars(
        insert(Person).returning(Person.id, sort_by_parameter_order=True), values
    ).all()
    units = _units_of(session, {_place_of(row, places) for row in rows})
    on = local_date(now)
    session.execute(
        insert(Membership),
        [
            {
                "person_id": person_id,
                "organisation_id": _place_of(row, places),
                "unit_id": units[_place_of(row, places)],
                "staff_number": row.line.staff_number or None,
                "is_home": True,
                "valid_from": on,
                "created_at": now,
            }
            for row, person_id in zip(rows, ids, strict=True)
        ],
    )
    return [PersonId(id_) for id_ in ids]


def _units_of(session: Session, place_ids: set[OrganisationId]) -> dict[OrganisationId, int | None]:
    rows = session.execute(
        select(Organisation.id, Organisation.unit_id).where(Organisation.id.in_(place_ids))
    )
    return {OrganisationId(id_): unit_id for id_, unit_id in rows}


def link_known(session: Session, actor: Actor, plan: Plan, places: Places, *, now: datetime) -> int:
    """Give known people a further membership; return how many."""
    linked = 0
    for row in plan.rows:
        if row.action is not Action.LINK or row.person_id is None:
            continue
        place = _place_of(row, places)
        asked = _accept_claims(session, actor, row.person_id, place, now=now)
        new = NewMembership(
            organisation_id=place,
            staff_number=row.line.staff_number,
            is_home=True,
        )
        list_at(session, actor, row.person_id, new, asked_for=asked, now=now)
        linked += 1
    return linked


def _accept_claims(
    session: Session,
    actor: Actor,
    person_id: PersonId,
    place: OrganisationId,
    *,
    now: datetime,
) -> bool:
    """Whether the person had claimed to work in this unit; the claim is thereby confirmed."""
    unit_id = session.get_one(Organisation, place).unit_id
    identities = select(Person.id).where((Person.id == person_id) | (Person.kept_id == person_id))
    accepted = session.scalars(
        update(MembershipRequest)
        .where(
            MembershipRequest.person_id.in_(identities),
            MembershipRequest.unit_id == unit_id,
            MembershipRequest.decided_at.is_(None),
        )
        .values(decided_at=now, decided_by=actor.person_id, accepted=True)
        .returning(MembershipRequest.id)
        .execution_options(synchronize_session=False)
    ).all()
    return bool(accepted)


def _new_person(line: PersonLine) -> NewPerson:
    return NewPerson(
        name=line.name,
        phone=line.phone,
        id_number=line.id_number,
        personal=PersonalFields(
            sex=line.sex,
            birth_year=line.birth_year,
            is_migrant=line.is_migrant,
            employment_form=line.employment_form,
            occupation_edition=EDITION if line.occupation_code else None,
            occupation_code=line.occupation_code,
            post=line.post,
            grade=line.grade,
            grade_since=line.grade_since,
        ),
    )
