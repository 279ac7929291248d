"""Before release no page and no API tells a mark: every address is walked, none is forgotten."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests import exams_factory
from tests.exams_factory import ExamWorld, enter, make_exam_world, post, right_answers, token_of
from tests.people_factory import sign_in

from lianbing.exams.models import Exam
from lianbing.exams.rules import Release
from lianbing.exams.use_cases import publish_results
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import transaction

MARKS = "70.5"
"""Three right answers at 23.5: a figure that stands on no page by chance."""


@pytest.fixture
def world(session: Session) -> ExamWorld:
    cells = tuple(replace(cell, marks=Decimal("23.5")) for cell in exams_factory.CELLS)
    held = Release.ON_PUBLICATION
    return make_exam_world(
        session, cells=cells, pass_mark=Decimal(20), results_release=held, explanations_release=held
    )


def addresses(app: Flask, known: dict[str, object]) -> Iterator[str]:
    """Every address that can be read, with the numbers of this exam wherever they are asked for."""
    adapter = app.url_map.bind("127.0.0.1")
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.endpoint.endswith("static"):
            values = {name: known.get(name, 1) for name in rule.arguments}
            yield adapter.build(rule.endpoint, values)


def telling(app: Flask, client: FlaskClient, token: str, known: dict[str, object]) -> set[str]:
    """The addresses that tell the mark to who is signed in, with an attempt's token at hand."""
    found = set()
    for address in addresses(app, known):
        answer = client.get(address, headers={"X-Attempt-Token": token})
        assert answer.status_code < 500, address
        if MARKS in answer.get_data(as_text=True):
            found.add(address)
    return found


def test_no_address_tells_a_mark_before_its_release_and_one_does_afterwards(
    app: Flask, session: Session, world: ExamWorld
) -> None:
    seat = enter(world)
    token = token_of(app, seat)
    answers = list(right_answers(world.paper(session)).items())[:3]
    entries = [{"seq": n, "question": n, "answer": answer} for n, answer in answers]
    ended = post(app.test_client(), token, "hand-in", {"entries": entries})
    assert ended.get_json()["state"] == "handed_in"
    board_id = session.scalar(select(Exam.board_id).where(Exam.id == world.exam_id))
    known = {
        "exam_id": world.exam_id,
        "board_id": board_id,
        "attempt_id": seat.attempt_id,
        "person_id": world.candidates[0],
        "organisation_id": world.unit_id,
        "paper_id": world.paper_id,
    }
    session.rollback()
    candidate, rival = app.test_client(), app.test_client()
    sign_in(candidate, world.candidates[0])
    sign_in(rival, world.candidates[1])
    assert telling(app, candidate, token, known) == set()
    assert telling(app, rival, "", known) == set()
    after = world.plan.closes_at + timedelta(hours=2)
    with transaction() as writing:
        publish_results(
            writing, world.organiser, world.exam_id, now=after, sign=current_keyring().sign
        )
    assert f"/exams/{world.exam_id}/result" in telling(app, candidate, token, known)
