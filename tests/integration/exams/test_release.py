"""Nobody starts before the questions are released: by the clock, or by two different persons."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, enter, make_exam_world
from tests.people_factory import actor_for, make_organisation, make_person, sign_in

from lianbing.exams import sitting
from lianbing.exams.conduct.admission import Doorway
from lianbing.exams.errors import NotOpenYet
from lianbing.exams.models import ExamCandidate
from lianbing.exams.release.errors import (
    AlreadyReleased,
    PaperNotReleased,
    ReleasedByClock,
    ReleaseTooLate,
    SecondPersonNeeded,
)
from lianbing.exams.release.rules import PaperRelease
from lianbing.exams.release.use_cases import release_questions
from lianbing.exams.use_cases import cancel_exam, enrol, schedule_exam
from lianbing.infra.audit import AuditEntry
from lianbing.infra.database import transaction
from lianbing.kernel.actor import SYSTEM, Actor, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import PersonId
from lianbing.papers.models import SealedPaper
from lianbing.people.models import Organisation, Person

SECOND = timedelta(seconds=1)


@pytest.fixture
def world(session: Session) -> ExamWorld:
    return make_exam_world(session, paper_release=PaperRelease.TWO_PERSONS)


def helper(session: Session, world: ExamWorld, role: Role, name: str = "钱裁判") -> Actor:
    city = session.get_one(Organisation, world.plan.organisation_id)
    return actor_for(session, make_person(session, name, roles=[(role, city)]))


def release(world: ExamWorld, actor: Actor, *, at: datetime | None = None) -> int:
    with transaction() as session:
        return release_questions(session, actor, world.exam_id, now=at or utc_now())


def release_at(session: Session, world: ExamWorld) -> datetime | None:
    session.rollback()
    return session.get_one(SealedPaper, world.paper_id, populate_existing=True).release_at


def test_by_the_clock_nobody_starts_a_second_early(session: Session) -> None:
    world = make_exam_world(session)
    with pytest.raises(NotOpenYet):
        enter(world, at=world.plan.opens_at - SECOND)
    assert enter(world, at=world.plan.opens_at).device == 1
    assert release_at(session, world) == world.plan.opens_at


def test_with_two_persons_nobody_starts_until_the_second_has_released(
    session: Session, world: ExamWorld
) -> None:
    judge = helper(session, world, Role.JUDGE)
    with pytest.raises(PaperNotReleased):
        enter(world)
    assert release(world, world.organiser) == 1
    with pytest.raises(PaperNotReleased):
        enter(world)
    assert release_at(session, world) is None
    moment = utc_now()
    assert release(world, judge, at=moment) == 2
    with pytest.raises(PaperNotReleased):
        enter(world, at=moment - SECOND)
    assert enter(world, at=moment).device == 1
    assert release_at(session, world) == moment
    rows = session.scalars(select(AuditEntry).where(AuditEntry.action == "exam.release_questions"))
    assert [row.actor_person_id for row in rows] == [world.organiser.person_id, judge.person_id]


def test_one_person_cannot_be_both_not_even_by_two_identities(
    session: Session, world: ExamWorld
) -> None:
    release(world, world.organiser)
    with pytest.raises(SecondPersonNeeded):
        release(world, world.organiser)
    twin = helper(session, world, Role.ORGANISER, "赵组织二")
    with transaction() as writing:
        writing.execute(
            update(Person)
            .where(Person.id == twin.person_id)
            .values(kept_id=world.organiser.person_id)
        )
    with pytest.raises(SecondPersonNeeded):
        release(world, twin)


def test_only_organisers_and_judges_in_reach_release(session: Session, world: ExamWorld) -> None:
    elsewhere = make_organisation(session, "别市总工会")
    stranger = actor_for(
        session, make_person(session, "孙组织", roles=[(Role.ORGANISER, elsewhere)])
    )
    trainer = helper(session, world, Role.TRAINER, "李教练")
    for actor in (stranger, trainer, world.actor(session), SYSTEM):
        with pytest.raises(Forbidden):
            release(world, actor)


def test_a_release_ahead_takes_effect_at_the_opening(session: Session) -> None:
    opens_at = utc_now() + timedelta(hours=1)
    world = make_exam_world(
        session,
        paper_release=PaperRelease.TWO_PERSONS,
        opens_at=opens_at,
        closes_at=opens_at + timedelta(hours=2),
    )
    release(world, world.organiser)
    release(world, helper(session, world, Role.JUDGE))
    with pytest.raises(AlreadyReleased):
        release(world, helper(session, world, Role.JUDGE, "周裁判"))
    with pytest.raises(NotOpenYet):
        enter(world, at=opens_at - SECOND)
    assert release_at(session, world) == opens_at
    assert enter(world, at=opens_at).device == 1


def test_where_the_clock_releases_or_nothing_is_left_nobody_has_to(
    session: Session, world: ExamWorld
) -> None:
    with pytest.raises(ReleaseTooLate):
        release(world, world.organiser, at=world.plan.closes_at)
    with transaction() as writing:
        cancel_exam(writing, SYSTEM, world.exam_id, reason="停电", now=utc_now())
    with pytest.raises(ReleaseTooLate):
        release(world, world.organiser)
    by_clock = replace(world.plan, paper_release=PaperRelease.BY_CLOCK)
    with transaction() as writing:
        other_id = schedule_exam(writing, SYSTEM, by_clock, now=utc_now())
    with pytest.raises(ReleasedByClock), transaction() as writing:
        release_questions(writing, world.organiser, other_id, now=utc_now())


def test_a_cancelled_exam_does_not_release_its_paper(session: Session) -> None:
    opens_at = utc_now() + timedelta(hours=1)
    world = make_exam_world(session, opens_at=opens_at, closes_at=opens_at + timedelta(hours=2))
    assert release_at(session, world) == opens_at
    with transaction() as writing:
        cancel_exam(writing, SYSTEM, world.exam_id, reason="改期", now=utc_now())
    assert release_at(session, world) is None
    assert session.get_one(SealedPaper, world.paper_id).held_at is not None


def test_late_enrolees_get_their_form_and_enrolling_again_changes_none(session: Session) -> None:
    world = make_exam_world(session)

    def seeds() -> dict[int, int]:
        session.rollback()
        rows = session.scalars(select(ExamCandidate).where(ExamCandidate.exam_id == world.exam_id))
        return {row.person_id: row.order_seed for row in rows}

    before = seeds()
    late = PersonId(make_person(session, "后到").id)
    for added in (1, 0):
        with transaction() as writing:
            everybody = [*world.candidates, late]
            assert enrol(writing, SYSTEM, world.exam_id, everybody, now=utc_now()) == added
    after = seeds()
    assert {person: after[person] for person in before} == before
    assert after.keys() - before.keys() == {late}
    with transaction() as writing:
        seat = sitting.enter(
            writing,
            actor_for(session, session.get_one(Person, late)),
            world.exam_id,
            Doorway(),
            arrived_at=utc_now(),
        )
    assert seat.paper_id == world.paper_id


def test_lobby_and_doors_say_that_the_release_is_awaited(
    app: Flask, session: Session, world: ExamWorld
) -> None:
    client = app.test_client()
    sign_in(client, world.candidates[0])

    def lobby() -> str:
        return client.get(f"/exams/{world.exam_id}/").get_data(as_text=True)

    def doors() -> bool:
        return bool(client.get(f"/exams/{world.exam_id}/doors").get_json()["open"])

    assert 'data-state="unreleased"' in lobby()
    assert not doors()
    assert client.post(f"/exams/{world.exam_id}/enter").status_code == 409
    release(world, world.organiser)
    release(world, helper(session, world, Role.JUDGE))
    assert doors()
    assert 'data-state="open"' in lobby()


def test_two_persons_release_on_the_page(app: Flask, session: Session, world: ExamWorld) -> None:
    address = f"/exams/manage/{world.exam_id}/release"
    judge = helper(session, world, Role.JUDGE)
    assert judge.person_id is not None
    first, second = app.test_client(), app.test_client()
    sign_in(first, PersonId(world.organiser_id))
    sign_in(second, judge.person_id)
    assert "confirm-panel" in first.get(address).get_data(as_text=True)
    assert first.post(address, follow_redirects=True).status_code == 200
    told = first.get(address).get_data(as_text=True)
    assert "1 / 2" in told
    assert "confirm-panel" not in told
    assert "赵组织" in second.get(address).get_data(as_text=True)
    assert second.post(address, follow_redirects=True).status_code == 200
    enter(world)
