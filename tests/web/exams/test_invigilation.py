"""The live screen over HTTP: what it shows, what a poll answers, what its buttons do."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, enter, make_exam_world, post, save, token_of
from tests.people_factory import make_person, sign_in

from lianbing.infra.database import db
from lianbing.kernel.actor import Role


@pytest.fixture
def world(session: Session) -> ExamWorld:
    return make_exam_world(session, candidates=3)


@pytest.fixture
def judge(app: Flask, world: ExamWorld) -> FlaskClient:
    city = world.plan.organisation_id
    person = make_person(db.session(), "孙裁判", organisation=city, roles=[(Role.JUDGE, city)])
    client = app.test_client()
    sign_in(client, person.id)
    return client


def step(client: FlaskClient, world: ExamWorld, path: str, **form: str) -> str:
    person = world.candidates[0]
    address = f"/exams/invigilation/{world.exam_id}/{person}/{path}"
    return client.post(address, data=form, follow_redirects=True).text


def test_judge_finds_the_exam_and_sees_who_is_where(judge: FlaskClient, world: ExamWorld) -> None:
    enter(world, 0)
    assert world.plan.title in judge.get("/exams/invigilation/").text
    page = judge.get(f"/exams/invigilation/{world.exam_id}").text
    assert "考生0" in page
    assert "答题中" in page
    only = judge.get(f"/exams/invigilation/{world.exam_id}?state=not_started").text
    assert "考生0" not in only
    assert "考生2" in only
    assert "考生1" in judge.get(f"/exams/invigilation/{world.exam_id}?q=考生1").text


def test_poll_brings_only_what_changed_and_304_when_nothing_did(
    judge: FlaskClient, world: ExamWorld
) -> None:
    seat = enter(world, 0)
    address = f"/exams/invigilation/{world.exam_id}/rows"
    first = judge.get(address)
    assert set(first.get_json()["rows"]) == {str(person) for person in world.candidates}
    far = judge.get(f"{address}?since=2099-01-01T00:00:00%2B00:00")
    assert far.get_json()["rows"] == {}
    assert far.get_json()["ids"] == list(world.candidates)
    again = judge.get(
        f"{address}?since=2099-01-01T00:00:00%2B00:00",
        headers={"If-None-Match": far.headers["ETag"]},
    )
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["X-Since"]
    save(seat, [(1, 1, "A")])
    changed = judge.get(
        address,
        query_string={"since": first.headers["X-Since"]},
        headers={"If-None-Match": far.headers["ETag"]},
    ).get_json()
    assert "1 / 10" in changed["rows"][str(world.candidates[0])]


def test_page_that_asks_for_its_state_is_seen(
    client: FlaskClient, app: Flask, judge: FlaskClient, world: ExamWorld
) -> None:
    token = token_of(app, enter(world))
    assert client.get("/api/exams/state", headers={"X-Attempt-Token": token}).status_code == 200
    counts = judge.get(f"/exams/invigilation/{world.exam_id}/rows").get_json()["counts"]
    assert (counts["working"], counts["not_started"], counts["all"]) == (1, 2, 3)


def test_steps_with_one_candidate(
    client: FlaskClient, app: Flask, judge: FlaskClient, world: ExamWorld
) -> None:
    token = token_of(app, enter(world))
    assert "已延长" in step(judge, world, "extend", minutes="5", reason="换机")
    assert "已发送" in step(judge, world, "message", words="请靠近桌面")
    state = client.get("/api/exams/state", headers={"X-Attempt-Token": token}).get_json()
    assert [notice["text"] for notice in state["notices"]] == [
        "您的时间延长了 5 分钟。换机",
        "请靠近桌面",
    ]
    assert "填写" in step(judge, world, "step/hand-in", reason="")
    assert "已交卷" in step(judge, world, "step/hand-in", reason="身体不适")
    late = post(
        client, token, "save", {"entries": [{"seq": 9, "question": 1, "answer": None}]}
    ).get_json()
    assert late["results"][0]["outcome"] == "after_hand_in"
    assert "请勾选" in step(judge, world, "late/accept", reason="网络")
    page = step(judge, world, "late/accept", reason="网络中断", entries="1.9")
    assert "接受：网络中断" in page
    assert "重新开启" in page
    assert "答题中" in step(judge, world, "reopen", minutes="10", reason="恢复")
    assert "已作废" in step(judge, world, "step/void", reason="替考")
    assert "答题中" in step(judge, world, "step/undo-void", reason="查实无误")


def test_trainer_or_judge_elsewhere_sees_nothing(
    app: Flask, session: Session, world: ExamWorld
) -> None:
    client = app.test_client()
    elsewhere = make_person(session, "外地裁判", roles=[(Role.JUDGE, world.team_id)])
    sign_in(client, elsewhere.id)
    assert client.get(f"/exams/invigilation/{world.exam_id}").status_code == 403
    assert world.plan.title not in client.get("/exams/invigilation/").text
