"""The duel's pages: the invitation, the link, the result."""

from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from tests.people_factory import make_person, sign_in
from tests.practice_factory import RIGHT, WRONG, Learning, items_of, make_learning, mixed
from tests.web.practice.test_pages import form_of


@pytest.fixture
def learning(session: Session, client: FlaskClient) -> Learning:
    learning = make_learning(session, mixed(12))
    sign_in(client, learning.person)
    return learning


@pytest.fixture
def other(app: Flask, session: Session, learning: Learning) -> FlaskClient:
    client = app.test_client()
    session.rollback()
    sign_in(client, make_person(session, "李同事", organisation=learning.union))
    return client


def text(client: FlaskClient, address: str) -> str:
    response = client.get(address, follow_redirects=True)
    assert response.status_code == 200
    return unescape(response.text)


def play(client: FlaskClient, started: str, *, wrong: int) -> None:
    drill_id = int(started.split("/")[-1])
    for position, (_code, kind) in enumerate(items_of(drill_id), start=1):
        given = WRONG[kind] if position <= wrong else RIGHT[kind]
        client.post(f"/practice/drills/{drill_id}/{position}", data=form_of(given))


def test_a_duel_from_the_invitation_to_the_result(
    client: FlaskClient, other: FlaskClient, learning: Learning
) -> None:
    link = client.post(f"/practice/duels/banks/{learning.bank_id}").location
    page = text(client, link)
    assert f'value="http://localhost{link}"' in page
    assert "data:image" in page
    assert "王小练 邀请您" in text(other, link)
    play(client, client.post(f"{link}/play").location, wrong=2)
    assert "等对方作答" in text(client, link)
    taken = other.post(f"{link}/take").location
    play(other, taken, wrong=5)
    ended = text(other, taken)
    assert "对方胜" in ended
    assert "王小练" in ended
    won = text(client, link)
    assert "您胜了" in won
    assert "李同事" in won
    assert "data:image" not in won
    assert "您胜了" in text(client, "/practice/duels/")


def test_ones_own_link_and_a_taken_one_are_told(
    app: Flask, client: FlaskClient, other: FlaskClient, session: Session, learning: Learning
) -> None:
    link = client.post(f"/practice/duels/banks/{learning.bank_id}").location
    told = client.post(f"{link}/take", follow_redirects=True).text
    assert "您自己发出的邀请" in told
    other.post(f"{link}/take")
    session.rollback()
    third = app.test_client()
    sign_in(third, make_person(session, "周第三", organisation=learning.union))
    assert "已有人应战" in text(third, link)
    assert third.get("/practice/duels/unknown").status_code == 404
