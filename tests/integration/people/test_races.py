"""Several at one instant: what may happen once happens once, on both databases.

``together`` starts threads at one barrier; on PostgreSQL their transactions truly overlap.
"""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from tests.people_factory import actor_for, make_account, make_organisation, make_person

from lianbing.infra.calendar import local_date
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import SYSTEM, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import DomainError
from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.people.accounts.codes import issue_reset, redeem_code
from lianbing.people.accounts.sheets import open_sheet
from lianbing.people.accounts.signing_in import count_try
from lianbing.people.imports import use_cases as imports
from lianbing.people.models import LoginSession, Membership, Organisation, Person, SignInLimit
from lianbing.people.organisations.errors import LinkMakesCycle
from lianbing.people.organisations.use_cases import link_organisation
from lianbing.people.persons.memberships import NewMembership
from lianbing.people.persons.merging import merge_persons
from lianbing.people.persons.registering import NewPerson, add_person
from lianbing.web.errors import find_constraint_error

NOW = utc_now()


def together(app: Flask, *works: Callable[[], object]) -> Counter[str]:
    """Run at one instant; count how each ended: ``done`` or the code it was refused with."""
    barrier = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> str:
        with app.app_context():
            barrier.wait()
            try:
                work()
            except DomainError as error:
                return error.code
            except IntegrityError as error:
                refusal = find_constraint_error(error)
                return refusal.code if refusal else "unmapped"
            finally:
                db.session.remove()
        return "done"

    with ThreadPoolExecutor(len(works)) as pool:
        return Counter(pool.map(run, works))


@pytest.fixture
def plant(session: Session) -> Organisation:
    city = make_organisation(session, "City")
    return make_organisation(session, "Plant", parent=city)


def add(plant_id: OrganisationId, phone: str, number: str) -> Callable[[], object]:
    def work() -> None:
        with transaction() as writing:
            add_person(
                writing,
                SYSTEM,
                NewPerson(name="Wang", phone=phone),
                NewMembership(organisation_id=plant_id, staff_number=number),
                keyring=current_keyring(),
                now=NOW,
            )

    return work


def test_staff_number_goes_to_one_of_two_newcomers(
    app: Flask, session: Session, plant: Organisation
) -> None:
    place = OrganisationId(plant.id)
    works = (add(place, "13800000001", "A1"), add(place, "13800000002", "A1"))
    ended = together(app, *works)
    assert ended == {"done": 1, "staff_number_taken": 1}
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Person)) == 1


def test_phone_goes_to_one_of_two_newcomers(
    app: Flask, session: Session, plant: Organisation
) -> None:
    place = OrganisationId(plant.id)
    works = (add(place, "13800000001", "A1"), add(place, "13800000001", "A2"))
    assert together(app, *works) == {"done": 1, "phone_taken": 1}


def test_code_opens_once(app: Flask, session: Session, plant: Organisation) -> None:
    worker = make_person(session, "Worker", organisation=plant)
    leader = make_person(session, "Leader", roles=[(Role.TEAM_LEADER, plant)])
    actor, keyring = actor_for(session, leader), current_keyring()
    with transaction() as writing:
        sheet_id = issue_reset(
            writing,
            actor,
            PersonId(worker.id),
            organisation_id=OrganisationId(plant.id),
            keyring=keyring,
            now=NOW,
        )
    code = open_sheet(session, actor, sheet_id, keyring=keyring, now=NOW)[0].code
    session.rollback()

    def redeem() -> None:
        with transaction() as writing:
            redeem_code(writing, code, consent=True, keyring=keyring, device="", now=NOW)

    ended = together(app, *[redeem] * 4)
    assert ended == {"done": 1, "code_not_valid": 3}
    assert session.scalar(select(func.count()).select_from(LoginSession)) == 1


def test_guesses_at_once_are_all_counted(app: Flask, session: Session, plant: Organisation) -> None:
    key = b"k" * 32

    def guess() -> None:
        with transaction() as writing:
            count_try(writing, key, now=NOW)

    ended = together(app, *[guess] * 8)
    assert ended == {"done": 5, "too_many_tries": 3}
    assert session.get_one(SignInLimit, key).failures == 5


