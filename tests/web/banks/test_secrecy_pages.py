"""Exam-only content is opened by name and purpose, each view on the record, under a watermark."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from tests.people_factory import sign_in
from tests.web.banks.conftest import World
from tests.web.banks.typed import CHOICE
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from lianbing.banks import editor_views
from lianbing.banks import views as bank_views
from lianbing.banks.models import QuestionVersion
from lianbing.banks.secrecy import views as secrecy_views
from lianbing.banks.secrecy.models import SecrecyPledge, SecrecyView
from lianbing.infra.database import db

STEM = "题干 X1"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def newcomer(world: World, client: FlaskClient) -> FlaskClient:
    sign_in(client, world.trainer)
    client.set_cookie("lang", "en")
    return client


def door(world: World) -> str:
    return f"/banks/secrecy/{world.bank_id}"


def viewed(app: Flask) -> list[int]:
    with app.app_context():
        statement = (
            select(QuestionVersion.question_id)
            .join(SecrecyView, SecrecyView.version_id == QuestionVersion.id)
            .order_by(SecrecyView.id)
        )
        return list(db.session.scalars(statement))


def test_without_a_purpose_no_page_shows_or_finds_its_words(
    newcomer: FlaskClient, world: World, app: Flask
) -> None:
    question_id = world.ids["X1"]
    bank = f"/banks/{world.bank_id}/"
    assert STEM not in newcomer.get(bank).text
    assert "No question fits" in newcomer.get(f"{bank}?use=exam&search=题干").text
    for path in (
        f"/banks/questions/{question_id}",
        f"/banks/questions/{question_id}?version=1",
        f"/banks/questions/{question_id}/edit",
        f"/banks/review/{question_id}/compare",
    ):
        answer = newcomer.get(path)
        assert answer.location.startswith(door(world)), path
    sent = newcomer.post(f"/banks/questions/{question_id}/edit", data=CHOICE)
    assert sent.status_code == 409
    assert STEM not in sent.text
    assert viewed(app) == []


def test_the_pledge_is_signed_once_and_the_purpose_stands_beside_each_view(
    newcomer: FlaskClient, world: World, app: Flask
) -> None:
    page = f"/banks/questions/{world.ids['X1']}"
    address = newcomer.get(page).location
    assert "Pledge of secrecy" in newcomer.get(address).text
    assert newcomer.post(address, data={"purpose": "市赛前审题"}).status_code == 400
    assert newcomer.post(address, data={"pledge": "1", "purpose": " "}).status_code == 400
    answer = newcomer.post(address, data={"pledge": "1", "purpose": "市赛前审题"})
    assert answer.location == page
    text = newcomer.get(page).text
    assert STEM in text
    assert 'class="watermark"' in text
    assert "张三" in text
    newcomer.get(f"/banks/questions/{world.ids['A01-si00']}")
    assert viewed(app) == [world.ids["X1"]]
    log = newcomer.get(f"{door(world)}/views").text
    assert "市赛前审题" in log
    assert "X1" in log
    assert "Pledge of secrecy" not in newcomer.get(address).text
    with app.app_context():
        assert len(db.session.scalars(select(SecrecyPledge)).all()) == 1


def test_a_list_that_shows_its_words_is_a_view_too(
    trainer: FlaskClient, world: World, app: Flask
) -> None:
    text = trainer.get(f"/banks/{world.bank_id}/?use=exam").text
    assert STEM in text
    assert 'class="watermark"' in text
    assert viewed(app) == [world.ids["X1"]]
    assert 'class="watermark"' not in trainer.get(f"/banks/{world.bank_id}/?use=both").text


@pytest.mark.parametrize("after", ["//evil.example", "https://evil.example", "/banks/\\evil", "x"])
def test_the_door_leads_nowhere_else(newcomer: FlaskClient, world: World, after: str) -> None:
    answer = newcomer.post(f"{door(world)}?next={after}", data={"pledge": "1", "purpose": "审题"})
    assert answer.location == f"/banks/{world.bank_id}/#questions"


def test_door_and_log_are_closed_to_others(client: FlaskClient, world: World) -> None:
    for person in (world.worker, world.below):
        sign_in(client, person)
        assert client.get(door(world)).status_code == 403
        assert client.post(door(world), data={"pledge": "1", "purpose": "xx"}).status_code == 403
        assert client.get(f"{door(world)}/views").status_code == 403


def hidden(page: TestResponse) -> MultiDict[str, str]:
    """What waits in the door's form."""
    fields = MultiDict((unescape(a), unescape(b)) for a, b in HIDDEN.findall(page.text))
    fields.pop("csrf_token", None)
    return fields


