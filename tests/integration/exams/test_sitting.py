"""Entering, handing in, closing and publishing, on both databases."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, enter, make_exam_world, right_answers, save
from tests.people_factory import actor_for, make_person

from lianbing.exams import own_result, queries
from lianbing.exams.attempt_tokens import Seat
from lianbing.exams.closing import close_batch, close_if_due
from lianbing.exams.errors import (
    AlreadyHandedIn,
    AlreadyPublished,
    BadPlan,
    EntryClosed,
    NotEnrolled,
    NotOpenYet,
    StillRunning,
    SupersededDevice,
)
from lianbing.exams.models import Attempt
from lianbing.exams.queries import CandidateStanding
from lianbing.exams.result_lists import get_result_list
from lianbing.exams.rules import Release
from lianbing.exams.sitting import HandedIn, HandIn, hand_in, hand_in_many, read
from lianbing.exams.use_cases import enrol, publish_results, schedule_exam
from lianbing.grading.models import MarkSheetRow, Script
from lianbing.infra.audit import AuditEntry
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import transaction
from lianbing.infra.outbox import OutboxEvent
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import ResultListId


def test_entering_starts_one_attempt_with_its_own_deadline(session: Session) -> None:
    world = make_exam_world(session)
    started = utc_now()
    seat = enter(world, at=started)
    state = read(session, seat)
    assert state.due_at == started + timedelta(minutes=60)
    assert (state.device, state.next_seq, state.answers) == (1, 1, {})


def test_second_device_continues_and_puts_the_first_out(session: Session) -> None:
    world = make_exam_world(session)
    first = enter(world)
    save(first, [(1, 1, "A")])
    second = enter(world)
    assert (second.attempt_id, second.device) == (first.attempt_id, 2)
    assert read(session, second).answers == {1: "A"}
    with pytest.raises(SupersededDevice), transaction() as writing:
        hand_in(writing, first, arrived_at=utc_now())


def test_entry_is_refused_outside_the_window_and_off_the_roster(session: Session) -> None:
    world = make_exam_world(session)
    with pytest.raises(NotOpenYet):
        enter(world, at=world.plan.opens_at - timedelta(seconds=1))
    with pytest.raises(EntryClosed):
        enter(world, at=world.plan.closes_at)
    stranger = make_person(session, "路人")
    outsider = replace(world, candidates=(stranger.id,))
    with pytest.raises(NotEnrolled):
        enter(outsider)


def test_hand_in_marks_once_and_again_is_harmless(session: Session) -> None:
    world = make_exam_world(session)
    seat = enter(world)
    answers = right_answers(world.paper(session))
    session.rollback()
    save(seat, [(number, number, answer) for number, answer in answers.items()])
    ended = [_hand_in(world, seat) for _ in range(2)]
    assert ended[0] == ended[1]
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Script)) == 1
    assert session.scalars(select(MarkSheetRow.total)).all() == [Decimal(100)]
    with pytest.raises(AlreadyHandedIn):
        enter(world)


def test_clock_closes_and_marks_without_a_click(session: Session) -> None:
    world = make_exam_world(session)
    seat = enter(world)
    answers = right_answers(world.paper(session))
    final_at = session.get_one(Attempt, seat.attempt_id).final_at
    session.rollback()
    save(seat, [(1, 1, answers[1]), (2, 2, answers[2])])
    for moment, closed in ((final_at, 0), (final_at + timedelta(seconds=3), 1)):
        with transaction() as writing:
            assert close_batch(writing, now=moment) == closed
    session.rollback()
    attempt = session.get_one(Attempt, seat.attempt_id)
    assert (attempt.state, attempt.ended_at) == ("closed", attempt.due_at)
    assert session.scalars(select(MarkSheetRow.total)).all() == [Decimal(20)]


def test_looking_at_a_due_result_closes_it_without_any_worker(session: Session) -> None:
    world = make_exam_world(session)
    seat = enter(world)
    final_at = session.get_one(Attempt, seat.attempt_id).final_at
    exam = queries.get_exam(session, world.exam_id)
    later = final_at + timedelta(milliseconds=1)
    person = world.candidates[0]
    standing = queries.standing_of(session, exam, [person], now=final_at)
    assert standing.state is CandidateStanding.IN_PROGRESS
    standing = queries.standing_of(session, exam, [person], now=later)
    assert standing.state is CandidateStanding.CLOSED
    with transaction() as writing:
        close_if_due(writing, seat.attempt_id, now=later)
    assert session.scalar(select(func.count()).select_from(MarkSheetRow)) == 1


def test_nothing_is_published_while_anyone_may_answer(session: Session) -> None:
    world = make_exam_world(session)
    enter(world)
    with pytest.raises(StillRunning):
        _publish(world, utc_now())


def test_published_list_is_signed_ranked_and_announced_once(session: Session) -> None:
    world = make_exam_world(session, candidates=3)
    answers = right_answers(world.paper(session))
    session.rollback()
    for index, count in ((0, 10), (1, 6)):
        seat = enter(world, index)
        save(seat, [(n, n, answers[n]) for n in range(1, count + 1)])
        _hand_in(world, seat)
    after = world.plan.closes_at + timedelta(hours=2)
    result_list = get_result_list(session, _publish(world, after))
    rows = [(row.person_id, row.rank, row.marks, row.passed) for row in result_list.rows]
    assert rows == [
        (world.candidates[0], 1, Decimal(100), True),
        (world.candidates[1], 2, Decimal(60), True),
    ]
    assert current_keyring().verify(result_list.content.encode(), result_list.signature)
    assert not current_keyring().verify(
        b"other" + result_list.content.encode(), result_list.signature
    )
    with pytest.raises(AlreadyPublished):
        _publish(world, after)
    session.rollback()
    kinds = session.scalars(select(OutboxEvent.kind)).all()
    assert kinds.count("exams.result_list_published") == 1
    assert kinds.count("exams.script_marked") == 2
    assert "exam.publish_results" in session.scalars(select(AuditEntry.action)).all()


def test_result_is_held_back_until_its_release(session: Session) -> None:
    world = make_exam_world(session, explanations_release=Release.ON_PUBLICATION)
    seat = enter(world)
    _hand_in(world, seat)
    exam = queries.get_exam(session, world.exam_id)
    held = own_result.find_own_result(session, exam, seat.attempt_id, now=utc_now())
    assert held.state is own_result.ResultState.WAITING
    assert (held.marks, held.items) == (None, ())
    after = world.plan.closes_at + timedelta(hours=2)
    _publish(world, after)
    exam = queries.get_exam(session, world.exam_id)
    shown = own_result.find_own_result(session, exam, seat.attempt_id, now=after)
    assert (shown.state, shown.marks, shown.rank) == (own_result.ResultState.RELEASED, 0, 1)
    assert len(shown.items) == 10


def test_roster_takes_each_person_once(session: Session) -> None:
    world = make_exam_world(session)
    with transaction() as writing:
        added = enrol(writing, world.organiser, world.exam_id, world.candidates, now=utc_now())
    assert added == 0


def test_only_an_organiser_within_reach_schedules(session: Session) -> None:
    world = make_exam_world(session)
    worker = actor_for(session, world.candidates[0])
    with pytest.raises(Forbidden), transaction() as writing:
        schedule_exam(writing, worker, world.plan, now=utc_now())


def test_common_window_refuses_to_show_results_at_hand_in(session: Session) -> None:
    world = make_exam_world(session)
    plan = replace(world.plan, results_release=Release.AT_HAND_IN)
    with pytest.raises(BadPlan), transaction() as writing:
        schedule_exam(writing, world.organiser, plan, now=utc_now())


def test_script_keeps_what_the_journal_said(session: Session) -> None:
    world = make_exam_world(session)
    seat = enter(world)
    save(seat, [(1, 3, "A"), (2, 3, "B"), (3, 4, None)])
    _hand_in(world, seat)
    script = session.scalars(select(Script)).one()
    assert json.loads(script.answers) == {"3": "B", "4": None}


def test_clicks_of_one_batch_end_each_attempt_once_and_refuse_the_device_that_was_left(
    session: Session,
) -> None:
    world = make_exam_world(session)
    left, seat, other = enter(world), enter(world), enter(world, 1)
    now = utc_now()
    clicks = [
        HandIn(seat=one, arrived_at=now + timedelta(seconds=late))
        for late, one in enumerate((left, seat, seat, other))
    ]
    with transaction() as writing:
        first, second, again, others = hand_in_many(writing, clicks)
    assert isinstance(first, SupersededDevice)
    assert isinstance(second, HandedIn)
    assert isinstance(others, HandedIn)
    assert again == second
    assert [second.ended_at, others.ended_at] == [clicks[1].arrived_at, clicks[3].arrived_at]
    assert session.scalar(select(func.count()).select_from(Script)) == 2


def _hand_in(world: ExamWorld, seat: Seat) -> datetime:
    with transaction() as session:
        return hand_in(session, seat, arrived_at=utc_now())


def _publish(world: ExamWorld, now: datetime) -> ResultListId:
    with transaction() as session:
        return publish_results(
            session, world.organiser, world.exam_id, sign=current_keyring().sign, now=now
        )
