"""What the hall says: messages, a pause that hides the questions, one's own break."""

from datetime import timedelta
from typing import Any

from playwright.sync_api import expect
from tests.browser.exam_page.conftest import Sitting
from tests.browser.exam_page.model import FakeExam

MESSAGE: dict[str, Any] = {"id": 1, "kind": "message", "text": "第三题的图已更正。", "at": ""}


def test_message_appears_with_the_next_save_and_stays_read(
    exam: FakeExam, sitting: Sitting
) -> None:
    sitting.ready()
    exam.tell(notices=[MESSAGE])
    sitting.choose(2)
    notice = sitting.notice("warning")
    expect(notice).to_contain_text("第三题的图已更正")
    expect(notice).to_have_attribute("role", "alert")
    notice.get_by_role("button", name="知道了").click()
    expect(notice).to_have_count(0)
    sitting.ready()
    sitting.expect_state("idle")
    expect(sitting.notice("warning")).to_have_count(0)


def test_pause_hides_the_questions_and_what_was_answered_is_kept(
    exam: FakeExam, sitting: Sitting
) -> None:
    sitting.ready()
    exam.due_at += timedelta(hours=24)
    exam.tell(paused={"since": "", "reason": "全楼停电，请留在座位上。"})
    sitting.choose(2)
    veil = sitting.page.locator("#veil")
    expect(veil).to_contain_text("全楼停电")
    expect(sitting.page.locator("#card")).to_be_hidden()
    expect(sitting.page.locator("#hand-in")).to_be_hidden()
    sitting.page.keyboard.press("3")
    sitting.expect_state("saved")
    expect(sitting.notice("info")).to_have_count(0)
    exam.due_at -= timedelta(hours=24) - timedelta(minutes=9)
    exam.tell(paused=None)
    sitting.page.evaluate("dispatchEvent(new Event('visibilitychange'))")
    sitting.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(veil).to_be_hidden()
    expect(sitting.page.locator("#card input").nth(1)).to_be_checked()
    expect(sitting.notice("info")).to_contain_text("考试继续。您的时间")
    assert exam.stored(1) == ["A"]


def test_break_is_offered_where_granted_and_ends_by_a_click(
    exam: FakeExam, sitting: Sitting
) -> None:
    exam.told = {"break": {"left_seconds": 300, "ends_at": None}}
    sitting.ready()
    take = sitting.page.locator("#take-break")
    take.click()
    expect(sitting.page.locator("#break-clock")).to_contain_text("04:5")
    expect(sitting.page.locator("#card")).to_be_hidden()
    expect(take).to_be_hidden()
    sitting.page.locator("#end-break").click()
    expect(sitting.page.locator("#card fieldset")).to_be_visible()
    sitting.expect_unlocked()
    expect(take).to_be_visible()


def test_no_break_is_offered_where_none_is_granted(sitting: Sitting) -> None:
    sitting.ready()
    expect(sitting.page.locator("#take-break")).to_be_hidden()
