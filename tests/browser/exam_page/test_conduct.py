"""What the page reports where rules of conduct ask for it."""

from playwright.sync_api import expect
from tests.browser.exam_page.conftest import Sitting
from tests.browser.exam_page.model import FakeExam

HIDE = (
    "const hidden = {state}; Object.defineProperty(document, 'visibilityState', "
    "{{configurable: true, get: () => hidden ? 'hidden' : 'visible'}});"
    "document.dispatchEvent(new Event('visibilitychange'));"
)


def test_leaving_is_measured_and_reported_until_taken(exam: FakeExam, sitting: Sitting) -> None:
    exam.watched = ["page_left", "copied"]
    sitting.ready()
    expect(sitting.page.locator("#sitting")).to_have_attribute("data-watched", "true")
    sitting.page.evaluate("(() => {" + HIDE.format(state="true") + "})()")
    sitting.page.wait_for_timeout(100)
    sitting.page.evaluate("(() => {" + HIDE.format(state="false") + "})()")
    sitting.until(lambda: len(exam.events) == 1, "the report of the leave")
    exam.warning = "请不要复制题目。"
    sitting.page.evaluate("document.dispatchEvent(new ClipboardEvent('copy'))")
    expect(sitting.notice("danger")).to_contain_text("请不要复制题目")
    assert [(event["number"], event["kind"]) for event in exam.events] == [
        (1, "page_left"),
        (2, "copied"),
    ]


def test_exam_without_rules_reports_nothing(exam: FakeExam, sitting: Sitting) -> None:
    sitting.ready()
    sitting.page.evaluate("document.dispatchEvent(new ClipboardEvent('copy'))")
    sitting.choose(1)
    sitting.expect_state("saved")
    assert "events" not in exam.calls
