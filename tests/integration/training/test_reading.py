"""Time spent on both databases: cut, never doubled between tabs, one person however merged."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from tests.people_factory import actor_for, make_organisation, make_person
from tests.training_factory import make_material

from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import MaterialId
from lianbing.people.models import Organisation
from lianbing.training.materials.errors import MaterialNotFound
from lianbing.training.reading.queries import find_own_seconds, studied
from lianbing.training.reading.use_cases import count_beat

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
FIFTEEN = timedelta(seconds=15)


@pytest.fixture
def unit(session: Session) -> Organisation:
    return make_organisation(session, "机械厂", parent=make_organisation(session, "工会"))


@pytest.fixture
def reader(session: Session, unit: Organisation) -> Actor:
    return actor_for(session, make_person(session, "王某", organisation=unit))


def beat(actor: Actor, material: MaterialId, at: timedelta, claimed: timedelta = FIFTEEN) -> None:
    with transaction() as session:
        count_beat(session, actor, material, claimed, now=NOW + at)


def test_two_materials_at_once_share_the_time(
    session: Session, unit: Organisation, reader: Actor
) -> None:
    first, second = (make_material(unit.id, title=name, now=NOW) for name in "甲乙")
    for step in range(1, 5):
        beat(reader, first, step * FIFTEEN)
        beat(reader, second, step * FIFTEEN)
    beat(reader, second, 6 * FIFTEEN, timedelta(hours=2))
    session.rollback()
    assert find_own_seconds(session, reader, first) == 60
    assert find_own_seconds(session, reader, second) == 30
    assert find_own_seconds(session, reader) == 90


def test_a_materials_time_counts_each_person_once(
    session: Session, unit: Organisation, reader: Actor
) -> None:
    other = actor_for(session, make_person(session, "李某", organisation=unit))
    material = make_material(unit.id, now=NOW)
    for actor in (reader, other):
        beat(actor, material, timedelta(0))
        beat(actor, material, timedelta(days=2))
    session.rollback()
    time = studied(session, [material])[material]
    assert (time.people, time.seconds) == (2, 60)


def test_what_is_not_open_counts_nothing(session: Session, unit: Organisation) -> None:
    stranger = actor_for(session, make_person(session, "路人"))
    material = make_material(unit.id, now=NOW)
    with pytest.raises(MaterialNotFound):
        beat(stranger, material, timedelta(0))
    session.rollback()
    assert studied(session, [material]) == {}


def test_beats_that_arrive_together_are_counted_one_after_the_other(
    app: Flask, session: Session, unit: Organisation, reader: Actor
) -> None:
    material = make_material(unit.id, now=NOW)
    session.rollback()
    gate = Barrier(4)

    def run() -> None:
        with app.app_context():
            gate.wait()
            beat(reader, material, timedelta(0))
            db.session.remove()

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.rollback()
    assert find_own_seconds(session, reader, material) == 15
