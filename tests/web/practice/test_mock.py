"""The mock over HTTP: the exam page, its save path, the result; and what it never touches."""

import json
import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.people_factory import make_person, sign_in
from tests.practice_factory import Learning, make_learning, mixed

from lianbing.exams.models import AnswerEntry, Attempt
from lianbing.kernel.actor import Role


@pytest.fixture
def learning(session: Session, client: FlaskClient) -> Learning:
    learning = make_learning(session, mixed(8))
    sign_in(client, learning.person)
    return learning


def begin(client: FlaskClient, learning: Learning) -> dict[str, Any]:
    page = client.post(f"/practice/mock/banks/{learning.bank_id}", follow_redirects=True)
    assert page.status_code == 200
    found = re.search(r'id="exam-data">(.*?)</script>', page.text, re.S)
    assert found
    data: dict[str, Any] = json.loads(found.group(1))
    return data


def call(client: FlaskClient, data: dict[str, Any], what: str, **body: Any) -> dict[str, Any]:
    token = {"X-Attempt-Token": data["token"]}
    if body or what == "hand_in_url":
        response = client.post(data[what], json=body, headers=token)
    else:
        response = client.get(data[what], headers=token)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.get_json()
    return answer


def test_a_mock_is_sat_marked_and_explained_without_touching_the_journal(
    client: FlaskClient, session: Session, learning: Learning
) -> None:
    data = begin(client, learning)
    paper = call(client, data, "paper_url")
    assert "解析" not in json.dumps(paper, ensure_ascii=False)
    assert "key" not in json.dumps(paper)
    truths = [q["number"] for q in paper["questions"] if q["type"] == "true_false"]
    entries = [
        {"seq": seq, "question": number, "answer": True} for seq, number in enumerate(truths, 1)
    ]
    entries.append({"seq": 90, "question": truths[0], "answer": ["B", 3]})
    saved = call(client, data, "save_url", entries=entries)
    assert [row["outcome"] for row in saved["results"]] == ["counted"] * len(truths) + ["refused"]
    assert call(client, data, "state_url")["state"] == "open"
    result = f"/practice/mock/{data['attempt']['id'].split('-')[1]}/result"
    assert data["result_url"] == result
    assert client.get(result).location.endswith("/sit")
    assert call(client, data, "hand_in_url")["state"] == "handed_in"
    page = unescape(client.get(result).text)
    assert "解析 Q" in page
    assert "安全生产法" in page
    assert "仅供练习" in page
    for table in (AnswerEntry, Attempt):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    listed = unescape(client.get("/practice/mock/").text)
    assert f'href="{result}"' in listed


def test_an_answered_mock_page_comes_again_with_its_answers(
    client: FlaskClient, learning: Learning
) -> None:
    data = begin(client, learning)
    call(client, data, "save_url", entries=[{"seq": 1, "question": 1, "answer": None}])
    again = begin(client, learning)
    assert again["attempt"] == data["attempt"]
    assert again["next_seq"] == 2
    assert again["device"] == data["device"] + 1
    assert call(client, data, "state_url")["device_current"] is False


def test_an_error_is_reported_from_the_result(client: FlaskClient, learning: Learning) -> None:
    data = begin(client, learning)
    number = data["attempt"]["id"].split("-")[1]
    address = f"/practice/mock/{number}/report"
    sent = {"number": "1", "kind": "wrong_key", "text": "答案不对"}
    assert client.post(address, data=sent).status_code == 404
    call(client, data, "hand_in_url")
    answered = client.post(address, data=sent, follow_redirects=True)
    assert answered.request.path.endswith("/result")
    assert client.post(address, data=sent | {"number": "99"}).status_code == 404


def test_strangers_and_false_tokens_see_nothing(
    client: FlaskClient, session: Session, learning: Learning
) -> None:
    data = begin(client, learning)
    forged = client.get(data["paper_url"], headers={"X-Attempt-Token": "x"})
    assert forged.status_code in (400, 401, 403)
    session.rollback()
    sign_in(client, make_person(session, "李旁人", organisation=learning.union))
    number = data["attempt"]["id"].split("-")[1]
    for path in ("sit", "result"):
        assert client.get(f"/practice/mock/{number}/{path}").status_code == 404


def test_a_trainer_sees_what_may_be_offered_and_a_worker_does_not(
    client: FlaskClient, session: Session, learning: Learning
) -> None:
    assert client.get("/practice/mock/offers").status_code == 403
    session.rollback()
    trainer = make_person(
        session, "孙教员", organisation=learning.union, roles=[(Role.TRAINER, learning.union)]
    )
    sign_in(client, trainer)
    assert "还没有双向细目表" in client.get("/practice/mock/offers").text
    assert client.post("/practice/mock/offers/99", data={"minutes": "30"}).status_code == 404
