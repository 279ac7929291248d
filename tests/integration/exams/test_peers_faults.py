"""Ways in which other systems lost answers that no other test here excludes.

docs/how-answers-are-not-lost.md names the test of each way.
"""

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session
from tests.exams_factory import enter, make_exam_world, post, save, token_of

from lianbing.exams.closing import close_due
from lianbing.exams.models import AnswerEntry, Attempt
from lianbing.exams.sitting import read
from lianbing.grading.queries import find_marked_script
from lianbing.infra import arrival
from lianbing.infra.database import db
from lianbing.kernel.clock import utc_now


def test_a_start_draws_nothing_and_reads_no_question(session: Session) -> None:
    world = make_exam_world(session)
    world.actor(session)
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]).lower())

    event.listen(db.engine, "before_cursor_execute", note)
    enter(world)
    event.remove(db.engine, "before_cursor_execute", note)
    assert any("insert into attempt" in statement for statement in seen)
    for statement in seen:
        assert "random" not in statement
        assert not re.search(r"(from|join) (paper_)?question", statement)


def test_neither_a_reload_nor_another_device_restarts_the_clock(session: Session) -> None:
    world = make_exam_world(session)
    started = utc_now()
    first = enter(world, at=started)
    due_at = read(session, first).due_at
    session.rollback()
    second = enter(world, at=started + timedelta(minutes=20))
    assert read(session, first).due_at == read(session, second).due_at == due_at
    assert read(session, second).order_seed == read(session, first).order_seed


def _end_time(session: Session, attempt_id: int, final_at: datetime) -> None:
    times = {"due_at": final_at - timedelta(seconds=30), "final_at": final_at}
    session.execute(update(Attempt).where(Attempt.id == attempt_id).values(times))
    session.commit()


@pytest.mark.parametrize("path", ["save", "hand-in"])
def test_what_arrived_in_time_counts_though_the_clock_turned_while_it_waited(
    session: Session, app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    seat = enter(make_exam_world(session))
    arrived = utc_now() - timedelta(seconds=5)
    _end_time(session, seat.attempt_id, utc_now() - timedelta(seconds=2))
    entry = {"seq": 1, "question": 1, "answer": "A"}
    monkeypatch.setattr(arrival, "utc_now", lambda: arrived)
    reply = post(client, token_of(app, seat), path, {"entries": [entry]})
    assert [result["outcome"] for result in reply.get_json()["results"]] == ["counted"]
    monkeypatch.undo()
    late = post(client, token_of(app, seat), "save", {"entries": [{**entry, "seq": 2}]})
    assert late.get_json()["results"][0]["outcome"] in ("late", "after_hand_in")
    if path == "hand-in":
        script = find_marked_script(session, seat.attempt_id)
        assert script is not None
        assert script.answers == {1: "A"}


def test_attempt_that_cannot_be_marked_keeps_no_other_from_closing(session: Session) -> None:
    start = utc_now() - timedelta(hours=3)
    world = make_exam_world(
        session, candidates=3, opens_at=start, closes_at=start + timedelta(hours=2)
    )
    spoiled, *others = [enter(world, index, at=start) for index in range(3)]
    save(spoiled, [(1, 1, "A")], at=start)
    damage = update(AnswerEntry).where(AnswerEntry.attempt_id == spoiled.attempt_id)
    session.execute(damage.values(answer="{"))
    session.commit()
    assert close_due() == 2
    session.rollback()
    rows = session.execute(select(Attempt.id, Attempt.state)).all()
    states = {row.id: row.state for row in rows}
    assert states == {
        spoiled.attempt_id: "open",
        **{seat.attempt_id: "closed" for seat in others},
    }
    session.execute(damage.values(answer='"A"'))
    session.commit()
    assert close_due() == 1
