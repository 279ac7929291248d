"""Every state of the exam pages is accessible and stays within the screen."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenContext
from tests.browser.exam_page.conftest import Sitting
from tests.browser.exam_page.model import FakeExam, Fault

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
SMALLEST_TARGET = 48

PAGES = (
    "/lobby/waiting",
    "/lobby/open",
    "/lobby/elsewhere",
    "/lobby/handed_in",
    "/lobby/closed",
    "/lobby/missed",
    "/lobby/cancelled",
    "/mine/full",
    "/mine/empty",
    "/result?as=waiting",
    "/result?as=marks",
    "/result?as=review",
)


def check(page: Page) -> None:
    """No violation, nothing beyond the screen's width."""
    results = Axe().run(page, options=RULES)
    assert results.violations_count == 0, results.generate_report()
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 0


def first_question(_exam: FakeExam, sitting: Sitting) -> None:
    sitting.choose(2)
    sitting.expect_state("saved")


def blanks(_exam: FakeExam, sitting: Sitting) -> None:
    sitting.go_to(4)
    sitting.blank(1).fill("220")


def answer_sheet(_exam: FakeExam, sitting: Sitting) -> None:
    sitting.choose(2)
    sitting.page.locator("#flag").click()
    sitting.page.locator("#open-sheet").click()


def hand_in(_exam: FakeExam, sitting: Sitting) -> None:
    sitting.page.locator("#hand-in").click()


def offline(_exam: FakeExam, sitting: Sitting) -> None:
    sitting.page.context.set_offline(True)
    sitting.choose(2)
    sitting.expect_state("offline")


def refused(exam: FakeExam, sitting: Sitting) -> None:
    exam.refused = {1}
    sitting.choose(2)
    expect(sitting.notice("danger")).to_be_visible()


def put_out(exam: FakeExam, sitting: Sitting) -> None:
    exam.take_over()
    sitting.choose(2)
    expect(sitting.notice("danger")).to_be_visible()


def handing_in_offline(exam: FakeExam, sitting: Sitting) -> None:
    exam.fault = Fault.BUSY
    sitting.page.locator("#hand-in").click()
    sitting.page.locator("#confirm-hand-in").click()
    expect(sitting.notice("warning")).to_contain_text("还没有交卷")


def ended(exam: FakeExam, sitting: Sitting) -> None:
    exam.state = "closed"
    sitting.choose(2)
    expect(sitting.page.locator("#card")).to_contain_text("答卷已提交")


STATES = (
    first_question,
    blanks,
    answer_sheet,
    hand_in,
    offline,
    refused,
    put_out,
    handing_in_offline,
    ended,
)


@pytest.mark.parametrize("reach", STATES, ids=lambda state: state.__name__)
def test_sitting_is_accessible_in_every_state(
    exam: FakeExam, sitting: Sitting, reach: Callable[[FakeExam, Sitting], None]
) -> None:
    reach(exam, sitting.ready())
    check(sitting.page)


@pytest.mark.parametrize("path", PAGES)
def test_pages_round_the_sitting_are_accessible(sitting: Sitting, path: str) -> None:
    sitting.open(path)
    check(sitting.page)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_wide_screen_is_accessible_too(
    exam: FakeExam, sitting: Sitting, open_context: OpenContext, theme: str
) -> None:
    desktop = Sitting(open_context(width=1280).new_page(), sitting.base, exam)
    desktop.page.goto(sitting.base.replace("/fake", f"/theme/{theme}"))
    first_question(exam, desktop.ready())
    check(desktop.page)
    expect(desktop.page.locator("#side button.cell")).to_have_count(5)


def test_everything_is_reachable_at_200_percent(
    exam: FakeExam, sitting: Sitting, open_context: OpenContext
) -> None:
    """A 1280 × 720 window at 200 % is 640 × 360 to the page."""
    zoomed = Sitting(open_context(width=640, height=360).new_page(), sitting.base, exam)
    zoomed.ready()
    covered = zoomed.page.evaluate(
        "getComputedStyle(document.querySelector('.sitting-steps')).position === 'fixed'"
    )
    assert not covered
    zoomed.choose(4)
    zoomed.page.locator("#next").click()
    expect(zoomed.page.locator("#card h2")).to_contain_text("第 2 题")


def test_targets_fit_a_thumb(sitting: Sitting) -> None:
    page = sitting.ready().page
    page.locator("#open-sheet").click()
    small = page.evaluate(
        """(least) => Array.from(document.querySelectorAll('button, label.option, input.blank'))
           .filter((e) => e.offsetParent && e.getBoundingClientRect().height < least - 0.5)
           .map((e) => e.outerHTML.slice(0, 80))""",
        SMALLEST_TARGET,
    )
    assert small == []


def test_nothing_moves_while_the_clock_runs(sitting: Sitting) -> None:
    page = sitting.ready().page
    page.locator("#open-sheet").click()
    moving = page.evaluate(
        """() => Array.from(document.querySelectorAll('*')).filter((e) => {
             const style = getComputedStyle(e);
             return style.animationName !== 'none' || parseFloat(style.transitionDuration) > 0;
           }).map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert moving == []
