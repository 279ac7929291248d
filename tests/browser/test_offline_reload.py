"""The exam page opens again without a network, goes on, and leaves nothing behind afterwards."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from tests.browser.conftest import OpenContext
from tests.browser.serving import NO_LAST_WORD, Served
from tests.browser.test_exam_page_for_real import Candidate, arrive, outcomes, stored
from tests.exams_factory import ExamWorld, make_exam_world, right_answers
from tests.people_factory import sign_in

from lianbing.exams.models import Attempt
from lianbing.infra.database import db, transaction

SLOW_MS = 40_000
SHELVED = """async () => {
  const names = (await caches.keys()).filter((name) => name.startsWith("lianbing-exam-page-"));
  const found = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
  return found.some((keys) => keys.some((key) => key.url.endsWith("/sit")));
}"""
LEFT = """async () => {
  const rows = await new Promise((resolve, reject) => {
    const request = indexedDB.open("lianbing-attempt", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("kept", { keyPath: "key" });
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const read = request.result.transaction("kept").objectStore("kept").getAll();
      read.onsuccess = () => { request.result.close(); resolve(read.result); };
    };
  });
  const names = (await caches.keys()).filter((name) => name.startsWith("lianbing-exam-page-"));
  const owner = localStorage.getItem("lianbing.kept.owner");
  return [rows.map((row) => [row.key, row.paper === null]), names.length, owner];
}"""
NOTHING = [[], 0, None]


@pytest.fixture
def served(embedded_served: Served) -> Served:
    """One shape is enough: what differs between shapes is not on the page."""
    return embedded_served


@pytest.fixture
def world(app: Flask) -> ExamWorld:
    return make_exam_world(db.session(), candidates=2)


@pytest.fixture
def candidate(served: Served, world: ExamWorld, open_context: OpenContext) -> Candidate:
    return arrive(served, world, open_context(width=360, height=740))


def until(page: Page, script: str, wanted: object) -> None:
    """Wait for what a page finds in its stores; ``wait_for_function`` does not await a promise."""
    for _ in range(100):
        found = page.evaluate(script)
        if found == wanted:
            return
        page.wait_for_timeout(100)
    raise AssertionError(found)


def start(candidate: Candidate) -> Page:
    """Through the lobby into the exam, until the page could be opened again without a network."""
    page = candidate.page
    page.goto(f"{candidate.served.url}/exams/{candidate.world.exam_id}/")
    until(page, SHELVED, True)
    page.locator("#enter button").click()
    expect(page.locator("#card fieldset")).to_be_visible()
    expect(page.locator("#sitting")).to_have_attribute("data-kept", "true", timeout=SLOW_MS)
    return page


def reopen_offline(page: Page) -> Page:
    """Close the page, and open its address in another tab."""
    context, address = page.context, page.url
    context.set_offline(True)
    page.close()
    other = context.new_page()
    other.goto(address)
    return other


def back_online(page: Page) -> None:
    """The network returns, and the browser says so to the page at once."""
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")


def test_exam_goes_on_after_a_reload_without_a_network(
    candidate: Candidate, world: ExamWorld
) -> None:
    answers = right_answers(world.paper(db.session()))
    page = start(candidate)
    first, second, third = (order := candidate.order())[:3]
    candidate.give(answers[first], first)
    candidate.expect_saved()
    candidate.context.set_offline(True)
    page.locator("#next").click()
    candidate.give(answers[second], second)
    page.reload()
    expect(page.locator("#progress")).to_have_text(f"2 / {len(order)}")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "offline")
    page.locator("#next").click()
    page.locator("#next").click()
    candidate.give(answers[third], third)
    page = reopen_offline(page)
    expect(page.locator("#progress")).to_have_text(f"3 / {len(order)}")
    back_online(page)
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved", timeout=SLOW_MS)
    assert stored(world) == {number: answers[number] for number in (first, second, third)}
    page.locator("#hand-in").click()
    page.locator("#confirm-hand-in").click()
    page.wait_for_url("**/result")
    until(page, LEFT, NOTHING)


def test_opened_again_next_day_sends_what_was_kept_and_shows_no_question(
    candidate: Candidate, world: ExamWorld
) -> None:
    page = start(candidate)
    (number, *_rest) = candidate.order()
    answer = right_answers(world.paper(db.session()))[number]
    candidate.context.set_offline(True)
    candidate.give(answer, number)
    expect(page.locator("#save-state")).to_have_attribute("data-state", "offline")
    address = page.url
    page.evaluate(NO_LAST_WORD)
    page.close()
    with transaction() as session:  # its time runs out before anything is sent
        attempt = session.scalars(select(Attempt).where(Attempt.exam_id == world.exam_id)).one()
        attempt.due_at = attempt.started_at
        attempt.final_at = attempt.started_at
    next_day = candidate.context.new_page()
    next_day.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=1))
    next_day.goto(address)
    expect(next_day.locator("#card")).to_contain_text("考试时间已到")
    expect(next_day.locator("#card fieldset")).to_have_count(0)
    (without_paper,) = (bare for key, bare in next_day.evaluate(LEFT)[0] if key.endswith("/sit"))
    assert without_paper
    back_online(next_day)
    next_day.wait_for_function(
        "() => location.pathname.endsWith('/result')"
        " || document.querySelector('#notices').textContent.includes('不计分')",
        timeout=SLOW_MS,
    )
    until(next_day, LEFT, NOTHING)
    db.session.rollback()
    assert list(outcomes(world)) == ["late"]


def test_nobody_else_on_the_same_phone_sees_what_was_kept(
    candidate: Candidate, served: Served, world: ExamWorld
) -> None:
    page = start(candidate)
    address = page.url
    client = served.app.test_client()
    sign_in(client, world.candidates[1])
    cookie = client.get_cookie("session")
    assert cookie is not None
    candidate.context.add_cookies([{"name": "session", "value": cookie.value, "url": served.url}])
    page.goto(f"{served.url}/exams/")
    until(page, LEFT, NOTHING)
    candidate.context.set_offline(True)
    with pytest.raises(Exception, match="net::ERR_"):
        page.goto(address)


def test_signing_out_forgets_before_the_next_page_is_there(candidate: Candidate) -> None:
    page = start(candidate)
    address = page.url
    page.goto(f"{candidate.served.url}/exams/")
    page.context.set_offline(True)
    page.evaluate("document.querySelector('form[action$=\"/sign-out\"]').requestSubmit()")
    other = page.context.new_page()
    other.goto(address)
    expect(other.locator("#card")).to_contain_text("没有保留您的考试")
    expect(other.locator("#card fieldset")).to_have_count(0)
