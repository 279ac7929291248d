"""Many requests at one instant, over HTTP and real threads: each gets one clear answer."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.exams_factory import enter, make_exam_world, post, token_of

from lianbing.exams.closing import close_batch
from lianbing.exams.errors import NotOpenYet
from lianbing.exams.models import AnswerEntry, Attempt
from lianbing.exams.receipts.models import ExamReceipt
from lianbing.grading.models import MarkSheetRow, Script
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now

PATIENCE = 30.0
Result = TypeVar("Result")


def at_once(app: Flask, count: int, work: Callable[[int], Result]) -> list[Result]:
    """Run ``work(index)`` in threads that all set off together."""
    barrier = threading.Barrier(count)

    def run(index: int) -> Result:
        with app.app_context():
            try:
                barrier.wait(PATIENCE)
                return work(index)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_nobody_enters_before_the_opening_however_many_try(session: Session, app: Flask) -> None:
    opens = utc_now() + timedelta(hours=1)
    world = make_exam_world(session, opens_at=opens, closes_at=opens + timedelta(hours=2))
    session.rollback()

    def knock(_index: int) -> str:
        with pytest.raises(NotOpenYet) as refusal:
            enter(world, at=opens - timedelta(microseconds=1))
        return str(refusal.value.code)

    assert at_once(app, 4, knock) == ["not_open_yet"] * 4
    assert session.scalar(select(func.count()).select_from(Attempt)) == 0
    session.rollback()
    assert enter(world, at=opens).device == 1


def test_of_many_contents_under_one_number_one_is_stored_and_only_it_acknowledged(
    session: Session, app: Flask
) -> None:
    seat = enter(make_exam_world(session))
    token = token_of(app, seat)
    session.rollback()

    def send(index: int) -> list[tuple[int, str, str]]:
        letter = "ABCD"[index % 4]
        entries = [{"seq": seq, "question": 1, "answer": letter} for seq in range(1, 6)]
        reply = post(app.test_client(), token, "save", {"entries": entries})
        assert reply.status_code == 200
        return [(r["seq"], letter, r["outcome"]) for r in reply.get_json()["results"]]

    told = [result for results in at_once(app, 8, send) for result in results]
    rows = session.execute(select(AnswerEntry.seq, AnswerEntry.answer))
    stored = {seq: json.loads(answer) for seq, answer in rows}
    assert set(stored) == {1, 2, 3, 4, 5}
    assert {(seq, letter) for seq, letter, outcome in told if outcome == "counted"} == set(
        stored.items()
    )
    assert {outcome for seq, letter, outcome in told if stored[seq] != letter} == {"refused"}


def test_two_devices_saving_at_one_instant_never_overwrite_each_other(
    session: Session, app: Flask
) -> None:
    world = make_exam_world(session)
    seats = [enter(world), enter(world)]
    tokens = [token_of(app, seat) for seat in seats]
    session.rollback()

    def send(index: int) -> set[str]:
        device = index % 2
        entry = {"seq": index // 2 + 1, "question": 1, "answer": "AB"[device]}
        reply = post(app.test_client(), tokens[device], "save", {"entries": [entry]})
        return {result["outcome"] for result in reply.get_json()["results"]}

    told = at_once(app, 8, send)
    assert told == [{"superseded"}, {"counted"}] * 4
    stored = session.execute(select(AnswerEntry.device, AnswerEntry.seq, AnswerEntry.answer))
    assert {tuple(row) for row in stored} == {
        (device, seq, f'"{"AB"[device - 1]}"') for device in (1, 2) for seq in range(1, 5)
    }


def test_sweepers_at_one_instant_close_and_mark_each_attempt_once(
    session: Session, app: Flask
) -> None:
    world = make_exam_world(session, candidates=12)
    for index in range(12):
        enter(world, index)
    later = world.plan.closes_at + world.plan.duration
    session.rollback()

    def sweep(_index: int) -> None:
        with transaction() as writing:
            close_batch(writing, now=later)

    at_once(app, 4, sweep)
    sweep(0)
    for table in (Script, MarkSheetRow, ExamReceipt):
        assert session.scalar(select(func.count()).select_from(table)) == 12
