"""Receipts over HTTP: the candidate keeps one, and anybody verifies it without signing in."""

import html
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, enter, make_exam_world, save
from tests.people_factory import sign_in

from lianbing.exams import sitting
from lianbing.exams.attempt_tokens import Seat
from lianbing.exams.closing import close_batch
from lianbing.exams.models import ResultList
from lianbing.exams.use_cases import publish_results
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now


@pytest.fixture
def world(session: Session) -> ExamWorld:
    return make_exam_world(session)


def hand_in(world: ExamWorld, index: int = 0) -> Seat:
    seat = enter(world, index)
    save(seat, [(1, 1, "A"), (2, 2, "B")])
    with transaction() as session:
        sitting.hand_in(session, seat, arrived_at=utc_now())
    return seat


def publish(world: ExamWorld) -> None:
    with transaction() as session:
        now = world.plan.closes_at + timedelta(hours=1)
        sign = current_keyring().sign
        publish_results(session, world.organiser, world.exam_id, sign=sign, now=now)


def receipt_page(client: FlaskClient, world: ExamWorld, index: int = 0) -> str:
    sign_in(client, world.candidates[index])
    page = client.get(f"/exams/{world.exam_id}/receipt")
    assert page.status_code == 200
    return page.text


def printed(page: str) -> str:
    found = re.search(r"<pre[^>]*>(lianbing.receipt/1.*?)</pre>", page, re.S)
    assert found is not None
    return html.unescape(found[1])


def address(page: str) -> str:
    found = re.search(r'href="http://localhost(/verify\?r=[\w-]+)"', page)
    assert found is not None
    return found[1]


def verify(app: Flask, receipt: str) -> str:
    answer = app.test_client().post("/verify", data={"text": receipt})
    assert answer.status_code == 200
    return answer.text


def test_candidate_finds_text_and_code_of_the_receipt(
    client: FlaskClient, world: ExamWorld
) -> None:
    hand_in(world)
    page = receipt_page(client, world)
    assert 'src="data:image/svg+xml' in page
    assert "signature " in printed(page)
    result = client.get(f"/exams/{world.exam_id}/result")
    assert f"/exams/{world.exam_id}/receipt" in result.text


def test_attempt_closed_by_the_clock_has_its_receipt(client: FlaskClient, world: ExamWorld) -> None:
    save(enter(world), [(1, 1, "A")])
    with transaction() as session:
        close_batch(session, now=world.plan.closes_at + timedelta(hours=1), exam_id=world.exam_id)
    assert "cause closing" in printed(receipt_page(client, world))


def test_receipt_is_verified_without_signing_in(
    app: Flask, client: FlaskClient, world: ExamWorld
) -> None:
    hand_in(world)
    page = receipt_page(client, world)
    for shown in (verify(app, printed(page)), app.test_client().get(address(page)).text):
        assert "系统现存的作答和答卷与它相符" in shown
        assert world.plan.title in shown
        assert "考*" in shown
        assert "考生0" not in shown


def test_altered_receipt_is_not_valid_and_tells_nothing(
    app: Flask, client: FlaskClient, world: ExamWorld
) -> None:
    hand_in(world)
    receipt = printed(receipt_page(client, world)).replace("entries 2", "entries 3")
    shown = verify(app, receipt)
    assert "本系统没有签署过这段文字" in shown
    assert world.plan.title not in shown


def test_journal_altered_behind_the_receipt_is_told(
    app: Flask, client: FlaskClient, world: ExamWorld
) -> None:
    hand_in(world)
    receipt = printed(receipt_page(client, world))
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE answer_entry SET answer = 'null' WHERE seq = 1"))
    assert "与现存记录不符" in verify(app, receipt)


def test_receipt_of_an_attempt_that_is_gone_is_told(
    app: Flask, client: FlaskClient, world: ExamWorld
) -> None:
    hand_in(world)
    receipt = printed(receipt_page(client, world))
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM exam_receipt"))
    assert "与现存记录不符" in verify(app, receipt)


@pytest.mark.parametrize("given", ["", "hello", "lianbing.receipt/1\nexam 1", "x" * 5000])
def test_what_is_no_receipt_is_asked_for_again(app: Flask, given: str) -> None:
    answer = app.test_client().post("/verify", data={"text": given})
    assert answer.status_code == 200
    assert "field-error" in answer.text


@pytest.mark.parametrize("code", ["x", "A" * 300, "%00", "%F0%9F%98%80"])
def test_broken_code_is_asked_for_again(app: Flask, code: str) -> None:
    assert app.test_client().get(f"/verify?r={code}").status_code == 200


def test_published_list_shows_the_root_and_receipts_prove_to_be_in_it(
    app: Flask, client: FlaskClient, world: ExamWorld
) -> None:
    hand_in(world)
    hand_in(world, 1)
    receipt = printed(receipt_page(client, world))
    assert "届时此处会显示" in verify(app, receipt)
    publish(world)
    root = db.session.query(ResultList).one().content.split('"receipts_root":"')[1][:64]
    grouped = " ".join(root[at : at + 8] for at in range(0, 64, 8))
    assert grouped in client.get(f"/exams/{world.exam_id}/published").text
    assert grouped in verify(app, receipt)
    assert grouped in receipt_page(client, world)


def test_nobody_sees_a_receipt_before_the_attempt_has_ended(
    client: FlaskClient, world: ExamWorld
) -> None:
    enter(world)
    sign_in(client, world.candidates[0])
    page = client.get(f"/exams/{world.exam_id}/receipt")
    assert page.status_code == 302
    sign_in(client, world.candidates[1])
    assert client.get(f"/exams/{world.exam_id}/receipt").status_code == 302
