"""The waiting room: everything but the key is on the device before the opening."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page, Request, Route, expect
from tests.browser.conftest import OpenContext
from tests.browser.serving import Served
from tests.browser.test_exam_page_for_real import Candidate, arrive, stored
from tests.exams_factory import ExamWorld, make_exam_world, right_answers

from lianbing.infra.database import db
from lianbing.kernel.clock import utc_now

OPENS_IN = timedelta(seconds=12)
NO_SECURE_CONTEXT = "Object.defineProperty(window, 'isSecureContext', { value: false });"
SLOW_MS = 40_000
ICON = "/static/img/logo.svg"


@pytest.fixture
def world(app: Flask) -> ExamWorld:
    now = utc_now()
    return make_exam_world(
        db.session(),
        candidates=1,
        opens_at=now + OPENS_IN,
        closes_at=now + OPENS_IN + timedelta(hours=1),
    )


@pytest.fixture
def candidate(served: Served, world: ExamWorld, open_context: OpenContext) -> Candidate:
    return arrive(served, world, open_context(width=360, height=740))


def wait_in_lobby(candidate: Candidate) -> Page:
    page = candidate.page
    page.goto(f"{candidate.served.url}/exams/{candidate.world.exam_id}/")
    expect(page.locator("#enter button")).to_be_disabled()
    return page


def enter(page: Page) -> None:
    expect(page.locator("#enter button")).to_be_enabled(timeout=SLOW_MS)
    page.locator("#enter button").click()
    expect(page.locator("#card fieldset")).to_be_visible(timeout=SLOW_MS)


def listen(page: Page) -> Callable[[], list[str]]:
    """What the page asks for from now on; its icon lies in the browser's cache."""
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    return lambda: [
        f"{one.method} {urlsplit(one.url).path}" for one in asked if ICON not in one.url
    ]


def test_at_the_opening_only_the_key_travels(candidate: Candidate, world: ExamWorld) -> None:
    early: list[str] = []
    candidate.page.on("request", lambda request: early.append(request.url))
    page = wait_in_lobby(candidate)
    expect(page.locator("#lobby")).to_have_attribute("data-ready", "true", timeout=SLOW_MS)
    expect(page.locator("#enter button")).to_be_disabled()
    assert sum("/papers/sealed/" in url for url in early) == 1
    page.wait_for_load_state("networkidle")
    asked = listen(page)
    enter(page)
    assert asked() == ["POST /api/exams/enter"]
    assert page.url.endswith(f"/exams/{world.exam_id}/sit")
    expect(page.locator("#progress")).to_have_text("0 / 10")


def test_an_exam_entered_from_the_waiting_room_is_sat_to_its_end(
    candidate: Candidate, world: ExamWorld
) -> None:
    page = wait_in_lobby(candidate)
    expect(page.locator("#lobby")).to_have_attribute("data-ready", "true", timeout=SLOW_MS)
    enter(page)
    answers = right_answers(world.paper(db.session()))
    first = candidate.order()[0]
    candidate.give(answers[first], first)
    candidate.expect_saved()
    page.reload()
    expect(page.locator("#progress")).to_have_text("1 / 10")
    candidate.answer_all(answers)
    candidate.expect_saved()
    candidate.hand_in()
    assert stored(world) == answers


def test_without_a_secure_context_the_server_sends_the_plain_paper(
    candidate: Candidate, world: ExamWorld
) -> None:
    candidate.page.add_init_script(NO_SECURE_CONTEXT)
    page = wait_in_lobby(candidate)
    asked = listen(page)
    enter(page)
    assert f"POST /exams/{world.exam_id}/enter" in asked()
    assert any(one.startswith("GET /api/exams/paper/") for one in asked())
    assert not any("papers/sealed" in one for one in asked())


def test_an_altered_copy_is_refused_and_the_plain_paper_taken(
    candidate: Candidate, world: ExamWorld
) -> None:
    told: list[str] = []

    def alter(route: Route) -> None:
        body = bytearray(route.fetch().body())
        body[-1] ^= 1
        route.fulfill(body=bytes(body), content_type="application/octet-stream")

    candidate.page.on("console", lambda message: told.append(message.text))
    candidate.page.route("**/papers/sealed/*", alter)
    page = wait_in_lobby(candidate)
    expect(page.locator("#lobby")).to_have_attribute("data-ready", "true", timeout=SLOW_MS)
    asked = listen(page)
    enter(page)
    assert any(one.startswith("GET /api/exams/paper/") for one in asked())
    assert any("does not open" in one for one in told)


def test_a_refused_entry_is_said_and_can_be_tried_again(
    candidate: Candidate, world: ExamWorld
) -> None:
    page = wait_in_lobby(candidate)
    expect(page.locator("#lobby")).to_have_attribute("data-ready", "true", timeout=SLOW_MS)
    refused = {"error": {"code": "x", "message": "口令不对", "params": {}}}
    page.route("**/api/exams/enter", lambda route: route.fulfill(status=403, json=refused), times=1)
    expect(page.locator("#enter button")).to_be_enabled(timeout=SLOW_MS)
    page.locator("#enter button").click()
    expect(page.locator("#refused")).to_have_text("口令不对")
    enter(page)
