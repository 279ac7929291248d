"""The end: saving to the last second, time running out, handing in."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import BrowserContext, expect
from tests.browser.exam_page.conftest import Sitting
from tests.browser.exam_page.model import FakeExam, Fault


def soon(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def test_hand_in_names_what_is_unanswered_and_flagged(exam: FakeExam, sitting: Sitting) -> None:
    page = sitting.ready().page
    sitting.choose(1)
    page.locator("#flag").click()
    page.locator("#hand-in").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("未答（4）")
    expect(dialog).to_contain_text("已标记（1）")
    dialog.get_by_role("button", name="第 3 题").click()
    expect(page.locator("#card h2")).to_contain_text("第 3 题")
    page.locator("#hand-in").click()
    page.locator("#confirm-hand-in").click()
    page.wait_for_url("**/result")
    assert exam.hand_ins == 1
    assert exam.answers() == {"1": "B"}


def test_hand_in_never_overtakes_an_answer(exam: FakeExam, sitting: Sitting) -> None:
    page = sitting.ready().page
    exam.fault = Fault.HELD
    sitting.choose(1)
    sitting.until(lambda: "save" in exam.calls, "the save on its way")
    sitting.choose(2)
    page.locator("#hand-in").click()
    page.locator("#confirm-hand-in").click()
    exam.released.set()
    page.wait_for_url("**/result")
    assert exam.stored(1) == ["B", "A"]
    assert {entry["outcome"] for entry in exam.entries.values()} == {"counted"}
    assert exam.most_served_at_once == 1


def test_hand_in_waits_for_more_entries_than_one_request_holds(
    exam: FakeExam, sitting: Sitting, context: BrowserContext
) -> None:
    page = sitting.ready().page
    page.locator("#next").click()
    context.set_offline(True)
    for _ in range(125):
        page.keyboard.press("a")
        page.keyboard.press("b")
    page.locator("#hand-in").click()
    page.locator("#confirm-hand-in").click()
    context.set_offline(False)
    page.wait_for_url("**/result")
    assert len(exam.order_stored) == 250
    assert {entry["outcome"] for entry in exam.entries.values()} == {"counted"}
    assert exam.calls.count("save") > 0


def test_hand_in_whose_answer_was_lost_is_repeated(exam: FakeExam, sitting: Sitting) -> None:
    page = sitting.ready().page
    sitting.choose(2)
    sitting.expect_state("saved")
    exam.fault = Fault.DROPPED
    page.locator("#hand-in").click()
    page.locator("#confirm-hand-in").click()
    sitting.until(lambda: exam.hand_ins > 0, "the hand-in arrives")
    exam.fault = Fault.NONE
    page.wait_for_url("**/result")
    assert exam.answers() == {"1": "A"}


def test_hand_in_offline_waits_and_can_be_called_off(
    exam: FakeExam, sitting: Sitting, context: BrowserContext
) -> None:
    page = sitting.ready().page
    context.set_offline(True)
    sitting.choose(2)
    page.locator("#hand-in").click()
    page.locator("#confirm-hand-in").click()
    waiting = sitting.notice("warning")
    expect(waiting).to_contain_text("还没有交卷")
    sitting.expect_locked()
    waiting.get_by_role("button", name="继续答题").click()
    sitting.choose(3)
    context.set_offline(False)
    sitting.expect_state("saved")
    assert exam.hand_ins == 0
    assert exam.answers() == {"1": "D"}
    page.locator("#hand-in").click()
    page.locator("#confirm-hand-in").click()
    page.wait_for_url("**/result")


def test_time_running_out_saves_the_word_being_typed_and_hands_in(
    exam: FakeExam, sitting: Sitting
) -> None:
    exam.order = [4, 1, 2, 3, 5]
    exam.due_at = soon(3)
    sitting.ready()
    sitting.blank(1).press_sequentially("2" * 60, delay=100)  # never pauses: no debounce fires
    sitting.page.wait_for_url("**/result")
    (answer,) = [exam.answers()["4"]]
    assert answer[0].startswith("222")
    assert exam.hand_ins == 1
    assert {entry["outcome"] for entry in exam.entries.values()} == {"counted"}


def test_answer_of_the_last_second_counts(exam: FakeExam, sitting: Sitting) -> None:
    exam.due_at = soon(4)
    sitting.ready()
    expect(sitting.page.locator("#clock")).to_have_text("00:01")
    sitting.choose(2)
    sitting.page.wait_for_url("**/result")
    assert exam.answers() == {"1": "A"}


def test_unsent_answers_are_kept_when_time_runs_out_offline_and_sent_later(
    exam: FakeExam, sitting: Sitting, context: BrowserContext
) -> None:
    exam.due_at = soon(4)
    sitting.ready()
    context.set_offline(True)
    sitting.choose(2)
    kept = sitting.notice("danger")
    expect(kept).to_contain_text("时间到")
    expect(kept).to_contain_text("1 条作答")
    sitting.expect_locked()
    context.set_offline(False)
    sitting.page.wait_for_url("**/result")
    assert exam.answers() == {"1": "A"}
    assert exam.hand_ins == 1


def test_answers_after_the_grace_are_kept_and_told_not_to_count(
    exam: FakeExam, sitting: Sitting, context: BrowserContext
) -> None:
    exam.due_at, exam.grace = soon(3), timedelta(0)
    sitting.ready()
    context.set_offline(True)
    sitting.choose(2)
    expect(sitting.notice("danger")).to_contain_text("时间到")
    exam.state = "closed"
    context.set_offline(False)
    expect(sitting.notice("warning")).to_contain_text("不计分")
    expect(sitting.page.get_by_role("link", name="查看成绩")).to_be_visible()
    assert exam.answers() == {}
    assert exam.stored(1) == ["A"]


def test_extension_that_comes_at_zero_opens_the_page_again(
    exam: FakeExam, sitting: Sitting
) -> None:
    exam.due_at = soon(3)
    sitting.ready()
    exam.fault = Fault.BUSY
    expect(sitting.notice("warning")).to_contain_text("时间到")
    exam.due_at = soon(600)
    exam.fault = Fault.NONE
    sitting.expect_unlocked()
    expect(sitting.notice("info")).to_contain_text("已延长")
    expect(sitting.notice("warning")).to_have_count(0)
    sitting.choose(2)
    sitting.expect_state("saved")
    assert exam.hand_ins == 0


def test_attempt_closed_by_the_server_ends_the_page(exam: FakeExam, sitting: Sitting) -> None:
    sitting.ready()
    exam.state = "closed"
    sitting.choose(2)
    expect(sitting.page.locator("#card")).to_contain_text("答卷已提交")
    expect(sitting.notice("warning")).to_contain_text("不计分")


def test_voided_attempt_says_so(exam: FakeExam, sitting: Sitting) -> None:
    sitting.ready()
    exam.state = "voided"
    sitting.choose(2)
    expect(sitting.page.locator("#card")).to_contain_text("已作废")


def test_nothing_stays_on_the_device_after_handing_in(exam: FakeExam, sitting: Sitting) -> None:
    page = sitting.ready().page
    sitting.choose(2)
    page.locator("#flag").click()
    page.locator("#hand-in").click()
    page.locator("#confirm-hand-in").click()
    page.wait_for_url("**/result")
    left = page.evaluate(
        """() => new Promise((resolve) => {
             const request = indexedDB.open('lianbing-exams', 1);
             request.onsuccess = () => {
               const all = request.result.transaction(['entry', 'sitting']);
               const rows = all.objectStore('entry').getAllKeys();
               const seats = all.objectStore('sitting').getAllKeys();
               all.oncomplete = () => resolve(
                 [...rows.result, ...seats.result, ...Object.keys(localStorage)]);
             };
           })"""
    )
    assert left == []
