"""Granting, extending, pausing over HTTP, and what the exam page hears of it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, enter, make_exam_world, post, token_of
from tests.people_factory import sign_in

from lianbing.exams.fairness.models import Accommodation
from lianbing.infra.database import db


@pytest.fixture
def world(session: Session) -> ExamWorld:
    return make_exam_world(session)


@pytest.fixture
def organiser(app: Flask, world: ExamWorld) -> FlaskClient:
    client = app.test_client()
    sign_in(client, world.organiser_id)
    return client


def test_accommodation_is_granted_found_read_and_taken_back(
    organiser: FlaskClient, world: ExamWorld
) -> None:
    found = organiser.get("/exams/accommodations?q=考生0").text
    assert f"/exams/accommodations/new/{world.candidates[0]}" in found
    form = {"multiplier": "1.5", "break_minutes": "10", "evidence": "残疾证", "larger_text": "y"}
    empty = organiser.post(
        f"/exams/accommodations/new/{world.candidates[0]}",
        data={**form, "valid_from": "2026-01-02", "valid_to": "2026-01-01"},
    )
    assert "截止日期不能早于起始日期" in empty.text
    organiser.post(
        f"/exams/accommodations/new/{world.candidates[0]}",
        data={**form, "valid_from": "2026-01-01"},
    )
    page = organiser.get("/exams/accommodations").text
    assert "1.5 ×" in page
    assert "残疾证" not in page
    db.session.rollback()
    made = db.session.scalars(select(Accommodation.id)).one()
    assert "残疾证" in organiser.post(f"/exams/accommodations/{made}/evidence").text
    organiser.post(f"/exams/accommodations/{made}/revoke")
    assert "1.5 ×" not in organiser.get("/exams/accommodations").text


def test_exam_page_of_an_accommodated_person_has_larger_text(
    app: Flask, organiser: FlaskClient, world: ExamWorld
) -> None:
    person = world.candidates[0]
    organiser.post(
        f"/exams/accommodations/new/{person}",
        data={
            "multiplier": "1",
            "break_minutes": "5",
            "evidence": "x",
            "larger_text": "y",
            "valid_from": "2026-01-01",
        },
    )
    client = app.test_client()
    sign_in(client, person)
    client.post(f"/exams/{world.exam_id}/enter")
    assert 'class="larger-text"' in client.get(f"/exams/{world.exam_id}/sit").text


def test_extension_and_message_reach_the_page(
    app: Flask, client: FlaskClient, organiser: FlaskClient, world: ExamWorld
) -> None:
    token = token_of(app, enter(world))
    before = post(client, token, "save", {"entries": []}).get_json()
    extended = organiser.post(
        f"/exams/manage/{world.exam_id}/extend",
        data={"minutes": "5", "reason": "网络中断", "organisation_id": str(world.team_id)},
        follow_redirects=True,
    )
    assert "已通知 1 名考生" in extended.text
    organiser.post(f"/exams/manage/{world.exam_id}/message", data={"words": "请保持安静"})
    after = post(client, token, "save", {"entries": []}).get_json()
    assert after["news"] == before["news"] + 2
    assert after["due_at"] > before["due_at"]
    state = client.get("/api/exams/state", headers={"X-Attempt-Token": token}).get_json()
    assert [notice["text"] for notice in state["notices"]] == [
        "您的时间延长了 5 分钟。网络中断",
        "请保持安静",
    ]


def test_pause_is_told_with_its_reason_and_its_end(
    app: Flask, client: FlaskClient, organiser: FlaskClient, world: ExamWorld
) -> None:
    headers = {"X-Attempt-Token": token_of(app, enter(world))}
    organiser.post(f"/exams/manage/{world.exam_id}/pause", data={"reason": "停电"})
    assert client.get("/api/exams/state", headers=headers).get_json()["paused"]["reason"] == "停电"
    assert "恢复考试" in organiser.get(f"/exams/manage/{world.exam_id}/time").text
    late = app.test_client()
    sign_in(late, world.candidates[1])
    assert late.post(f"/exams/{world.exam_id}/enter").status_code == 409
    organiser.post(f"/exams/manage/{world.exam_id}/resume")
    assert client.get("/api/exams/state", headers=headers).get_json()["paused"] is None


def test_break_without_a_grant_is_refused(
    app: Flask, client: FlaskClient, world: ExamWorld
) -> None:
    token = token_of(app, enter(world))
    refused = post(client, token, "break", {"action": "start"})
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (409, "no_break")
    assert post(client, token, "break", {"action": "x"}).status_code == 400
    assert post(client, "forged", "break", {"action": "start"}).status_code == 403


def test_candidate_steers_nothing(client: FlaskClient, world: ExamWorld) -> None:
    sign_in(client, world.candidates[0])
    for path in ("extend", "pause", "resume", "message"):
        assert client.post(f"/exams/manage/{world.exam_id}/{path}", data={}).status_code == 403
    assert client.get(f"/exams/manage/{world.exam_id}/time").status_code == 403
    assert client.get("/exams/accommodations").status_code == 403
    assert client.get(f"/exams/accommodations/new/{world.candidates[1]}").status_code == 403