def sent_again(client: FlaskClient, world: World, page: TestResponse) -> TestResponse:
    """Answer the door before what was sent, and do as a browser is told; return where it ends."""
    assert page.status_code == 409
    waiting = hidden(page)
    again = client.post(door(world), data=MultiDict([*waiting.items(multi=True), ("purpose", " ")]))
    assert again.status_code == 400, "a purpose is asked for, and nothing is lost by that"
    assert hidden(again) == waiting
    answers = [("purpose", "夜里改题"), ("pledge", "1")]
    body = MultiDict([*waiting.items(multi=True), *answers])
    on = client.post(door(world), data=body)
    assert on.status_code == 307, "the browser sends the same again"
    return client.post(on.location, data=body, follow_redirects=True)


def stems(app: Flask, question_id: int) -> list[str]:
    with app.app_context():
        return list(
            db.session.scalars(
                select(QuestionVersion.stem)
                .where(QuestionVersion.question_id == question_id)
                .order_by(QuestionVersion.number)
            )
        )


@pytest.mark.parametrize(
    "saved_at",
    [datetime(2026, 3, 2, 16, 1, tzinfo=UTC), datetime(2027, 1, 1, 2, 0, tzinfo=UTC)],
    ids=["after midnight", "in another year"],
)
def test_an_edit_begun_before_midnight_is_saved_after_it(
    newcomer: FlaskClient,
    world: World,
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    saved_at: datetime,
) -> None:
    evening = datetime(2026, 3, 2, 15, 50, tzinfo=UTC)  # 23:50 in China
    clock = [evening]
    for module in (secrecy_views, bank_views, editor_views):
        monkeypatch.setattr(module, "utc_now", lambda: clock[0])
    newcomer.post(door(world), data={"purpose": "审题", "pledge": "1"})
    edit = f"/banks/questions/{world.ids['X1']}/edit"
    assert newcomer.get(edit).status_code == 200
    clock[0] = saved_at
    typed = {**CHOICE, "use": "exam", "base_number": "1", "stem": '夜里\n改的 <b>"题干"</b> & 引号'}
    done = sent_again(newcomer, world, newcomer.post(edit, data=typed))
    assert done.status_code == 200
    assert stems(app, world.ids["X1"])[1:] == ['夜里\n改的 <b>"题干"</b> & 引号']


def test_whoever_writes_an_exam_only_question_has_pledged_before_it_is_saved(
    newcomer: FlaskClient, world: World, app: Flask
) -> None:
    new = f"/banks/{world.bank_id}/questions/new/single_choice"
    typed = {**CHOICE, "use": "exam", "stem": "只考不练的新题"}
    page = newcomer.post(new, data=typed)
    assert "Pledge of secrecy" in page.text
    assert "只考不练的新题" in page.text
    with app.app_context():
        found = select(QuestionVersion.id).where(QuestionVersion.stem == "只考不练的新题")
        assert db.session.scalar(found) is None
    done = sent_again(newcomer, world, page)
    assert "只考不练的新题" in done.text
    with app.app_context():
        assert db.session.scalar(found) is not None
        assert len(db.session.scalars(select(SecrecyPledge)).all()) == 1


def test_questions_become_exam_only_in_bulk_only_after_the_pledge(
    newcomer: FlaskClient, world: World, app: Flask
) -> None:
    chosen = [str(world.ids[code]) for code in ("A01-si00", "A01-si10")]
    bulk = {"kind": "use", "use": "exam", "whole": "0", "question": chosen}
    page = newcomer.post(f"/banks/{world.bank_id}/bulk?type=single_choice", data=bulk)
    assert "2 questions changed" in sent_again(newcomer, world, page).text


@pytest.mark.parametrize("forged", ["//evil.example/", "https://evil.example/", "/people/"])
def test_a_forged_address_is_not_sent_to(newcomer: FlaskClient, world: World, forged: str) -> None:
    answer = newcomer.post(
        door(world), data={"resume-at": forged, "purpose": "审题", "pledge": "1"}
    )
    assert answer.status_code == 302
    assert answer.location == f"/banks/{world.bank_id}/#questions"
    retire = f"/banks/questions/{world.ids['X1']}/retire"
    for link in (f"{door(world)}?next={retire}", f"{door(world)}?resume-at={retire}"):
        assert newcomer.post(link, data={"purpose": "审题"}).status_code == 302, "a link only reads"
