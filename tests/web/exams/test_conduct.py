"""Rules of conduct over HTTP: set on a page, asked at the door, reported by the exam page."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, enter, make_exam_world, post, token_of
from tests.people_factory import sign_in
from tests.web.exams.test_exam_flow import bootstrap

from lianbing.exams.conduct.rules import EventKind

IGNORED = {kind.value: "ignore" for kind in EventKind}


@pytest.fixture
def world(session: Session) -> ExamWorld:
    return make_exam_world(session)


@pytest.fixture
def organiser(app: Flask, world: ExamWorld) -> FlaskClient:
    client = app.test_client()
    sign_in(client, world.organiser_id)
    return client


def set_rules(client: FlaskClient, world: ExamWorld, **fields: str) -> str:
    form = {**IGNORED, "tolerated": "15", "hand_in_after": "2", **fields}
    return client.post(
        f"/exams/manage/{world.exam_id}/conduct", data=form, follow_redirects=True
    ).text


def test_code_is_asked_in_the_lobby(
    client: FlaskClient, organiser: FlaskClient, world: ExamWorld
) -> None:
    assert "已保存" in set_rules(organiser, world, access_code="3456")
    assert 'value="3456"' in organiser.get(f"/exams/manage/{world.exam_id}/conduct").text
    sign_in(client, world.candidates[0])
    assert 'name="access_code"' in client.get(f"/exams/{world.exam_id}/").text
    refused = client.post(f"/exams/{world.exam_id}/enter", data={"access_code": "1"})
    assert refused.status_code == 403
    assert "准入码不对" in refused.text
    entered = client.post(f"/exams/{world.exam_id}/enter", data={"access_code": "3456"})
    assert entered.status_code == 302
    assert bootstrap(client, world.exam_id)["conduct"] == {"report": []}


def test_bad_address_range_is_said_in_the_form(organiser: FlaskClient, world: ExamWorld) -> None:
    assert "地址范围无法识别" in set_rules(organiser, world, networks="10.8")


def test_reports_warn_flag_and_end(
    client: FlaskClient, app: Flask, organiser: FlaskClient, world: ExamWorld
) -> None:
    set_rules(organiser, world, page_left="hand_in", copied="warn")
    token = token_of(app, enter(world))

    def send(*events: dict[str, Any]) -> dict[str, Any]:
        body: dict[str, Any] = post(client, token, "events", {"events": events}).get_json()
        return body

    copied = send({"number": 1, "kind": "copied"})
    assert (copied["taken"], copied["state"]) == ([1], "open")
    assert "不要离开本页" in copied["warning"]
    assert send({"number": 2, "kind": "page_left", "seconds": 5})["warning"] == ""
    assert "再次发生" in send({"number": 3, "kind": "page_left", "seconds": 99})["warning"]
    ended = send({"number": 4, "kind": "page_left", "seconds": 99.5})
    assert ended["state"] == "handed_in"
    assert "已按考试纪律" in ended["warning"]
    page = organiser.get(f"/exams/invigilation/{world.exam_id}/{world.candidates[0]}").text
    assert "离开页面" in page
    assert "计入强制交卷" in page


@pytest.mark.parametrize(
    "events",
    [
        "x",
        [1],
        [{"number": 0, "kind": "copied"}],
        [{"number": 1, "kind": "second_sign_in"}],
        [{"number": 1, "kind": "page_left", "seconds": -1}],
        [{"number": 1, "kind": "page_left", "seconds": "9"}],
        [{"number": n, "kind": "copied"} for n in range(1, 60)],
    ],
)
def test_malformed_reports_are_refused(
    client: FlaskClient, app: Flask, world: ExamWorld, events: object
) -> None:
    refused = post(client, token_of(app, enter(world)), "events", {"events": events})
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (400, "malformed_save")
