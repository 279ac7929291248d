"""What a waiting device may fetch, and what it may not before the opening."""

import base64
import gzip
import hashlib
import json
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, make_exam_world, start, ticket_of
from tests.people_factory import make_person, sign_in

from lianbing.exams.models import Exam
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.papers.queries import find_kept_paper, get_figures
from lianbing.papers.rules import candidate_paper
from lianbing.papers.sealing import PaperKeys, SealBroken, open_copy
from lianbing.people.models.persons import Person

MARK = re.compile('data-person="([0-9a-f]{16})"')


@pytest.fixture
def world(session: Session) -> ExamWorld:
    opens_at = utc_now() + timedelta(hours=1)
    return make_exam_world(session, opens_at=opens_at, closes_at=opens_at + timedelta(hours=2))


@pytest.fixture
def candidate(client: FlaskClient, world: ExamWorld) -> FlaskClient:
    sign_in(client, world.candidates[0])
    return client


def open_now(world: ExamWorld) -> None:
    with transaction() as session:
        session.get_one(Exam, world.exam_id).opens_at = utc_now() - timedelta(minutes=1)


def waiting_room(world: ExamWorld) -> tuple[str, str]:
    return f"/exams/{world.exam_id}/", f"/api/exams/shell/{world.exam_id}"


def copy_url(world: ExamWorld) -> str:
    return f"/papers/sealed/{get_figures(db.session(), world.paper_id).copy_name}"


def test_the_copy_is_the_same_for_everybody_and_kept_for_good(
    app: Flask, candidate: FlaskClient, world: ExamWorld
) -> None:
    url = copy_url(world)
    assert url in candidate.get(f"/exams/{world.exam_id}/").text
    mine, stranger = candidate.get(url), app.test_client().get(url)
    assert mine.data == stranger.data
    assert hashlib.sha256(mine.data).hexdigest() == url.rpartition("/")[2]
    assert mine.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in stranger.headers
    assert candidate.get("/papers/sealed/" + "0" * 64).status_code == 404


def test_before_the_opening_neither_key_nor_order_is_given(
    app: Flask, candidate: FlaskClient, world: ExamWorld
) -> None:
    early = start(candidate, ticket_of(candidate, world.exam_id))
    assert (early.status_code, early.get_json()["error"]["code"]) == (409, "not_open_yet")
    pages = [candidate.get(page).text for page in waiting_room(world)]
    for text in [early.text, *pages]:
        assert '"content_key"' not in text
        assert '"letters"' not in text
    with app.app_context():
        assert find_kept_paper(db.engine, world.paper_id) is None


def test_the_key_that_comes_at_the_opening_opens_the_early_copy(
    candidate: FlaskClient, world: ExamWorld
) -> None:
    copy = candidate.get(copy_url(world)).data
    open_now(world)
    told = start(candidate, ticket_of(candidate, world.exam_id)).get_json()
    sealed, paper = told["sealed"], world.paper(db.session())
    key = base64.b64decode(sealed["content_key"])
    keys = PaperKeys(body=b"", copy=key)
    assert json.loads(open_copy(copy, keys, sealed["hash"])) == candidate_paper(paper)
    with pytest.raises(SealBroken):
        open_copy(copy, PaperKeys(body=b"", copy=key[::-1]), sealed["hash"])
    assert sealed["url"] == copy_url(world)
    assert sorted(told["order"]) == list(range(1, 11))
    assert candidate.get(f"/exams/{world.exam_id}/sit").status_code == 200


def test_the_plain_paper_is_still_sent_to_a_seat(candidate: FlaskClient, world: ExamWorld) -> None:
    open_now(world)
    told = start(candidate, ticket_of(candidate, world.exam_id)).get_json()
    paper = candidate.get(told["paper_url"], headers={"X-Attempt-Token": told["token"]})
    assert len(paper.get_json()["questions"]) == 10
    assert paper.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    packed = candidate.get(
        told["paper_url"],
        headers={"X-Attempt-Token": told["token"], "Accept-Encoding": "gzip, br"},
    )
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == paper.data
    assert candidate.get(told["paper_url"]).status_code == 403


def test_strangers_to_the_exam_get_neither_shell_nor_seat(
    app: Flask, session: Session, world: ExamWorld
) -> None:
    client = app.test_client()
    sign_in(client, make_person(session, "外人").id)
    open_now(world)
    assert client.get(f"/api/exams/shell/{world.exam_id}").status_code == 403
    assert ticket_of(client, world.exam_id) == ""
    refused = start(client, "")
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (403, "bad_ticket")


def test_entering_by_a_forged_form_is_refused(candidate: FlaskClient, world: ExamWorld) -> None:
    candidate.application.config["WTF_CSRF_ENABLED"] = True
    try:
        forged = candidate.post(f"/exams/{world.exam_id}/enter")
    finally:
        candidate.application.config["WTF_CSRF_ENABLED"] = False
    assert forged.status_code == 400


def test_one_drawing_serves_many_and_shows_each_their_own(
    app: Flask, session: Session, world: ExamWorld
) -> None:
    lobby, shell = waiting_room(world)
    marks, tickets = set(), set()
    for person_id, name in zip(world.candidates, ("陈<b>一", "own-x-ticket;"), strict=False):
        with transaction() as writing:
            writing.get_one(Person, person_id).name = name
        client = app.test_client()
        sign_in(client, person_id)
        page = client.get(lobby).text
        ticket = ticket_of(client, world.exam_id)
        assert f'data-name="{escape(name)}"' in page
        assert f'<span class="menu-name">{escape(name)}</span>' in page
        early = client.get(shell, headers={"X-Exam-Ticket": ticket, "Accept-Encoding": "gzip"})
        empty = gzip.decompress(early.data).decode()
        assert early.headers["Content-Encoding"] == "gzip"
        assert [MARK.findall(text) for text in (page, empty)] == [MARK.findall(page)] * 2
        assert escape(name) not in empty
        marks.update(MARK.findall(page))
        tickets.add(ticket)
    assert len(marks) == len(tickets) == 2


def test_a_ticket_alone_gets_the_empty_page_of_its_own_exam_only(
    app: Flask, candidate: FlaskClient, world: ExamWorld
) -> None:
    _, shell = waiting_room(world)
    ticket = ticket_of(candidate, world.exam_id)
    drawn = candidate.get(shell).text
    device = app.test_client()
    given = {"X-Exam-Ticket": ticket, "Accept-Encoding": "gzip"}
    assert gzip.decompress(device.get(shell, headers=given).data).decode() == drawn
    assert device.get(f"{shell}1", headers=given).status_code == 403
    assert device.get(shell, headers={**given, "X-Exam-Ticket": ticket[:-1]}).status_code == 403
    assert device.get(shell, headers={"Accept-Encoding": "gzip"}).status_code == 403


def test_a_changed_exam_is_drawn_anew(candidate: FlaskClient, world: ExamWorld) -> None:
    lobby, _ = waiting_room(world)
    assert "更名之后" not in candidate.get(lobby).text
    with transaction() as session:
        session.get_one(Exam, world.exam_id).title = "更名之后"
    assert "更名之后" in candidate.get(lobby).text
