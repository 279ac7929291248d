"""Answers by script: the endpoint ahead of Flask says what the pages say, and keeps the keys."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.people_factory import sign_in
from tests.practice_factory import Learning, items_of, make_learning, mixed

from lianbing.banks.rules import QuestionType
from lianbing.infra.database import db
from lianbing.kernel.clock import utc_now
from lianbing.practice.models import Drill, PracticeAnswer

RIGHT: dict[QuestionType, object] = {
    QuestionType.SINGLE_CHOICE: "B",
    QuestionType.MULTIPLE_CHOICE: ["C", "A"],
    QuestionType.TRUE_FALSE: True,
    QuestionType.FILL_BLANK: ["接地", "50 Hz"],
}


@pytest.fixture
def learning(session: Session) -> Learning:
    made = make_learning(session, mixed(12))
    session.commit()
    return made


@pytest.fixture
def client(app: Flask, learning: Learning) -> FlaskClient:
    client = app.test_client()
    sign_in(client, learning.person)
    return client


def opened(client: FlaskClient, drill_id: int) -> dict[str, Any]:
    answer = client.get(f"/api/practice/drills/{drill_id}")
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json
    return told


def send(client: FlaskClient, token: str, *answers: dict[str, object]) -> Any:
    return client.post(
        "/api/practice/answer", json={"answers": answers}, headers={"X-Drill-Token": token}
    )


def right(drill_id: int, position: int) -> dict[str, object]:
    kind = items_of(drill_id)[position - 1][1]
    return {"position": position, "answer": RIGHT[kind]}


def stored(drill_id: int) -> Drill:
    db.session.rollback()
    return db.session.get_one(Drill, drill_id)


def count_answers() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(PracticeAnswer)) or 0


def test_questions_come_without_their_keys(client: FlaskClient, learning: Learning) -> None:
    drill_id = learning.start(now=utc_now())
    answer = client.get(f"/api/practice/drills/{drill_id}")
    told = answer.json
    assert [row["position"] for row in told["questions"]] == list(range(1, 11))
    keys = {"type", "stem", "html", "blanks", "prompts", "prompt_html", "options", "parts"}
    assert all(set(row["asked"]) == keys for row in told["questions"])
    assert "explanation" not in answer.text


def test_answers_are_marked_and_told_with_their_key(
    client: FlaskClient, learning: Learning
) -> None:
    drill_id = learning.start(now=utc_now())
    token = opened(client, drill_id)["token"]
    wrong = {"position": 2, "answer": None, "gave_up": True}
    found = send(client, token, right(drill_id, 1), wrong).json["results"]
    assert [(row["verdict"], row["change"]) for row in found] == [
        ("right", "none"),
        ("unanswered", "entered"),
    ]
    assert all("explanation" in row["key"] for row in found)
    assert stored(drill_id).position == 3


def test_the_same_answer_twice_is_told_again_and_kept_once(
    client: FlaskClient, learning: Learning
) -> None:
    drill_id = learning.start(now=utc_now())
    token = opened(client, drill_id)["token"]
    first = send(client, token, right(drill_id, 1)).json
    again = send(client, token, {"position": 1, "answer": None, "gave_up": True}).json
    assert again == first
    assert count_answers() == 1


def test_a_whole_drill_in_one_request_is_finished(client: FlaskClient, learning: Learning) -> None:
    drill_id = learning.start(now=utc_now())
    token = opened(client, drill_id)["token"]
    found = send(client, token, *[right(drill_id, at) for at in range(1, 11)]).json["results"]
    assert [row["verdict"] for row in found] == ["right"] * 10
    drill = stored(drill_id)
    assert (drill.position, drill.open_as) == (11, None)
    assert drill.finished_at is not None


def test_an_answer_ahead_of_its_turn_is_refused_in_words(
    client: FlaskClient, learning: Learning
) -> None:
    drill_id = learning.start(now=utc_now())
    token = opened(client, drill_id)["token"]
    (found,) = send(client, token, right(drill_id, 3)).json["results"]
    assert (found["refused"], bool(found["message"])) == ("not_yet_asked", True)
    assert count_answers() == 0


def test_an_empty_answer_is_refused_and_its_neighbour_counts(
    client: FlaskClient, learning: Learning
) -> None:
    drill_id = learning.start(now=utc_now())
    token = opened(client, drill_id)["token"]
    found = send(client, token, right(drill_id, 1), {"position": 2, "answer": None}).json
    assert [row.get("refused") for row in found["results"]] == [None, "nothing_chosen"]
    assert count_answers() == 1


def test_a_withdrawn_question_is_passed_over(client: FlaskClient, learning: Learning) -> None:
    drill_id = learning.start(now=utc_now())
    told = opened(client, drill_id)
    learning.turn_exam_only([items_of(drill_id)[0][0]])
    (found,) = send(client, told["token"], right(drill_id, 1)).json["results"]
    assert found == {"position": 1, "withdrawn": True}
    assert opened(client, drill_id)["questions"][0]["position"] == 2
    assert count_answers() == 0


def test_a_token_ends_with_its_sign_in(client: FlaskClient, learning: Learning) -> None:
    drill_id = learning.start(now=utc_now())
    token = opened(client, drill_id)["token"]
    client.post("/sign-out")
    answer = send(client, token, right(drill_id, 1))
    assert answer.status_code == 403
    assert count_answers() == 0


@pytest.mark.parametrize("token", ["", "made-up", "WzEsMSwxLDFd.AAAA"])
def test_a_made_up_token_is_refused(client: FlaskClient, learning: Learning, token: str) -> None:
    drill_id = learning.start(now=utc_now())
    assert send(client, token, right(drill_id, 1)).status_code == 403


@pytest.mark.parametrize("body", [[], {}, {"answers": 1}, {"answers": []}, {"answers": [{"a": 1}]}])
def test_what_is_no_answer_is_refused(client: FlaskClient, learning: Learning, body: Any) -> None:
    token = opened(client, learning.start(now=utc_now()))["token"]
    answer = client.post("/api/practice/answer", json=body, headers={"X-Drill-Token": token})
    assert answer.status_code == 400


def test_nobody_reads_another_ones_drill(app: Flask, learning: Learning, session: Session) -> None:
    other = make_learning(session, mixed(4, prefix="R"))
    session.commit()
    stranger = app.test_client()
    sign_in(stranger, other.person)
    drill_id = learning.start(now=utc_now())
    assert stranger.get(f"/api/practice/drills/{drill_id}").status_code == 404
