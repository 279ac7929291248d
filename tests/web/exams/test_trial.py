"""The trial sitting over HTTP: opened, sat, reported, listed; and what it must never touch."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, make_exam_world, post
from tests.people_factory import make_person, sign_in

from lianbing.exams.models import AnswerEntry, Attempt
from lianbing.exams.trial import use_cases
from lianbing.exams.trial.errors import TrialOver
from lianbing.exams.trial.models import TrialSitting
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"
GOOD: dict[str, Any] = {
    "is_secure": True,
    "indexed_db": True,
    "local_storage": True,
    "unseals": True,
    "offline_reload": True,
    "full_screen": True,
    "times": [50, 70],
    "acknowledged": 3,
    "width": 360,
    "height": 740,
}


@pytest.fixture
def world(session: Session) -> ExamWorld:
    now = utc_now()
    return make_exam_world(
        session,
        candidates=3,
        opens_at=now + timedelta(days=2),
        closes_at=now + timedelta(days=2, hours=2),
    )


@pytest.fixture
def organiser(app: Flask, world: ExamWorld) -> FlaskClient:
    client = app.test_client()
    sign_in(client, world.organiser_id)
    return client


def open_trial(client: FlaskClient, world: ExamWorld, index: int = 0) -> dict[str, Any]:
    sign_in(client, world.candidates[index])
    page = client.post(f"/exams/{world.exam_id}/trial", follow_redirects=True)
    assert page.status_code == 200
    found = re.search(r'id="exam-data">(.*?)</script>', page.text, re.S)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def send_report(client: FlaskClient, world: ExamWorld, **changes: object) -> str:
    return client.post(
        f"/exams/{world.exam_id}/trial/check",
        data={"report": json.dumps(GOOD | changes)},
        headers={"User-Agent": CHROME},
        follow_redirects=True,
    ).text


def test_trial_is_offered_in_the_lobby_and_sat_like_an_exam(
    client: FlaskClient, world: ExamWorld
) -> None:
    data = open_trial(client, world)
    assert "进入模拟考场" in client.get(f"/exams/{world.exam_id}/").text
    paper = client.get(data["paper_url"], headers={"X-Attempt-Token": data["token"]}).get_json()
    assert len(paper["questions"]) == len(data["order"]) == 7
    assert "手机" in paper["questions"][0]["options"].values()
    answer = {"seq": 1, "question": 1, "answer": "B", "at": ""}
    saved = post(client, data["token"], "trial/save", {"entries": [answer]}).get_json()
    assert (saved["results"], saved["state"]) == ([{"seq": 1, "outcome": "counted"}], "open")
    page = client.get(f"/exams/{world.exam_id}/trial/sit").text
    assert '"answers": {"1": "B"}' in page
    ended = post(client, data["token"], "trial/hand-in", {"entries": []}).get_json()
    assert ended["state"] == "handed_in"
    assert "可以参加考试" in send_report(client, world)


def test_nothing_of_a_trial_reaches_the_exam(client: FlaskClient, world: ExamWorld) -> None:
    data = open_trial(client, world)
    entries = {"entries": [{"seq": 1, "question": 1, "answer": "B"}]}
    assert post(client, data["token"], "trial/save", entries).status_code == 200
    assert post(client, data["token"], "save", entries).status_code == 403
    assert post(client, data["token"], "trial/hand-in", entries).status_code == 200
    db.session.rollback()
    for table in (Attempt, AnswerEntry):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0
    assert db.session.scalars(select(TrialSitting.answers)).all() == ["{}"]


def test_a_later_opening_puts_the_earlier_page_out(client: FlaskClient, world: ExamWorld) -> None:
    first = open_trial(client, world)
    second = open_trial(client, world)
    entries = {"entries": [{"seq": 1, "question": 1, "answer": "B"}]}
    told = post(client, first["token"], "trial/save", entries).get_json()
    assert told["device_current"] is False
    told = post(client, second["token"], "trial/save", {"entries": []}).get_json()
    assert told["device_current"] is True
    db.session.rollback()
    assert db.session.scalars(select(TrialSitting.answers)).all() == ["{}"]


def test_only_the_roster_may_try_and_only_until_the_opening(
    client: FlaskClient, world: ExamWorld, session: Session
) -> None:
    stranger = make_person(session, "外人", organisation=world.unit_id)
    sign_in(client, stranger)
    assert client.post(f"/exams/{world.exam_id}/trial").status_code == 403
    with pytest.raises(TrialOver), transaction() as writing:
        use_cases.begin_trial(
            writing,
            world.actor(session),
            world.exam_id,
            user_agent="",
            now=world.plan.opens_at,
        )


def test_another_persons_browser_does_not_see_a_trial(
    client: FlaskClient, world: ExamWorld
) -> None:
    open_trial(client, world)
    sign_in(client, world.candidates[1])
    for page in ("sit", "check", "report"):
        answer = client.get(f"/exams/{world.exam_id}/trial/{page}")
        assert answer.location == f"/exams/{world.exam_id}/"


def test_organiser_sees_whom_to_call(
    client: FlaskClient, organiser: FlaskClient, world: ExamWorld
) -> None:
    open_trial(client, world, 0)
    send_report(client, world)
    open_trial(client, world, 1)
    assert "网络较慢" in send_report(client, world, times=[9000])
    page = organiser.get(f"/exams/manage/{world.exam_id}/trial").text
    names = re.findall(r'<th scope="row">(\S+?)</th>', page)
    assert names == ["考生1", "考生2", "考生0"]
    assert re.findall(r'class="figure">(\d)<', page)[:6] == ["3", "1", "0", "1", "0", "1"]
    grave = organiser.get(f"/exams/manage/{world.exam_id}/trial?state=grave").text
    assert "考生1" in grave
    assert "考生2" not in grave
    assert "Chrome 120" in grave


def test_trial_can_be_switched_off(
    client: FlaskClient, organiser: FlaskClient, world: ExamWorld
) -> None:
    path = f"/exams/manage/{world.exam_id}/trial"
    assert "已关闭" in organiser.post(path, data={"on": "0"}, follow_redirects=True).text
    sign_in(client, world.candidates[0])
    assert client.post(f"/exams/{world.exam_id}/trial").status_code == 409
    assert "进入模拟考场" not in client.get(f"/exams/{world.exam_id}/").text
    assert client.post(path, data={"on": "1"}).status_code == 403
    organiser.post(path, data={"on": "1"})
    assert client.post(f"/exams/{world.exam_id}/trial").status_code == 302


@pytest.mark.parametrize("bad", ["", "[]", "{", '{"times": ["x"]}', '{"width": 1e300}'])
def test_report_that_is_none_is_refused(client: FlaskClient, world: ExamWorld, bad: str) -> None:
    open_trial(client, world)
    client.post(f"/exams/{world.exam_id}/trial/check", data={"report": bad})
    db.session.rollback()
    assert db.session.scalars(select(TrialSitting.reported_at)).all() == [None]
