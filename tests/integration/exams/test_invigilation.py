"""The live screen and what an invigilator does to an attempt, on both databases."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, enter, make_exam_world, right_answers, save

from lianbing.exams import queries as exam_queries
from lianbing.exams.attempt_tokens import Seat
from lianbing.exams.closing import close_batch, seconds_used
from lianbing.exams.folding import counted_answers
from lianbing.exams.invigilation import use_cases
from lianbing.exams.invigilation.contact import note_contact
from lianbing.exams.invigilation.errors import (
    AlreadyVoid,
    NotAnswering,
    NotEnded,
    NothingToDecide,
    ReasonMissing,
)
from lianbing.exams.invigilation.late import decide_late, list_late
from lianbing.exams.invigilation.models import AttemptContact
from lianbing.exams.invigilation.queries import LiveFilter, count_live, find_live, list_live
from lianbing.exams.invigilation.rules import OFFLINE_AFTER, LiveState
from lianbing.exams.models import Attempt
from lianbing.exams.rules import Standing
from lianbing.exams.sitting import hand_in
from lianbing.exams.use_cases import publish_results
from lianbing.grading.models import MarkSheetRow, Script
from lianbing.infra.audit import AuditEntry
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.leaderboards.models import BoardEntry

MINUTE = timedelta(minutes=1)


def states(session: Session, world: ExamWorld, now: datetime) -> list[LiveState]:
    session.rollback()
    page = list_live(session, world.exam_id, LiveFilter(), now=now)
    counts = count_live(session, world.exam_id, now=now)
    assert {state: counts[state] for state in LiveState if counts[state]} == {
        state: [row.state for row in page.rows].count(state)
        for state in {row.state for row in page.rows}
    }
    for state in LiveState:
        found = list_live(session, world.exam_id, LiveFilter(state=state), now=now)
        assert {row.state for row in found.rows} <= {state}
        assert found.total == counts[state]
    return [row.state for row in page.rows]


def attempt_of(session: Session, seat: Seat) -> Attempt:
    session.rollback()
    return session.get_one(Attempt, seat.attempt_id, populate_existing=True)


def totals(session: Session) -> list[Decimal]:
    session.rollback()
    return list(
        session.scalars(
            select(MarkSheetRow.total)
            .join(Script, Script.id == MarkSheetRow.script_id)
            .order_by(Script.version)
        )
    )


def test_states_follow_the_journal_and_the_signs_of_life(session: Session) -> None:
    world = make_exam_world(session, candidates=4)
    now = utc_now()
    saving, idle, silent = (enter(world, index, at=now) for index in range(3))
    later = now + OFFLINE_AFTER + MINUTE
    save(saving, [(1, 1, "A")], at=later - MINUTE)
    with transaction() as writing:
        note_contact(writing, idle.attempt_id, now=later - MINUTE)
    assert states(session, world, later) == ["working", "working", "offline", "not_started"]
    with transaction() as writing:
        hand_in(writing, silent, arrived_at=later)
    assert states(session, world, later)[2] is LiveState.HANDED_IN
    row = find_live(session, world.exam_id, world.candidates[0], now=later)
    assert row is not None
    assert (row.answered, row.device, row.last_contact) == (1, 1, later - MINUTE)
    over = now + timedelta(hours=5)
    assert states(session, world, over)[:2] == ["closed", "closed"]


def test_sign_of_life_is_written_seldom(session: Session) -> None:
    world = make_exam_world(session)
    now = utc_now()
    seat = enter(world, at=now)
    for seconds in (0, 10, 44):
        with transaction() as writing:
            note_contact(writing, seat.attempt_id, now=now + timedelta(seconds=seconds))
    assert session.scalars(select(AttemptContact.seen_at)).all() == [now]
    session.rollback()
    with transaction() as writing:
        note_contact(writing, seat.attempt_id, now=now + MINUTE)
    assert session.scalars(select(AttemptContact.seen_at)).all() == [now + MINUTE]


def test_search_finds_by_name(session: Session) -> None:
    world = make_exam_world(session, candidates=3)
    found = list_live(session, world.exam_id, LiveFilter(text="考生1"), now=utc_now())
    assert [row.person_id for row in found.rows] == [world.candidates[1]]


def test_poll_costs_a_constant_number_of_statements(session: Session) -> None:
    world = make_exam_world(session, candidates=12)
    for index in range(10):
        save(enter(world, index), [(1, 1, "A")])
    statements: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    session.rollback()
    event.listen(db.engine, "before_cursor_execute", note)
    list_live(session, world.exam_id, LiveFilter(), now=utc_now())
    count_live(session, world.exam_id, now=utc_now())
    event.remove(db.engine, "before_cursor_execute", note)
    assert sum(statement.startswith("SELECT") for statement in statements) == 3


def test_forced_hand_in_marks_what_was_saved(session: Session) -> None:
    world = make_exam_world(session)
    seat = enter(world)
    answers = right_answers(world.paper(session))
    session.rollback()
    save(seat, [(1, 1, answers[1])])
    with transaction() as writing:
        use_cases.force_hand_in(
            writing,
            world.organiser,
            world.exam_id,
            world.candidates[0],
            reason="代考",
            now=utc_now(),
        )
    assert attempt_of(session, seat).state == "handed_in"
    assert totals(session) == [Decimal(10)]
    assert save(seat, [(2, 2, answers[2])]).standings == {2: Standing.AFTER_HAND_IN}
    with pytest.raises(NotAnswering), transaction() as writing:
        use_cases.force_hand_in(
            writing,
            world.organiser,
            world.exam_id,
            world.candidates[0],
            reason="再次",
            now=utc_now(),
        )


def test_void_takes_off_the_board_and_can_be_undone(session: Session) -> None:
    world = make_exam_world(session)
    now = utc_now()
    seat = enter(world, at=now)
    with transaction() as writing:
        hand_in(writing, seat, arrived_at=now + MINUTE)
    person = world.candidates[0]
    with transaction() as writing:
        use_cases.void_attempt(
            writing, world.organiser, world.exam_id, person, reason="作弊", now=now + 2 * MINUTE
        )
    assert attempt_of(session, seat).state == "voided"
    assert session.scalars(select(BoardEntry.person_id)).all() == []
    with pytest.raises(AlreadyVoid), transaction() as writing:
        use_cases.void_attempt(
            writing, world.organiser, world.exam_id, person, reason="再次", now=now
        )
    with transaction() as writing:
        use_cases.undo_void(
            writing, world.organiser, world.exam_id, person, reason="申诉成立", now=now
        )
    assert attempt_of(session, seat).state == "handed_in"
    assert person in session.scalars(select(BoardEntry.person_id)).all()
    reasons = session.scalars(select(AuditEntry.reason).order_by(AuditEntry.id)).all()
    assert reasons[-2:] == ["作弊", "申诉成立"]


def test_void_of_a_running_attempt_is_undone_to_running(session: Session) -> None:
    world = make_exam_world(session)
    seat = enter(world)
    person, now = world.candidates[0], utc_now()
    with transaction() as writing:
        use_cases.void_attempt(
            writing, world.organiser, world.exam_id, person, reason="误会", now=now
        )
    assert save(seat, [(1, 1, "A")]).standings == {1: Standing.AFTER_HAND_IN}
    with transaction() as writing:
        use_cases.undo_void(writing, world.organiser, world.exam_id, person, reason="澄清", now=now)
    assert save(seat, [(2, 2, None)]).standings == {2: Standing.COUNTED}


def test_reopened_attempt_goes_on_and_makes_a_further_version(session: Session) -> None:
    world = make_exam_world(session)
    answers = right_answers(world.paper(session))
    session.rollback()
    now = utc_now()
    first = enter(world, at=now)
    save(first, [(1, 1, answers[1])], at=now)
    with transaction() as writing:
        hand_in(writing, first, arrived_at=now + 10 * MINUTE)
    with transaction() as writing:
        use_cases.reopen_attempt(
            writing,
            world.organiser,
            world.exam_id,
            world.candidates[0],
            minutes=20,
            reason="误点交卷",
            now=now + 15 * MINUTE,
        )
    again = enter(world, at=now + 16 * MINUTE)
    assert again.device == 2
    save(again, [(1, 2, answers[2])], at=now + 17 * MINUTE)
    with transaction() as writing:
        hand_in(writing, again, arrived_at=now + 20 * MINUTE)
    assert totals(session) == [Decimal(10), Decimal(20)]
    assert seconds_used(attempt_of(session, again)) == 15 * 60
    enter(world, 1, at=now)
    with pytest.raises(NotEnded), transaction() as writing:
        use_cases.reopen_attempt(
            writing,
            world.organiser,
            world.exam_id,
            world.candidates[1],
            minutes=5,
            reason="未结束",
            now=now,
        )


def late_world(session: Session) -> tuple[ExamWorld, Seat, datetime]:
    """One right answer in time, one after the time, the attempt closed by the clock."""
    world = make_exam_world(session)
    answers = right_answers(world.paper(session))
    session.rollback()
    now = utc_now()
    seat = enter(world, at=now)
    save(seat, [(1, 1, answers[1])], at=now)
    after = now + 62 * MINUTE
    with transaction() as writing:
        close_batch(writing, now=after)
    save(seat, [(2, 2, answers[2]), (3, 1, None)], at=after)
    return world, seat, after


def decide(
    world: ExamWorld, keys: list[tuple[int, int]], now: datetime, *, accept: bool, reason: str
) -> int:
    with transaction() as writing:
        return decide_late(
            writing,
            world.organiser,
            world.exam_id,
            world.candidates[0],
            keys,
            accept=accept,
            reason=reason,
            now=now,
        )


def test_accepted_late_entry_makes_a_further_script_marked_anew(session: Session) -> None:
    world, seat, now = late_world(session)
    rows = list_late(session, seat.attempt_id)
    assert [(row.key_text, row.standing, row.accepted) for row in rows] == [
        ("1.2", "late", None),
        ("1.3", "late", None),
    ]
    session.rollback()
    assert decide(world, [(1, 2)], now, accept=True, reason="断网，离线作答") == 1
    assert totals(session) == [Decimal(10), Decimal(20)]
    causes = session.scalars(select(Script.cause).order_by(Script.version)).all()
    assert causes == ["closing", "late_accepted"]
    assert [row.accepted for row in list_late(session, seat.attempt_id)] == [True, None]
    stored = save(seat, [(2, 2, right_answers(world.paper(session))[2])], at=now)
    assert stored.standings == {2: Standing.LATE}


def test_acceptance_can_be_taken_back_and_the_last_word_holds(session: Session) -> None:
    world, seat, now = late_world(session)
    decide(world, [(1, 2), (1, 3)], now, accept=True, reason="接受")
    decide(world, [(1, 3)], now, accept=False, reason="复核后不接受")
    assert totals(session) == [Decimal(10), Decimal(10), Decimal(20)]
    assert [row.accepted for row in list_late(session, seat.attempt_id)] == [True, False]
    assert set(counted_answers(session, seat.attempt_id)) == {1, 2}


def test_entries_that_count_or_do_not_exist_are_not_decided(session: Session) -> None:
    world, _seat, now = late_world(session)
    with pytest.raises(NothingToDecide):
        decide(world, [(1, 1), (7, 7)], now, accept=False, reason="无")
    with pytest.raises(ReasonMissing):
        decide(world, [(1, 2)], now, accept=True, reason=" ")


def test_only_judges_and_organisers_in_reach_act(session: Session) -> None:
    world, _seat, now = late_world(session)
    candidate = world.actor(session)
    session.rollback()
    with pytest.raises(Forbidden), transaction() as writing:
        use_cases.void_attempt(
            writing, candidate, world.exam_id, world.candidates[0], reason="无", now=now
        )
    with pytest.raises(Forbidden), transaction() as writing:
        decide_late(
            writing,
            candidate,
            world.exam_id,
            world.candidates[0],
            [(1, 2)],
            accept=True,
            reason="无",
            now=now,
        )


def test_voided_attempt_is_in_no_result_list(session: Session) -> None:
    world, _seat, now = late_world(session)
    with transaction() as writing:
        use_cases.void_attempt(
            writing, world.organiser, world.exam_id, world.candidates[0], reason="作弊", now=now
        )
    with transaction() as writing:
        publish_results(
            writing,
            world.organiser,
            world.exam_id,
            sign=current_keyring().sign,
            now=world.plan.closes_at + MINUTE,
        )
    session.rollback()
    assert exam_queries.get_exam(session, world.exam_id).state == "published"
