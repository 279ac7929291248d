"""Admission and integrity events, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, enter, make_exam_world

from lianbing.exams.attempt_tokens import Seat
from lianbing.exams.conduct.admission import Doorway
from lianbing.exams.conduct.errors import BadConduct, OutsideNetwork, WrongAccessCode
from lianbing.exams.conduct.models import IntegrityEvent
from lianbing.exams.conduct.queries import count_events, list_events
from lianbing.exams.conduct.recording import Event
from lianbing.exams.conduct.rules import Action, ConductPolicy, EventKind
from lianbing.exams.conduct.use_cases import ConductPlan, Taken, set_conduct, take_events
from lianbing.exams.errors import BadToken
from lianbing.exams.models import Attempt
from lianbing.grading.models import Script
from lianbing.infra.database import transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden


def rule(world: ExamWorld, *, code: str = "", networks: str = "", **actions: Action) -> None:
    policy = ConductPolicy(
        actions={EventKind(kind): action for kind, action in actions.items()}, hand_in_after=2
    )
    with transaction() as session:
        set_conduct(
            session,
            world.organiser,
            world.exam_id,
            ConductPlan(policy=policy, access_code=code, networks=networks),
            now=utc_now(),
        )


def report(seat: Seat, *events: Event) -> Taken:
    with transaction() as session:
        return take_events(
            session,
            seat.attempt_id,
            events,
            person_id=seat.person_id,
            device=seat.device,
            now=utc_now(),
        )


def left(number: int, seconds: int) -> Event:
    return Event(number=number, kind=EventKind.PAGE_LEFT, seconds=seconds)


def test_report_with_a_token_of_another_persons_attempt_is_refused(session: Session) -> None:
    world = make_exam_world(session)
    rule(world, page_left=Action.HAND_IN)
    seat, other = enter(world, 0), enter(world, 1)
    with pytest.raises(BadToken):
        report(replace(seat, person_id=other.person_id), left(1, 99), left(2, 99))
    session.rollback()
    assert session.get_one(Attempt, seat.attempt_id).state == "open"


def test_code_and_network_are_asked_at_each_entry(session: Session) -> None:
    world = make_exam_world(session)
    rule(world, code="7788", networks="10.8.0.0/16")
    inside = Doorway(user_agent="test", address="10.8.1.1", access_code="7788")
    with pytest.raises(OutsideNetwork):
        enter(world, doorway=Doorway(address="10.9.1.1", access_code="7788"))
    with pytest.raises(WrongAccessCode):
        enter(world, doorway=Doorway(address="10.8.1.1", access_code="1"))
    assert enter(world, doorway=inside).device == 1
    with pytest.raises(WrongAccessCode):
        enter(world, doorway=Doorway(address="10.8.1.1"))
    assert enter(world, doorway=inside).device == 2


def test_report_sent_twice_counts_once(session: Session) -> None:
    world = make_exam_world(session)
    rule(world, page_left=Action.FLAG)
    seat = enter(world)
    assert report(seat, left(1, 20)).action is Action.FLAG
    assert report(seat, left(1, 20), left(2, 3)).action is Action.IGNORE
    session.rollback()
    assert session.get_one(Attempt, seat.attempt_id).violations == 1
    counts = count_events(session, seat.attempt_id)
    assert (counts[Action.FLAG], counts[Action.IGNORE]) == (1, 1)


def test_too_many_grave_violations_hand_in(session: Session) -> None:
    world = make_exam_world(session)
    rule(world, page_left=Action.HAND_IN)
    seat = enter(world)
    assert not report(seat, left(1, 14), left(2, 15)).ended
    assert report(seat, left(3, 60)).ended
    session.rollback()
    assert session.get_one(Attempt, seat.attempt_id).state == "handed_in"
    assert session.scalars(select(Script.cause)).all() == ["forced"]
    session.rollback()
    assert report(seat, left(4, 60)) == Taken()
    assert session.scalar(select(func.count()).select_from(IntegrityEvent)) == 3


def test_entering_elsewhere_is_noticed_by_the_server(session: Session) -> None:
    world = make_exam_world(session)
    rule(world, second_sign_in=Action.WARN, address_changed=Action.FLAG)
    enter(world, doorway=Doorway(user_agent="phone", address="10.0.0.1"))
    again = enter(world, doorway=Doorway(user_agent="desktop", address="10.0.0.2"))
    seen = {row.kind: row.action for row in list_events(session, again.attempt_id)}
    assert seen == {
        EventKind.SECOND_SIGN_IN: Action.WARN,
        EventKind.DEVICE_CHANGED: Action.IGNORE,
        EventKind.ADDRESS_CHANGED: Action.FLAG,
    }
    assert session.get_one(Attempt, again.attempt_id).violations == 1


def test_flood_of_events_is_bounded(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lianbing.exams.conduct.recording.MOST_RECORDED", 5)
    world = make_exam_world(session)
    seat = enter(world)
    report(seat, *(left(number, 1) for number in range(1, 9)))
    assert session.scalar(select(func.count()).select_from(IntegrityEvent)) == 5


def test_rules_are_checked_and_only_organisers_set_them(session: Session) -> None:
    world = make_exam_world(session)
    with pytest.raises(BadConduct):
        rule(world, networks="10.8")
    plan = ConductPlan(policy=ConductPolicy(tolerated=timedelta(hours=1)))
    with pytest.raises(BadConduct), transaction() as writing:
        set_conduct(writing, world.organiser, world.exam_id, plan, now=utc_now())
    with pytest.raises(Forbidden), transaction() as writing:
        set_conduct(writing, world.actor(writing), world.exam_id, ConductPlan(), now=utc_now())
