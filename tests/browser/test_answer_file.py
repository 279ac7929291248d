"""The network never returns: the page makes an answer file, an organiser takes it in."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from tests.browser.conftest import OpenContext
from tests.browser.serving import Served
from tests.exams_factory import ExamWorld, make_exam_world
from tests.people_factory import sign_in

from lianbing.exams.models import AnswerEntry, Attempt
from lianbing.infra.database import db
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import PersonId

SLOW_MS = 40_000


@pytest.fixture
def app(embedded_served: Served) -> Iterator[Flask]:
    with embedded_served.app.app_context():
        yield embedded_served.app
        db.session.remove()


@pytest.fixture
def world(app: Flask) -> ExamWorld:
    """An exam that ends in half a minute, without grace."""
    now = utc_now()
    return make_exam_world(
        db.session(),
        candidates=1,
        opens_at=now - timedelta(minutes=5),
        closes_at=now + timedelta(seconds=25),
        duration=timedelta(minutes=1),
        grace=timedelta(0),
    )


def arrive(served: Served, person_id: int, open_context: OpenContext, width: int) -> Page:
    client = served.app.test_client()
    sign_in(client, PersonId(person_id))
    cookie = client.get_cookie("session")
    assert cookie is not None
    context = open_context(width=width)
    context.add_cookies([{"name": "session", "value": cookie.value, "url": served.url}])
    return context.new_page()


def test_answers_reach_the_organiser_without_any_network(
    embedded_served: Served, world: ExamWorld, open_context: OpenContext, tmp_path: Path
) -> None:
    base = embedded_served.url
    page = arrive(embedded_served, world.candidates[0], open_context, 360)
    page.goto(f"{base}/exams/{world.exam_id}/")
    page.locator("#enter button").click()
    expect(page.locator("#card fieldset")).to_be_visible()
    page.context.set_offline(True)
    page.keyboard.press("1")
    page.locator("#next").click()
    page.keyboard.press("2")
    button = page.get_by_role("button", name="生成答案文件")
    expect(button).to_be_visible(timeout=SLOW_MS)
    with page.expect_download() as downloading:
        button.click()
    file = tmp_path / downloading.value.suggested_filename
    downloading.value.save_as(file)
    expect(page.locator("#notices textarea")).to_have_value(file.read_text())
    assert set(json.loads(file.read_text())) == {"type", "exam", "wrapped", "iv", "sealed"}

    staff = arrive(embedded_served, world.organiser_id, open_context, 1280)
    staff.goto(f"{base}/exams/manage/{world.exam_id}/answer-files")
    staff.locator("input[type=file]").set_input_files(file)
    staff.get_by_role("button", name="收下").click()
    expect(staff.locator("tbody tr")).to_have_count(2)
    expect(staff.locator("tbody")).to_contain_text("将改变作答")
    assert [row.standing for row in stored(world)] == ["late", "late"]

    page.context.set_offline(False)
    expect(page.locator("#card a.btn-primary")).to_be_visible(timeout=SLOW_MS)
    assert [row.standing for row in stored(world)] == ["late", "late"]


def stored(world: ExamWorld) -> list[AnswerEntry]:
    db.session.rollback()
    query = select(AnswerEntry).join(Attempt, Attempt.id == AnswerEntry.attempt_id)
    return list(db.session.scalars(query.where(Attempt.exam_id == world.exam_id)))
