"""A candidate's way through an exam over HTTP, and what the answer API refuses."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, enter, make_exam_world, post, right_answers, token_of
from tests.people_factory import make_person, sign_in

from lianbing.exams.models import AnswerEntry
from lianbing.infra.database import db
from lianbing.kernel.clock import utc_now


@pytest.fixture
def world(session: Session) -> ExamWorld:
    return make_exam_world(session)


def bootstrap(client: FlaskClient, exam_id: int) -> dict[str, Any]:
    page = client.get(f"/exams/{exam_id}/sit")
    assert page.status_code == 200
    found = re.search(r'id="exam-data">(.*?)</script>', page.text, re.S)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def sit(client: FlaskClient, world: ExamWorld, index: int = 0) -> dict[str, Any]:
    sign_in(client, world.candidates[index])
    entered = client.post(f"/exams/{world.exam_id}/enter")
    assert entered.status_code == 302
    return bootstrap(client, world.exam_id)


def test_whole_way_from_lobby_to_result(client: FlaskClient, world: ExamWorld) -> None:
    data = sit(client, world)
    paper = client.get(data["paper_url"], headers={"X-Attempt-Token": data["token"]})
    assert "immutable" in paper.headers["Cache-Control"]
    numbers = {question["number"] for question in paper.get_json()["questions"]}
    assert numbers == set(data["order"])
    answers = right_answers(world.paper(db.session()))
    entries = [
        {"seq": number, "question": number, "answer": answer, "at": "2026-11-20T08:00:00Z"}
        for number, answer in answers.items()
    ]
    saved = post(client, data["token"], "save", {"entries": entries[:6]}).get_json()
    assert [result["outcome"] for result in saved["results"]] == ["counted"] * 6
    assert bootstrap(client, world.exam_id)["next_seq"] == 7
    ended = post(client, data["token"], "hand-in", {"entries": entries[6:]}).get_json()
    assert (ended["state"], len(ended["results"])) == ("handed_in", 4)
    again = post(client, data["token"], "hand-in", {"entries": []}).get_json()
    assert again["handed_in_at"] == ended["handed_in_at"]
    result = client.get(f"/exams/{world.exam_id}/result")
    assert result.status_code == 200
    assert "解析" not in result.text
    assert client.get(f"/exams/{world.exam_id}/sit").status_code == 302


def test_paper_never_carries_keys(client: FlaskClient, world: ExamWorld) -> None:
    data = sit(client, world)
    paper = client.get(data["paper_url"], headers={"X-Attempt-Token": data["token"]})
    words = paper.text + client.get(f"/exams/{world.exam_id}/sit").text
    for forbidden in ("explanation", "解析", "version_id", '"key"', "accept", "tolerance"):
        assert forbidden not in words


def test_second_browser_puts_the_first_out(app: Flask, world: ExamWorld) -> None:
    first, second = app.test_client(), app.test_client()
    old = sit(first, world)
    post(first, old["token"], "save", {"entries": [{"seq": 1, "question": 1, "answer": None}]})
    sign_in(second, world.candidates[0])
    assert "另一台设备" in second.get(f"/exams/{world.exam_id}/").text
    new = sit(second, world)
    assert new["device"] == 2
    late = post(
        first, old["token"], "save", {"entries": [{"seq": 2, "question": 1, "answer": None}]}
    )
    body = late.get_json()
    assert body["device_current"] is False
    assert body["results"][0]["outcome"] == "superseded"
    assert body["results"][0]["message"]
    refused = post(first, old["token"], "hand-in", {"entries": []})
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (409, "superseded_device")
    assert first.get(f"/exams/{world.exam_id}/sit").status_code == 302


@pytest.mark.parametrize("token", ["", "x", "WzEsMSwxLDEsMV0.bad", "null"])
def test_forged_tokens_are_refused(client: FlaskClient, world: ExamWorld, token: str) -> None:
    for path in ("save", "hand-in"):
        answer = post(client, token, path, {"entries": []})
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (403, "bad_token")


@pytest.mark.parametrize(
    "entries",
    [
        "no list",
        [{"question": 1, "answer": "A"}],
        [{"seq": 0, "question": 1, "answer": "A"}],
        [{"seq": True, "question": 1, "answer": "A"}],
        [{"seq": 1.5, "question": 1, "answer": "A"}],
        [{"seq": 2**31, "question": 1, "answer": "A"}],
        [{"seq": 1, "question": 1, "answer": "A"}, {"seq": 1, "question": 2, "answer": "A"}],
        [{"seq": n, "question": 1, "answer": None} for n in range(1, 202)],
        [None],
    ],
)
def test_malformed_batches_are_refused_whole(
    app: Flask, client: FlaskClient, world: ExamWorld, entries: object
) -> None:
    answer = post(client, token_of(app, enter(world)), "save", {"entries": entries})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (400, "malformed_save")
    assert db.session.scalar(select(func.count()).select_from(AnswerEntry)) == 0


def test_bad_entries_are_refused_by_name_and_good_ones_kept(
    app: Flask, client: FlaskClient, world: ExamWorld
) -> None:
    entries = [
        {"seq": 1, "question": 11, "answer": "A"},
        {"seq": 2, "question": 1, "answer": "Z"},
        {"seq": 3, "question": "1", "answer": "A"},
        {"seq": 4, "question": 1, "answer": "A"},
    ]
    body = post(client, token_of(app, enter(world)), "save", {"entries": entries}).get_json()
    outcomes = [(r["seq"], r["outcome"], r.get("code")) for r in body["results"]]
    assert outcomes == [
        (1, "refused", "unknown_question"),
        (2, "refused", "malformed_answer"),
        (3, "refused", "unknown_question"),
        (4, "counted", None),
    ]


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff\xfe", b'{"entries": {}}', b"x" * 300_000])
def test_bodies_that_are_no_saves_are_refused(
    app: Flask, client: FlaskClient, world: ExamWorld, body: bytes
) -> None:
    token = token_of(app, enter(world))
    answer = client.post("/api/exams/save", data=body, headers={"X-Attempt-Token": token})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (400, "malformed_save")


def test_someone_elses_seat_in_the_cookie_opens_nothing(app: Flask, world: ExamWorld) -> None:
    client = app.test_client()
    sit(client, world, 0)
    sign_in(client, world.candidates[1])
    assert client.get(f"/exams/{world.exam_id}/sit").status_code == 302


def test_entering_needs_the_roster_and_the_window(client: FlaskClient, session: Session) -> None:
    opens = utc_now() + timedelta(hours=1)
    early = make_exam_world(session, opens_at=opens, closes_at=opens + timedelta(hours=2))
    sign_in(client, early.candidates[0])
    refused = client.post(f"/exams/{early.exam_id}/enter")
    assert refused.status_code == 409
    assert "还未开始" in refused.text
    session.rollback()
    sign_in(client, make_person(session, "路人"))
    assert client.post(f"/exams/{early.exam_id}/enter").status_code == 403
    assert client.get(f"/exams/{early.exam_id}/").status_code == 403


def test_organiser_sees_the_roster_and_publishes_only_after_the_close(
    app: Flask, client: FlaskClient, world: ExamWorld
) -> None:
    enter(world)
    sign_in(client, world.organiser_id)
    assert "电工理论考试" in client.get("/exams/manage/").text
    shown = client.get(f"/exams/manage/{world.exam_id}")
    assert "考生0" in shown.text
    assert "答题中" in shown.text
    refused = client.post(f"/exams/manage/{world.exam_id}/publish")
    assert refused.status_code == 409


def test_worker_cannot_open_an_organisers_pages(client: FlaskClient, world: ExamWorld) -> None:
    sign_in(client, world.candidates[0])
    for path in ("", "new", f"{world.exam_id}", f"{world.exam_id}/results"):
        assert client.get(f"/exams/manage/{path}").status_code == 403
