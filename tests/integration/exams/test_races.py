"""Two connections at one instant: a save cannot slip past a hand-in, on real PostgreSQL.

Each order is forced by holding one transaction open until the other is seen to wait for its
row lock; then threads without any choreography try to break the same promise on both
databases.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from time import monotonic, sleep

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.conftest import empty
from tests.exams_factory import TEST_DOOR, ExamWorld, enter, make_exam_world, save
from tests.locks import wait_until_blocked

from lianbing.exams import journal, sitting
from lianbing.exams.attempt_tokens import Seat
from lianbing.exams.closing import close_batch
from lianbing.exams.fairness.errors import ExamPaused
from lianbing.exams.fairness.pausing import pause_exam
from lianbing.exams.models import Attempt
from lianbing.exams.rules import Standing
from lianbing.exams.sitting import hand_in
from lianbing.grading.queries import find_marked_script
from lianbing.infra.database import db, transaction
from lianbing.infra.group_commit import GroupCommitWriter
from lianbing.kernel.clock import utc_now

PATIENCE = 20.0


@pytest.fixture
def postgres(production_app: Flask) -> Iterator[Session]:
    with production_app.app_context():
        yield db.session()
        db.session.remove()
    empty(production_app)


@contextmanager
def in_thread(app: Flask, work: Callable[[], object]) -> Iterator["Future[object]"]:
    def run() -> object:
        with app.app_context():
            try:
                return work()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(run)


def end(world: ExamWorld, seat: Seat) -> None:
    with transaction() as session:
        hand_in(session, seat, arrived_at=utc_now())


def test_hand_in_waits_for_a_save_in_flight_and_its_script_holds_the_answer(
    postgres: Session, production_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_exam_world(postgres)
    seat = enter(world)
    locked, proceed = threading.Event(), threading.Event()
    original = journal._rows

    def pause_under_lock(*arguments: object) -> object:
        locked.set()
        assert proceed.wait(PATIENCE)
        return original(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(journal, "_rows", pause_under_lock)
    with (
        in_thread(production_app, lambda: save(seat, [(1, 1, "A")])) as saving,
        in_thread(production_app, lambda: locked.wait(PATIENCE) and end(world, seat)) as ending,
    ):
        assert locked.wait(PATIENCE)
        wait_until_blocked()
        assert not ending.done()
        proceed.set()
        saved = saving.result(PATIENCE)
        ending.result(PATIENCE)
    assert isinstance(saved, journal.Saved)
    assert saved.standings == {1: Standing.COUNTED}
    script = find_marked_script(postgres, seat.attempt_id)
    assert script is not None
    assert script.answers == {1: "A"}


def test_save_waits_for_a_hand_in_in_flight_and_is_told_it_does_not_count(
    postgres: Session, production_app: Flask
) -> None:
    world = make_exam_world(postgres)
    seat = enter(world)
    handed_in = threading.Event()

    def late_save() -> object:
        assert handed_in.wait(PATIENCE)
        return save(seat, [(1, 1, "A")])

    with in_thread(production_app, late_save) as saving:
        with transaction() as session:
            hand_in(session, seat, arrived_at=utc_now())
            handed_in.set()
            wait_until_blocked()
            assert not saving.done()
        saved = saving.result(PATIENCE)
    assert isinstance(saved, journal.Saved)
    assert saved.standings == {1: Standing.AFTER_HAND_IN}
    script = find_marked_script(postgres, seat.attempt_id)
    assert script is not None
    assert script.answers == {}


def test_every_acknowledged_answer_is_in_the_script_whoever_wins(
    session: Session, app: Flask
) -> None:
    world = make_exam_world(session, candidates=6)
    found = [enter(world, index) for index in range(6)]
    session.rollback()
    writer: GroupCommitWriter[journal.Save, journal.Saved] = GroupCommitWriter(
        journal.Journal(db.engine).store
    )
    counted: dict[int, set[int]] = {seat.attempt_id: set() for seat in found}

    def answer(seat: Seat) -> None:
        for seq in range(1, 60):
            entry = journal.Entry(seq=seq, question=seq % 4 + 1, answer="ABCD"[seq % 4])
            saved = writer.submit(
                journal.Save(
                    attempt_id=seat.attempt_id,
                    person_id=seat.person_id,
                    device=1,
                    entries=(entry,),
                    arrived_at=utc_now(),
                )
            )
            if saved.standings[seq] is not Standing.COUNTED:
                return
            counted[seat.attempt_id].add(seq)

    def hand_in_soon(seat: Seat) -> None:
        with app.app_context():
            deadline = monotonic() + PATIENCE
            while len(counted[seat.attempt_id]) < 5 and monotonic() < deadline:
                sleep(0.001)
            end(world, seat)
            db.session.remove()

    with ThreadPoolExecutor(12) as pool:
        work = [pool.submit(answer, seat) for seat in found]
        work += [pool.submit(hand_in_soon, seat) for seat in found]
        for future in work:
            future.result(PATIENCE * 2)
    session.rollback()
    for seat in found:
        script = find_marked_script(session, seat.attempt_id)
        assert script is not None
        expected = {seq % 4 + 1: "ABCD"[seq % 4] for seq in sorted(counted[seat.attempt_id])}
        assert script.answers == expected


def test_two_devices_entering_at_one_instant_get_one_attempt_and_two_numbers(
    session: Session, app: Flask
) -> None:
    world = make_exam_world(session)
    barrier = threading.Barrier(4)

    def take_seat(_index: int) -> Seat:
        with app.app_context():
            try:
                barrier.wait(PATIENCE)
                return enter(world)
            finally:
                db.session.remove()

    session.rollback()
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(take_seat, range(4)))
    assert len({seat.attempt_id for seat in taken}) == 1
    assert sorted(seat.device for seat in taken) == [1, 2, 3, 4]


def test_sweeper_and_hand_in_together_make_one_script(session: Session, app: Flask) -> None:
    world = make_exam_world(session)
    seat = enter(world)
    later = world.plan.closes_at + world.plan.duration
    session.rollback()
    barrier = threading.Barrier(4)

    def close(index: int) -> None:
        with app.app_context():
            barrier.wait(PATIENCE)
            with transaction() as writing:
                if index % 2:
                    close_batch(writing, now=later)
                else:
                    hand_in(writing, seat, arrived_at=later)
            db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(close, range(4)))
    session.rollback()
    script = find_marked_script(session, seat.attempt_id)
    assert script is not None
    assert script.version == 1


def pause(world: ExamWorld) -> int:
    with transaction() as session:
        return pause_exam(session, world.organiser, world.exam_id, reason="停电", now=utc_now())


def test_start_waits_for_a_pause_in_flight_and_is_refused(
    postgres: Session, production_app: Flask
) -> None:
    world = make_exam_world(postgres)
    enter(world, 0)
    with transaction() as session:
        pause_exam(session, world.organiser, world.exam_id, reason="停电", now=utc_now())
        with in_thread(production_app, lambda: enter(world, 1)) as starting:
            wait_until_blocked()
            assert not starting.done()
            session.commit()
            with pytest.raises(ExamPaused):
                starting.result(PATIENCE)
    postgres.rollback()
    assert [attempt.held for attempt in attempts_of(postgres, world)] == [True]


def test_pause_waits_for_a_start_in_flight_and_holds_it(
    postgres: Session, production_app: Flask
) -> None:
    world = make_exam_world(postgres)
    with transaction() as session:
        sitting.enter(session, world.actor(session), world.exam_id, TEST_DOOR, arrived_at=utc_now())
        with in_thread(production_app, lambda: pause(world)) as pausing:
            wait_until_blocked()
            assert not pausing.done()
            session.commit()
            assert pausing.result(PATIENCE) == 1
    postgres.rollback()
    assert [attempt.held for attempt in attempts_of(postgres, world)] == [True]


def test_two_starts_at_one_instant_do_not_wait_for_each_other(
    postgres: Session, production_app: Flask
) -> None:
    world = make_exam_world(postgres)
    with transaction() as session:
        sitting.enter(session, world.actor(session), world.exam_id, TEST_DOOR, arrived_at=utc_now())
        with in_thread(production_app, lambda: enter(world, 1)) as other:
            assert other.result(PATIENCE)


def attempts_of(session: Session, world: ExamWorld) -> list[Attempt]:
    return list(session.scalars(select(Attempt).where(Attempt.exam_id == world.exam_id)))
