"""A trial sitting from the lobby to the device report, on a phone, against the real server."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenContext
from tests.browser.serving import Served
from tests.browser.test_exam_page_for_real import Candidate, arrive
from tests.exams_factory import ExamWorld, make_exam_world

from lianbing.infra.database import db
from lianbing.kernel.clock import utc_now

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
A_SAVE_FAILED = """() => Object.keys(localStorage).some((key) =>
    key.startsWith("lianbing.trial.") && JSON.parse(localStorage.getItem(key)).failed > 0)"""


@pytest.fixture
def served(embedded_served: Served) -> Served:
    """One shape is enough: what differs between shapes is not on the page."""
    return embedded_served


@pytest.fixture
def world(app: Flask) -> ExamWorld:
    opens = utc_now() + timedelta(days=2)
    return make_exam_world(
        db.session(), candidates=1, opens_at=opens, closes_at=opens + timedelta(hours=2)
    )


@pytest.fixture
def candidate(served: Served, world: ExamWorld, open_context: OpenContext) -> Candidate:
    return arrive(served, world, open_context(width=360, height=740))


def faults(page: Page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth")
    results = Axe().run(page, options=RULES)
    return [f"{wide} px wide"] * (wide > 360) + [
        f"{one['id']} at {[node['target'] for node in one['nodes']][:3]}"
        for one in results.response["violations"]
    ]


def test_trial_is_sat_with_a_spell_offline_and_ends_in_a_report(candidate: Candidate) -> None:
    page = candidate.page
    page.goto(f"{candidate.served.url}/exams/{candidate.world.exam_id}/")
    page.get_by_role("button", name="进入模拟考场").press("Enter")
    page.wait_for_url("**/trial/sit")
    expect(page.locator("#card fieldset")).to_be_visible()
    expect(page.locator("h1")).to_contain_text("模拟考场")
    assert faults(page) == []
    page.locator("#card input[value=B]").check(force=True)
    candidate.expect_saved()
    candidate.context.set_offline(True)
    page.locator("#next").click()
    page.locator("#card input[value=A]").check(force=True)
    expect(page.locator("#save-state")).to_have_attribute("data-state", "offline")
    page.wait_for_function(A_SAVE_FAILED)  # the page knows that it is offline before it tries
    candidate.context.set_offline(False)
    candidate.expect_saved()
    page.reload()
    expect(page.locator("#progress")).to_have_text("2 / 7")
    page.locator("#hand-in").click()
    page.locator("#confirm-hand-in").click()
    page.wait_for_url("**/trial/report")
    main = page.locator("main")
    expect(main).to_contain_text("部分作答未能一次送达")
    expect(main).to_contain_text("已确认 2 次")
    expect(main).to_contain_text("360 × 740 px")
    assert faults(page) == []
    kept = page.evaluate("Object.keys(localStorage).filter((key) => key.includes('trial-'))")
    assert kept == []
