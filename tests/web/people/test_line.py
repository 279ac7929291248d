"""Waiting at the door: a place to see, and no password asked for twice."""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.people_factory import make_account, make_organisation, make_person
from werkzeug.test import TestResponse

from lianbing.people.accounts import door_views, line_page
from lianbing.people.accounts.hashing import current_hashing
from lianbing.people.accounts.line import current_line
from lianbing.people.accounts.line.rules import Place
from lianbing.people.models import Organisation, Person, SignInLimit

PASSWORD = "correct horse"
PHONE = "13912345678"
JSON = {"Accept": "application/json"}


@pytest.fixture
def welder(session: Session) -> Person:
    city = make_organisation(session, "青山市总工会")
    plant = make_organisation(session, "青山重机", parent=city, code="QS1")
    person = make_person(session, "王小明", organisation=plant, phone=PHONE, staff_number="A17")
    make_account(session, person, password_hash=current_hashing().hash(PASSWORD))
    return person


@pytest.fixture
def rush(app: Flask) -> Iterator[ExitStack]:
    """Every place for signing in is taken until the fixture's stack is closed."""
    hashing = app.extensions["lianbing_hashing"]
    with ExitStack() as taken:
        for _ in range(hashing.places):
            taken.enter_context(hashing._place())
        yield taken
    _empty_line(app)


def _empty_line(app: Flask) -> None:
    line = app.extensions["lianbing_line"]
    if hasattr(line, "_keys"):
        line._client.delete(*line._keys)
    else:
        line.__init__()


def enter(client: FlaskClient, password: str = PASSWORD, name: str = PHONE) -> TestResponse:
    return client.post("/sign-in", data={"name": name, "password": password})


def test_who_comes_when_all_places_are_taken_gets_a_place_in_line(
    client: FlaskClient, welder: Person, rush: ExitStack
) -> None:
    answer = enter(client)
    assert answer.status_code == 202
    assert 'data-place-in-line="1"' in answer.text
    assert re.search(r'http-equiv="refresh" content="1.0;url=/sign-in/line"', answer.text)
    assert PASSWORD not in answer.text
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("place_in_line"))
    assert PASSWORD not in cookie
    assert PHONE not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/sign-in" in cookie


def test_called_by_the_reloading_page_one_is_signed_in_without_typing_again(
    client: FlaskClient, welder: Person, rush: ExitStack
) -> None:
    client.get("/me")
    assert enter(client).status_code == 202
    waiting = client.get("/sign-in/line")
    assert waiting.status_code == 202
    assert "line-ahead-mark" not in waiting.text
    rush.close()
    called = client.get("/sign-in/line")
    assert called.status_code == 302
    assert called.location == "/me"
    assert "王小明" in client.get("/me").text
    assert client.get_cookie("place_in_line", path="/sign-in") is None


def test_the_script_is_told_the_place_and_then_where_to_go(
    client: FlaskClient, welder: Person, rush: ExitStack
) -> None:
    enter(client)
    told = client.get("/sign-in/line", headers=JSON)
    assert told.status_code == 202
    assert told.json is not None
    assert told.json["place"] == 1
    assert told.json["again_in"] >= 1
    assert told.json["ahead"]
    assert told.json["wait"]
    rush.close()
    assert client.get("/sign-in/line", headers=JSON).json == {"go": "/"}
    assert client.get("/me").status_code == 200


def test_nobody_who_comes_later_passes_the_line(
    client: FlaskClient, app: Flask, welder: Person, rush: ExitStack
) -> None:
    enter(client)
    rush.close()
    late = app.test_client()
    assert 'data-place-in-line="2"' in enter(late, name="A17").text
    assert client.get("/sign-in/line").status_code == 302
    assert late.get("/sign-in/line").status_code == 302


