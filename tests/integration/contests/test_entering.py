"""Registration is once a person, bound to its conditions, and never above a unit's places."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.conftest import empty
from tests.contests_factory import ContestWorld, make_contest_world

from lianbing.banks.models import QuestionBank
from lianbing.contests import entering
from lianbing.contests.eligibility import AgeRange, AtMostPerUnit
from lianbing.contests.entries import count_by_unit, list_entries, my_entry
from lianbing.contests.errors import (
    ExamHasOpened,
    NotEligible,
    RegistrationClosed,
    UnitFull,
)
from lianbing.contests.models import ContestEntry, ContestEvent, ContestUnitPlaces
from lianbing.contests.queries import get_event
from lianbing.contests.rules import EntryState
from lianbing.contests.use_cases import cancel_contest, create_contest
from lianbing.exams.models import ExamCandidate
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import SYSTEM
from lianbing.kernel.clock import utc_now
from lianbing.papers.queries import get_paper
from lianbing.people.persons.merging import merge_persons
from lianbing.subjects.models import Subject


def register(world: ContestWorld, index: int = 0) -> None:
    with transaction() as session:
        entering.register(session, world.actor(session, index), world.event_id, now=utc_now())


def withdraw(world: ContestWorld, index: int = 0, *, later: timedelta = timedelta(0)) -> None:
    with transaction() as session:
        moment = utc_now() + later
        entering.withdraw(session, world.actor(session, index), world.event_id, now=moment)


def on_roster(world: ContestWorld) -> set[int]:
    db.session.rollback()
    return set(
        db.session.scalars(
            select(ExamCandidate.person_id).where(ExamCandidate.exam_id == world.exam_id)
        )
    )


def taken(world: ContestWorld) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.sum(ContestUnitPlaces.taken))) or 0


def test_the_event_takes_its_subject_from_the_paper_it_asks(session: Session) -> None:
    world = make_contest_world(session)
    bank_id = get_paper(session, world.plan.exam.paper_id).bank_id
    other = Subject(
        kind="theme", code="another", grades=[], title="另一科目", title_en="Another subject"
    )
    session.add(other)
    session.flush()
    session.get_one(QuestionBank, bank_id).subject_id = other.id
    session.commit()
    with transaction() as writing:
        contest_id = create_contest(writing, SYSTEM, world.plan, now=utc_now())
    made = session.scalars(select(ContestEvent).where(ContestEvent.contest_id == contest_id)).one()
    assert made.subject_id == other.id


def test_registration_puts_on_the_roster_once(session: Session) -> None:
    world = make_contest_world(session)
    for _ in range(2):
        register(world)
    assert on_roster(world) == {world.workers[0]}
    assert taken(world) == 1
    page = list_entries(session, world.event_id)
    assert [row.person_id for row in page.rows] == [world.workers[0]]


def test_withdrawal_frees_the_place_and_one_may_come_back(session: Session) -> None:
    world = make_contest_world(session, conditions=(AtMostPerUnit(places=1),))
    register(world, 0)
    with pytest.raises(UnitFull):
        register(world, 1)
    for _ in range(2):
        withdraw(world, 0)
    assert on_roster(world) == set()
    assert taken(world) == 0
    register(world, 1)
    with pytest.raises(UnitFull):
        register(world, 0)
    withdraw(world, 1)
    register(world, 0)
    assert on_roster(world) == {world.workers[0]}
    assert taken(world) == 1
    states = {row.person_id: row.state for row in list_entries(session, world.event_id).rows}
    assert states == {
        world.workers[0]: EntryState.REGISTERED,
        world.workers[1]: EntryState.WITHDRAWN,
    }


def test_refused_registration_leaves_nothing(session: Session) -> None:
    world = make_contest_world(session, conditions=(AgeRange(highest=20),))
    with pytest.raises(NotEligible):
        register(world)
    assert on_roster(world) == set()
    assert db.session.scalar(select(func.count()).select_from(ContestEntry)) == 0


def test_unit_full_is_told_before_trying_and_not_to_those_inside(session: Session) -> None:
    world = make_contest_world(session, conditions=(AtMostPerUnit(places=1),))
    register(world, 0)
    event = get_event(session, world.event_id)
    inside = my_entry(session, event, world.workers[0], now=utc_now())
    outside = my_entry(session, event, world.workers[1], now=utc_now())
    assert inside.entered
    assert inside.eligible
    assert not outside.can_register
    assert [count.registered for count in count_by_unit(session, world.event_id)] == [1]


def test_snapshot_keeps_what_was_checked(session: Session) -> None:
    world = make_contest_world(session, conditions=(AgeRange(lowest=16),))
    register(world)
    db.session.rollback()
    entry = db.session.scalars(select(ContestEntry)).one()
    kept = json.loads(entry.eligibility)
    assert kept["conditions"] == [
        {"condition": {"type": "age", "lowest": 16, "highest": None}, "outcome": "met"}
    ]


def test_outside_the_registration_times_nothing_goes(session: Session) -> None:
    world = make_contest_world(session)
    register(world, 0)
    with pytest.raises(RegistrationClosed):
        withdraw(world, 0, later=timedelta(days=3))
    with transaction() as writing:
        cancel_contest(writing, SYSTEM, world.contest_id, reason="台风", now=utc_now())
    with pytest.raises(RegistrationClosed):
        register(world, 1)


def test_once_the_exam_has_opened_nobody_withdraws(session: Session) -> None:
    world = make_contest_world(session, exam_opens_in=timedelta(hours=1))
    register(world, 0)
    with pytest.raises(ExamHasOpened):
        withdraw(world, 0, later=timedelta(hours=2))
    register(world, 1)
    assert len(on_roster(world)) == 2


def test_merged_identities_are_one_entrant(session: Session) -> None:
    world = make_contest_world(session)
    register(world, 0)
    with transaction() as writing:
        merge_persons(
            writing,
            SYSTEM,
            kept_id=world.workers[1],
            absorbed_id=world.workers[0],
            reason="同一人",
            now=utc_now(),
        )
    register(world, 1)
    assert on_roster(world) == {world.workers[0]}
    withdraw(world, 1)
    assert on_roster(world) == set()


@pytest.fixture
def crowd(app: Flask) -> Iterator[tuple[Flask, ContestWorld]]:
    with app.app_context():
        world = make_contest_world(db.session(), workers=8, conditions=(AtMostPerUnit(places=3),))
        db.session.remove()
    yield app, world
    empty(app)


def test_crowd_at_one_instant_never_exceeds_the_places(crowd: tuple[Flask, ContestWorld]) -> None:
    app, world = crowd

    def try_once(index: int) -> bool:
        with app.app_context():
            try:
                register(world, index)
            except UnitFull:
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(try_once, [*range(8), *range(8)]))
    with app.app_context():
        assert len(on_roster(world)) == 3
        assert taken(world) == 3
        db.session.remove()
    assert 3 <= sum(outcomes) <= 6