def test_two_links_at_once_cannot_close_a_circle(app: Flask, session: Session) -> None:
    root = make_organisation(session, "Root")
    kind = root.kind
    a = make_organisation(session, "A", parent=root, kind=kind).id
    b = make_organisation(session, "B", parent=root, kind=kind).id

    def link(parent: int, child: int) -> Callable[[], object]:
        def work() -> None:
            with transaction() as writing:
                link_organisation(
                    writing,
                    SYSTEM,
                    parent_id=OrganisationId(parent),
                    child_id=OrganisationId(child),
                    valid_from=local_date(NOW),
                    now=NOW,
                )

        return work

    assert together(app, link(a, b), link(b, a)) == {"done": 1, LinkMakesCycle.code: 1}


def test_two_are_merged_once_whichever_way(
    app: Flask, session: Session, plant: Organisation
) -> None:
    a = make_person(session, "A", organisation=plant).id
    b = make_person(session, "B", organisation=plant).id

    def merge(kept: int, absorbed: int) -> Callable[[], object]:
        def work() -> None:
            with transaction() as writing:
                merge_persons(
                    writing,
                    SYSTEM,
                    kept_id=PersonId(kept),
                    absorbed_id=PersonId(absorbed),
                    reason="",
                    now=NOW,
                )

        return work

    assert together(app, merge(a, b), merge(b, a)) == {"done": 1, "same_person": 1}
    session.rollback()
    session.expire_all()
    assert sum(session.get_one(Person, id_).kept_id is not None for id_ in (a, b)) == 1


LIST = "姓名,手机号,工号,班组\n赵一,13500000001,B1,一班\n钱二,13500000002,B2,二班\n"


def upload(session: Session, admin: Person, plant: Organisation) -> tuple[int, str]:
    actor, keyring = actor_for(session, admin), current_keyring()
    with transaction() as writing:
        import_id = imports.upload(
            writing,
            actor,
            OrganisationId(plant.id),
            file_name="list.csv",
            content=LIST.encode(),
            keyring=keyring,
            now=NOW,
        )
    found = imports.preview(session, actor, import_id, keyring=keyring, now=NOW)
    session.rollback()
    return import_id, found.plan.fingerprint


def commit(session: Session, admin: Person, import_id: int, seen: str) -> Callable[[], object]:
    actor = actor_for(session, admin)
    session.rollback()

    def work() -> None:
        with transaction() as writing:
            imports.commit(
                writing,
                actor,
                import_id,
                fingerprint=seen,
                keyring=current_keyring(),
                now=NOW,
            )

    return work


@pytest.fixture
def admin(session: Session, plant: Organisation) -> Person:
    return make_person(session, "Admin", roles=[(Role.ADMINISTRATOR, plant)])


def test_same_upload_is_stored_once_when_sent_twice(
    app: Flask, session: Session, plant: Organisation, admin: Person
) -> None:
    work = commit(session, admin, *upload(session, admin, plant))
    assert together(app, work, work) == {"done": 1, "import_gone": 1}
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Membership)) == 2


def test_import_stores_nothing_when_someone_came_in_between(
    app: Flask, session: Session, plant: Organisation, admin: Person
) -> None:
    import_id, seen = upload(session, admin, plant)
    make_person(session, "钱二", organisation=plant, staff_number="B2")
    work = commit(session, admin, import_id, seen)
    assert together(app, work) == {"import_has_errors": 1}
    session.rollback()
    teams = session.scalars(select(Organisation.name).where(Organisation.kind == "work_team"))
    assert teams.all() == []
    assert session.scalar(select(func.count()).select_from(Membership)) == 1


def test_import_links_whom_it_knows_and_asks_again_when_the_plan_changed(
    app: Flask, session: Session, plant: Organisation, admin: Person
) -> None:
    other = make_organisation(session, "Other", parent=_city(session))
    import_id, seen = upload(session, admin, plant)
    known = make_person(session, "赵一", organisation=other, phone="13500000001")
    make_account(session, known, password_hash="x")
    assert together(app, commit(session, admin, import_id, seen)) == {"plan_changed": 1}
    keyring, actor = current_keyring(), actor_for(session, admin)
    found = imports.preview(session, actor, import_id, keyring=keyring, now=NOW)
    session.rollback()
    work = commit(session, admin, import_id, found.plan.fingerprint)
    assert together(app, work) == {"done": 1}
    session.rollback()
    homes = session.execute(
        select(Membership.organisation_id, Membership.is_home, Membership.staff_number)
        .where(Membership.person_id == known.id)
        .order_by(Membership.id)
    ).all()
    assert homes[0] == (other.id, True, None)
    assert (homes[1].is_home, homes[1].staff_number) == (False, "B1")


def _city(session: Session) -> Organisation:
    return session.scalars(select(Organisation).where(Organisation.name == "City")).one()
