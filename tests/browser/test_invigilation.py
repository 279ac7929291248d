"""An invigilator beside a candidate, in both shapes: the live screen, a pause, an extension."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenContext
from tests.browser.serving import Served
from tests.browser.test_exam_page_for_real import Candidate, arrive
from tests.exams_factory import ExamWorld, make_exam_world
from tests.people_factory import sign_in

from lianbing.infra.database import db

POLL_MS = 20_000


@pytest.fixture
def world(app: Flask) -> ExamWorld:
    return make_exam_world(db.session(), candidates=2)


@pytest.fixture
def candidate(served: Served, world: ExamWorld, open_context: OpenContext) -> Candidate:
    return arrive(served, world, open_context(width=360, height=740))


@pytest.fixture
def desk(served: Served, world: ExamWorld, open_context: OpenContext) -> Page:
    """The organiser's browser."""
    client = served.app.test_client()
    sign_in(client, world.organiser_id)
    cookie = client.get_cookie("session")
    assert cookie is not None
    context = open_context()
    context.add_cookies([{"name": "session", "value": cookie.value, "url": served.url}])
    return context.new_page()


def test_live_screen_follows_and_a_pause_hides_the_questions(
    served: Served, world: ExamWorld, candidate: Candidate, desk: Page
) -> None:
    live = f"{served.url}/exams/invigilation/{world.exam_id}"
    desk.goto(live)
    row = desk.locator(f"#candidate-{world.candidates[0]}")
    expect(row).to_contain_text("未开始")
    candidate.enter()
    expect(row).to_contain_text("答题中", timeout=POLL_MS)
    candidate.page.locator("#card label.option, #card input.blank").first.click()
    desk.goto(f"{served.url}/exams/manage/{world.exam_id}/time")
    desk.locator("#pause-reason").fill("全楼停电")
    desk.get_by_role("button", name="暂停整场考试").click()
    candidate.page.locator("#next").click()
    candidate.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(candidate.page.locator("#veil")).to_contain_text("全楼停电")
    expect(candidate.page.locator("#card")).to_be_hidden()
    desk.get_by_text("恢复考试").first.click()
    desk.locator(".confirm-panel button[type=submit]").first.click()
    candidate.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(candidate.page.locator("#card fieldset:not([disabled])")).to_be_visible()


def test_message_from_the_desk_is_read_on_the_exam_page(
    served: Served, world: ExamWorld, candidate: Candidate, desk: Page
) -> None:
    candidate.enter()
    desk.goto(f"{served.url}/exams/invigilation/{world.exam_id}/{world.candidates[0]}")
    sending = desk.locator("details", has=desk.locator("textarea[name=words]"))
    sending.locator("summary").click()
    sending.locator("textarea[name=words]").fill("请把手机放到讲台")
    sending.locator("[type=submit]").click()
    candidate.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(candidate.page.locator("#notices")).to_contain_text("请把手机放到讲台")
