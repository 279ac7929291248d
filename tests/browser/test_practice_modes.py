"""The challenge and the mock exam in a real browser, on a phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenContext
from tests.browser.serving import Served
from tests.browser.test_practice import Desk, cookie_of, looks_right
from tests.practice_factory import items_of, make_learning, mixed

from lianbing.infra.database import db

THUMB = 740 * 0.5
"""Below the middle of a phone's screen a thumb reaches everything."""


@pytest.fixture
def desk(embedded_served: Served, open_context: OpenContext) -> Iterator[Desk]:
    served = embedded_served
    with served.app.app_context():
        learning = make_learning(db.session(), mixed(8, prefix="MODES"))
        db.session.remove()
    context = open_context(width=360, height=740)
    context.add_cookies(
        [{"name": "session", "value": cookie_of(served.app, learning), "url": served.url}]
    )
    page = context.new_page()
    with served.app.app_context():
        yield Desk(learning=learning, context=context, page=page, url=served.url)
        db.session.remove()


def in_reach(page: Page, selector: str) -> None:
    """The button stands in the lower half of the screen wherever one begins to read."""
    page.evaluate("window.scrollTo(0, 0)")
    button = page.locator(selector).first
    expect(button).to_be_in_viewport()
    box = button.bounding_box()
    assert box is not None
    assert box["y"] > THUMB


def test_a_challenge_counts_down_goes_on_and_ends(desk: Desk) -> None:
    page = desk.page
    page.goto(desk.url + "/practice/challenge/")
    looks_right(page)
    page.get_by_role("button", name="开始挑战").click()
    clock = page.locator("[data-seconds]")
    expect(clock).to_be_visible()
    looks_right(page)
    in_reach(page, ".drill-ways-sticky .btn-primary")
    first = int(clock.inner_text())
    expect(clock).not_to_have_text(str(first))
    assert int(clock.inner_text()) < first
    drill_id = int(page.url.split("/")[-1])
    (code, kind), (_, second), *_ = items_of(drill_id)
    expect(page.locator(".question")).to_contain_text(code)
    desk.choose(kind)
    desk.check()
    expect(page.locator(".verdict")).to_contain_text("答对了")
    looks_right(page)
    in_reach(page, ".drill-ways-sticky .btn-primary")
    page.get_by_role("button", name="下一题").click()
    expect(clock).to_be_visible()
    desk.choose(second, right=False)
    desk.check()
    expect(page.locator(".drill-result")).to_have_text("连续答对 1 题")
    looks_right(page)


def test_a_mock_is_sat_on_the_exam_page_and_explained_at_once(desk: Desk) -> None:
    page = desk.page
    page.goto(desk.url + "/practice/mock/")
    looks_right(page)
    page.locator(".row-list .btn-primary").click()
    page.wait_for_url("**/sit")
    expect(page.locator("#card fieldset")).to_be_visible()
    expect(page.locator("h1")).to_contain_text("模拟考试")
    in_reach(page, "#next")
    page.locator("#card input").first.check(force=True)
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")
    page.reload()
    expect(page.locator("#progress")).to_have_text("1 / 8")
    page.locator("#hand-in").click()
    page.locator("#confirm-hand-in").click()
    page.wait_for_url("**/result")
    expect(page.locator(".review-item")).to_have_count(8)
    expect(page.locator("main")).to_contain_text("解析 MODES")
    page.goto(desk.url + "/practice/mock/")
    expect(page.locator(".summary-lines li")).to_have_count(1)


def test_the_buttons_of_a_drill_are_in_reach_and_the_text_grows_and_stays(desk: Desk) -> None:
    page = desk.page
    page.goto(desk.url + "/practice/sequential")
    page.get_by_role("button", name="开始").click()
    expect(page.locator("[data-answer]")).to_be_visible()
    in_reach(page, ".drill-ways-sticky .btn-primary")
    page.get_by_role("button", name="字号").click()
    expect(page.locator("html.larger-text")).to_have_count(1)
    expect(page.locator("[data-answer]")).to_be_visible()
    in_reach(page, ".drill-ways-sticky .btn-primary")
    page.goto(desk.url + "/practice/")
    expect(page.locator("html.larger-text")).to_have_count(1)
    looks_right(page)


def test_a_voice_reads_the_question_and_without_one_nothing_is_offered(desk: Desk) -> None:
    page = desk.page
    page.add_init_script(
        """
        window.spoken = [];
        const fake = {
          getVoices: () => window.voices,
          speak: (said) => window.spoken.push(said.text),
          cancel: () => {},
        };
        Object.defineProperty(window, "speechSynthesis", { value: fake });
        window.voices = JSON.parse(localStorage.getItem("voices") || "[]");
        window.SpeechSynthesisUtterance = function (text) { this.text = text; };
        """
    )
    page.goto(desk.url + "/practice/sequential")
    page.get_by_role("button", name="开始").click()
    expect(page.locator("[data-answer]")).to_be_visible()
    expect(page.locator("[data-read-aloud]")).to_be_hidden()
    page.evaluate("localStorage.setItem('voices', JSON.stringify([{ lang: 'zh-CN' }]))")
    page.reload()
    page.locator("[data-read-aloud]").click()
    expect(page.locator("[data-read-aloud]")).to_have_text("停止朗读")
    spoken = page.evaluate("window.spoken")
    assert spoken[0].startswith("题干 MODES00")
    assert len(spoken) == 5
