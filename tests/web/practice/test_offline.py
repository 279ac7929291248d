"""The pack and the merge over HTTP: what is in a pack, whose device it is, what a number means."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.people_factory import sign_in
from tests.practice_factory import Learning, make_learning, mixed

from lianbing.banks.models import Question
from lianbing.infra.database import db
from lianbing.kernel.clock import utc_now
from lianbing.practice.models import PracticeAnswer, WrongBookItem

API = "/api/practice/offline"


@pytest.fixture
def learning(session: Session) -> Learning:
    made = make_learning(session, mixed(40))
    session.commit()
    return made


@pytest.fixture
def client(app: Flask, learning: Learning) -> FlaskClient:
    client = app.test_client()
    sign_in(client, learning.person)
    return client


def device(client: FlaskClient) -> int:
    number: int = client.post(f"{API}/device").json["device"]
    return number


def pack(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"{API}/pack").json
    return found


def entry(found: dict[str, Any], place: int, *, seq: int = 1, **changes: Any) -> dict[str, Any]:
    question = found["days"][0]["questions"][place]
    version = found["questions"][str(question)]["version"]
    at = utc_now().isoformat()
    given = {"answer": None, "gave_up": True, "rating": "", "mode": "daily", "at": at}
    return {"seq": seq, "question": question, "version": version, **given, **changes}


def send(client: FlaskClient, number: int, *entries: dict[str, Any]) -> list[list[object]]:
    answer = client.post(f"{API}/answers", json={"device": number, "entries": entries})
    assert answer.status_code == 200, answer.text
    return [[row["seq"], row["outcome"]] for row in answer.json["results"]]


def count(model: type[Any]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_pack_holds_three_days_and_no_question_twice(client: FlaskClient) -> None:
    found = pack(client)
    asked = [number for day in found["days"] for number in day["questions"]]
    assert [len(day["questions"]) for day in found["days"]] == [10, 10, 10]
    assert len(set(asked)) == 30
    assert set(found["questions"]) == {str(number) for number in asked}
    assert all("explanation" in question["key"] for question in found["questions"].values())


def test_a_pack_holds_the_wrong_book(client: FlaskClient) -> None:
    first = pack(client)
    send(client, device(client), entry(first, 0))
    missed = first["days"][0]["questions"][0]
    assert pack(client)["book"] == [missed]


def test_exam_only_questions_are_never_in_a_pack(client: FlaskClient, learning: Learning) -> None:
    codes = [question.code for question in learning.file.questions]
    learning.turn_exam_only(codes[:38])
    found = pack(client)
    left = select(Question.id).where(Question.code.in_(codes[38:]))
    assert {int(number) for number in found["questions"]} == set(db.session.scalars(left))


def test_a_withdrawn_question_is_gone_with_the_next_pack_and_not_counted(
    client: FlaskClient, learning: Learning
) -> None:
    first, number = pack(client), device(client)
    asked = first["days"][0]["questions"][0]
    code = db.session.get_one(Question, asked).code
    learning.turn_exam_only([code])
    assert send(client, number, entry(first, 0)) == [[1, "withdrawn"]]
    assert str(asked) not in pack(client)["questions"]
    assert count(PracticeAnswer) == 0


def test_the_same_number_twice_is_one_answer(client: FlaskClient) -> None:
    found, number = pack(client), device(client)
    mine = entry(found, 0)
    assert send(client, number, mine) == [[1, "recorded"]]
    assert send(client, number, mine, entry(found, 1, seq=2)) == [[1, "recorded"], [2, "recorded"]]
    assert count(PracticeAnswer) == 2


def test_another_content_under_a_number_is_refused_and_the_first_stays(
    client: FlaskClient,
) -> None:
    found, number = pack(client), device(client)
    send(client, number, entry(found, 0))
    assert send(client, number, entry(found, 1)) == [[1, "other_content"]]
    assert count(PracticeAnswer) == 1


def test_offline_answers_teach_and_are_marked_as_offline(client: FlaskClient) -> None:
    found, number = pack(client), device(client)
    send(client, number, entry(found, 0))
    assert count(WrongBookItem) == 1
    (answer,) = db.session.scalars(select(PracticeAnswer))
    assert (answer.offline, answer.drill_id, answer.verdict) == (True, None, "unanswered")


@pytest.mark.parametrize("at", ["", "yesterday", None, 5, "2026-11-20", "9999-12-31T23:59:59Z"])
def test_a_broken_clock_loses_no_answer(client: FlaskClient, at: Any) -> None:
    found, number = pack(client), device(client)
    assert send(client, number, entry(found, 0, at=at)) == [[1, "recorded"]]
    (answer,) = db.session.scalars(select(PracticeAnswer))
    assert utc_now() - timedelta(minutes=1) < answer.answered_at <= utc_now()


def test_a_device_of_somebody_else_is_refused(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    found, number = pack(client), device(client)
    other = make_learning(session, mixed(12, prefix="R"))
    session.commit()
    stranger = app.test_client()
    sign_in(stranger, other.person)
    body = {"device": number, "entries": [entry(found, 0)]}
    assert stranger.post(f"{API}/answers", json=body).status_code == 409
    assert count(PracticeAnswer) == 0


def test_a_bank_that_is_not_open_to_one_is_not_answered(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    found = pack(client)
    other = make_learning(session, mixed(12, prefix="R"))
    session.commit()
    stranger = app.test_client()
    sign_in(stranger, other.person)
    assert send(stranger, device(stranger), entry(found, 0)) == [[1, "withdrawn"]]


BROKEN: list[Any] = [
    None,
    [],
    {},
    {"device": 1},
    {"device": "1", "entries": []},
    {"device": 1, "entries": [1]},
    {"device": 1, "entries": [{"seq": 0, "question": 1, "version": 1}]},
    {"device": 1, "entries": [{}] * 201},
]


@pytest.mark.parametrize("body", BROKEN, ids=json.dumps)
def test_what_is_no_journal_is_refused(client: FlaskClient, body: Any) -> None:
    assert client.post(f"{API}/answers", json=body).status_code == 400


def test_the_page_on_the_shelf_names_nobody(client: FlaskClient, learning: Learning) -> None:
    page = client.get("/practice/offline/").text
    assert learning.person.name not in page
    assert "data-person=" in page


def test_the_app_has_its_name_its_icons_and_its_own_scope(client: FlaskClient) -> None:
    answer = client.get("/practice/app.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    told = answer.json
    assert (told["scope"], told["display"]) == ("/practice/", "standalone")
    for icon in told["icons"]:
        with client.get(icon["src"]) as picture:
            assert picture.data.startswith(b"\x89PNG")
