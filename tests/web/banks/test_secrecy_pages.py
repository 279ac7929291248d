"""Exam-only content is opened by name and purpose, each view on the record, under a watermark."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from tests.people_factory import sign_in
from tests.web.banks.conftest import World
from tests.web.banks.typed import CHOICE

from lianbing.banks.models import QuestionVersion
from lianbing.banks.secrecy.models import SecrecyPledge, SecrecyView
from lianbing.infra.database import db

STEM = "题干 X1"


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
    assert newcomer.post(f"/banks/questions/{question_id}/edit", data=CHOICE).status_code == 302
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
