"""Saves ahead of Flask's dispatch: few statements, a connection apart, back after a restart."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.orm import Session
from tests.conftest import empty
from tests.exams_factory import enter, make_exam_world, post, token_of
from tests.people_factory import sign_in

from lianbing.exams import hot_hand_in, hot_save
from lianbing.exams.models import AnswerEntry
from lianbing.exams.sitting import HandIn, hand_in_many
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.web.access import Gate, rule_of

ENTER_BUDGET = 9
PAGE_BUDGET = 9
HAND_IN_BUDGET = 16
LOBBY_BUDGET = 5
"""What these took when the tests were written; docs/hot-path.md says which way is down."""


@pytest.fixture
def production(production_app: Flask) -> Iterator[Flask]:
    with production_app.app_context():
        yield production_app
        db.session.remove()
    empty(production_app)


@contextmanager
def statements(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement sent meanwhile, through SQLAlchemy or straight through the driver."""
    seen: list[str] = []
    original = psycopg.Connection.execute

    def note(*arguments: Any) -> None:
        seen.append(arguments[2])

    def execute(self: Any, query: Any, *arguments: Any, **named: Any) -> Any:
        if query not in ("BEGIN", "COMMIT"):
            seen.append(str(query))
        return original(self, query, *arguments, **named)

    event.listen(engine, "before_cursor_execute", note)
    monkeypatch.setattr(psycopg.Connection, "execute", execute)
    yield seen
    monkeypatch.undo()
    event.remove(engine, "before_cursor_execute", note)


def entry(seq: int, **changes: object) -> dict[str, object]:
    return {"seq": seq, "question": 1, "answer": "A", **changes}


def test_save_takes_two_statements_authentication_included(
    production: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_of(production, enter(make_exam_world(db.session())))
    client = production.test_client()
    post(client, token, "save", {"entries": [entry(1)]})
    with statements(db.engine, monkeypatch) as seen:
        answer = post(client, token, "save", {"entries": [entry(2), entry(3, question=2)]})
    assert answer.status_code == 200
    assert len(seen) == 2
    assert "FOR SHARE" in seen[0]
    assert seen[1].startswith("INSERT INTO answer_entry")


@contextmanager
def connections_left(left: int) -> Iterator[None]:
    """All connections of the pool but so many are taken meanwhile."""
    db.session.remove()
    pool: Any = db.engine.pool
    with ExitStack() as held:
        for _ in range(pool.size() + pool._max_overflow - left):
            held.enter_context(db.engine.connect())
        yield


def test_saves_need_nothing_of_a_pool_that_is_used_up(production: Flask) -> None:
    token = token_of(production, enter(make_exam_world(db.session())))
    client = production.test_client()
    post(client, token, "save", {"entries": [entry(1)]})
    with connections_left(0):
        answer = post(client, token, "save", {"entries": [entry(2)]})
    assert answer.status_code == 200


def test_pages_of_the_waiting_room_need_one_connection_each(production: Flask) -> None:
    """A second beside it would be waited for by as many requests as hold the first ones."""
    world = make_exam_world(db.session())
    client = production.test_client()
    sign_in(client, world.candidates[0])
    for page in (f"/exams/{world.exam_id}/", f"/api/exams/shell/{world.exam_id}"):
        production.extensions["lianbing_seb_gate"].forget(world.exam_id)
        with connections_left(1):
            assert client.get(page).status_code == 200


def test_save_after_the_database_cut_the_connection_is_stored_once(production: Flask) -> None:
    seat = enter(make_exam_world(db.session()))
    token = token_of(production, seat)
    client = production.test_client()
    post(client, token, "save", {"entries": [entry(1)]})
    db.session.execute(
        text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    )
    db.session.rollback()
    answer = post(client, token, "save", {"entries": [entry(1), entry(2)]})
    assert [result["outcome"] for result in answer.get_json()["results"]] == ["counted"] * 2
    db.engine.dispose()
    stored = select(func.count()).where(AnswerEntry.attempt_id == seat.attempt_id)
    assert db.session.scalar(stored) == 2


def test_seat_that_the_database_does_not_know_fails_alone(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    seat = enter(make_exam_world(session))
    session.execute(text("DELETE FROM attempt_device"))
    session.execute(text("DELETE FROM attempt"))
    session.commit()
    refused = post(client, token_of(app, seat), "save", {"entries": [entry(1)]})
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (403, "bad_token")


def test_clock_text_the_database_cannot_hold_costs_no_answer(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    token = token_of(app, enter(make_exam_world(session)))
    answer = post(client, token, "save", {"entries": [entry(1, at="a\0b")]})
    assert answer.get_json()["results"] == [{"seq": 1, "outcome": "counted"}]
    assert session.scalar(select(AnswerEntry.device_clock)) == ""


def test_hot_answer_carries_what_every_answer_carries(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    token = token_of(app, enter(make_exam_world(session)))
    hot_answer = post(client, token, "save", {"entries": [entry(1)]})
    worded = post(client, token, "save", {"entries": [entry(2, question=99)]})
    assert worded.get_json()["results"][0]["message"]
    assert set(hot_answer.get_json()) == set(worded.get_json())
    assert dict(hot_answer.headers).keys() - {"Content-Length"} == {
        name for name in dict(worded.headers) if name not in ("Content-Length", "Vary")
    }


@pytest.mark.parametrize("path", [hot_save.PATH, hot_hand_in.PATH])
def test_hot_path_stands_in_the_access_table(app: Flask, path: str) -> None:
    (route,) = [rule for rule in app.url_map.iter_rules() if rule.rule == path]
    rule = rule_of(app, route.endpoint)
    assert rule is not None
    assert rule.gate is Gate.ATTEMPT_TOKEN


def test_start_keeps_to_its_budget_of_statements(
    production: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_exam_world(db.session(), candidates=2)
    first, client = production.test_client(), production.test_client()
    for one, person in ((first, world.candidates[0]), (client, world.candidates[1])):
        sign_in(one, person)
    first.post(f"/exams/{world.exam_id}/enter")
    first.get(f"/exams/{world.exam_id}/sit")  # the process has now read the paper
    client.get(f"/exams/{world.exam_id}/")
    with statements(db.engine, monkeypatch) as seen:
        assert client.get(f"/exams/{world.exam_id}/").status_code == 200
    assert len(seen) <= LOBBY_BUDGET
    with statements(db.engine, monkeypatch) as seen:
        assert client.post(f"/exams/{world.exam_id}/enter").status_code == 302
    assert len(seen) <= ENTER_BUDGET
    with statements(db.engine, monkeypatch) as seen:
        assert client.get(f"/exams/{world.exam_id}/sit").status_code == 200
    assert len(seen) <= PAGE_BUDGET


def test_clicks_of_a_batch_share_their_statements(
    production: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_exam_world(db.session(), candidates=6)
    clicks = [HandIn(seat=enter(world, index), arrived_at=utc_now()) for index in range(6)]
    counts = []
    for batch in (clicks[:1], clicks[1:]):
        with statements(db.engine, monkeypatch) as seen, transaction() as session:
            hand_in_many(session, batch)
        counts.append(len(seen))
    assert counts[1] <= counts[0] <= HAND_IN_BUDGET
