"""The live screen of 20,000 candidates: how many statements a poll takes, and how long.

Prints its figures (``pytest -s``); the statements are asserted, the milliseconds are not.
"""

from collections.abc import Iterator
from time import perf_counter

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.orm import Session
from tests.conftest import empty
from tests.exams_factory import make_exam_world

from lianbing.exams.invigilation.queries import LiveFilter, count_live, list_live
from lianbing.exams.invigilation.rules import LiveState
from lianbing.exams.models import Exam
from lianbing.infra.database import db
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import ExamId

CANDIDATES = 20_000
ENTRIES = 20
SEED = (
    "INSERT INTO person (name, phone_active, post, larger_text, self_registered, created_at) "
    "SELECT '考生' || i, true, '', false, false, now() FROM generate_series(1, :n) i",
    "INSERT INTO exam_candidate (exam_id, person_id, order_seed, enrolled_at) "
    "SELECT :exam, id, id, now() FROM person WHERE name LIKE '考生%' ON CONFLICT DO NOTHING",
    "INSERT INTO attempt (exam_id, person_id, paper_id, order_seed, state, device, started_at, "
    "due_at, final_at, needs_fold) "
    "SELECT :exam, person_id, :paper, 1, 'open', 1, now() - interval '20 minutes', "
    "now() + interval '40 minutes', now() + interval '41 minutes', false "
    "FROM exam_candidate WHERE person_id % 10 <> 0",
    "INSERT INTO answer_entry (attempt_id, device, seq, question, answer, standing, arrived_at, "
    "device_clock) SELECT a.id, 1, s, 1 + s % 10, '\"A\"', 'counted', "
    "now() - CASE WHEN a.id % 7 = 0 THEN interval '10 minutes' ELSE s * interval '5 seconds' END, "
    "'' FROM attempt a, generate_series(1, :entries) s",
    "ANALYZE",
)


@pytest.fixture
def hall(production_app: Flask) -> Iterator[tuple[Session, ExamId]]:
    with production_app.app_context():
        session = db.session()
        world = make_exam_world(session, candidates=1)
        paper = session.get_one(Exam, world.exam_id).paper_id
        values = {
            "exam": world.exam_id,
            "paper": paper,
            "n": CANDIDATES,
            "entries": ENTRIES,
        }
        with db.engine.begin() as connection:
            for statement in SEED:
                connection.execute(text(statement), values)
        session.rollback()
        yield session, world.exam_id
        db.session.remove()
    empty(production_app)


@pytest.mark.slow
@pytest.mark.postgres
def test_a_poll_takes_three_statements_whatever_the_size(
    hall: tuple[Session, ExamId],
) -> None:
    session, exam_id = hall
    statements: list[str] = []
    event.listen(
        db.engine, "before_cursor_execute", lambda _c, _cur, sql, *_rest: statements.append(sql)
    )
    for wanted in (LiveFilter(), LiveFilter(state=LiveState.OFFLINE), LiveFilter(text="考生77")):
        statements.clear()
        started = perf_counter()
        page = list_live(session, exam_id, wanted, now=utc_now(), number=2)
        rows_ms = (perf_counter() - started) * 1000
        counts = count_live(session, exam_id, now=utc_now())
        all_ms = (perf_counter() - started) * 1000
        print(f"{wanted}: page {rows_ms:.0f} ms, with counts {all_ms:.0f} ms, {page.total} rows")
        assert len(statements) == 3
        assert counts["all"] == CANDIDATES + 1
        assert counts["working"] > counts["offline"] > 0