def test_far_back_one_is_not_let_in_though_there_is_room(
    client: FlaskClient, app: Flask, welder: Person, rush: ExitStack
) -> None:
    enter(client)
    rush.close()
    line, now = app.extensions["lianbing_line"], time.time()
    for number in range(300):
        line.stand(Place(number=number, nonce=f"n{number}", name_key=f"k{number}"), now=now)
    waiting = client.get("/sign-in/line", headers=JSON)
    assert waiting.status_code == 202
    assert waiting.json is not None
    assert waiting.json["place"] == 301


def test_a_wrong_password_is_told_after_the_line_and_counts_once(
    client: FlaskClient, session: Session, welder: Person, rush: ExitStack
) -> None:
    enter(client, "wrong password")
    for _ in range(5):
        client.get("/sign-in/line")
    assert session.scalars(select(SignInLimit.failures)).all() == []
    rush.close()
    answer = client.get("/sign-in/line")
    assert answer.status_code == 302
    form = client.get(answer.location)
    assert 'class="' in form.text
    assert PHONE in form.text
    assert client.get("/me").status_code == 302
    session.rollback()
    assert session.scalars(select(SignInLimit.failures)).all() == [1]


def test_a_staff_number_of_two_units_asks_for_the_unit_after_the_line(
    client: FlaskClient, session: Session, welder: Person, rush: ExitStack
) -> None:
    city = session.scalars(select(Organisation).where(Organisation.name == "青山市总工会")).one()
    other = make_organisation(session, "另一厂", parent=city, code="QS2")
    make_person(session, "赵", organisation=other, staff_number="A17")
    enter(client, name="A17")
    rush.close()
    form = client.get(client.get("/sign-in/line").location)
    assert 'name="unit"' in form.text


def test_a_ticket_signs_in_once(
    client: FlaskClient, app: Flask, welder: Person, rush: ExitStack
) -> None:
    enter(client)
    kept = client.get_cookie("place_in_line", path="/sign-in")
    assert kept is not None
    rush.close()
    client.get("/sign-in/line")
    thief = app.test_client()
    thief.set_cookie("place_in_line", kept.value, path="/sign-in")
    assert thief.get("/sign-in/line").location == "/sign-in?again=1"
    assert thief.get("/me").status_code == 302


def test_a_forged_or_old_ticket_leads_to_the_form(
    client: FlaskClient, welder: Person, rush: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(client)
    later = datetime.now(UTC) + timedelta(hours=1)
    monkeypatch.setattr(line_page, "utc_now", lambda: later)
    assert client.get("/sign-in/line").location == "/sign-in"
    client.set_cookie("place_in_line", "forged", path="/sign-in")
    assert client.get("/sign-in/line", headers=JSON).json == {"go": "/sign-in"}


def test_the_form_leads_back_into_the_line_unless_one_leaves_it(
    client: FlaskClient, welder: Person, rush: ExitStack
) -> None:
    enter(client)
    assert client.get("/sign-in").location == "/sign-in/line"
    left = client.get("/sign-in?again=1")
    assert left.status_code == 200
    assert client.get_cookie("place_in_line", path="/sign-in") is None
    assert client.get("/sign-in").status_code == 200


def test_a_full_line_says_so(
    client: FlaskClient, app: Flask, welder: Person, rush: ExitStack
) -> None:
    line = app.extensions["lianbing_line"]
    line._longest = 0
    try:
        assert enter(client).status_code == 503
        assert client.get_cookie("place_in_line", path="/sign-in") is None
    finally:
        line._longest = 20_000


@pytest.mark.parametrize(("language", "words"), [("zh-CN", "排队"), ("en", "Your place in line")])
def test_the_page_speaks_the_visitors_language(
    client: FlaskClient, welder: Person, rush: ExitStack, language: str, words: str
) -> None:
    client.set_cookie("lang", language.replace("-", "_"))
    assert words in enter(client).text


def test_the_line_is_one_for_the_whole_application(app: Flask) -> None:
    with app.app_context():
        assert current_line() is app.extensions["lianbing_line"]
    assert door_views.line.access_rule is not None
