"""Other devices, other tabs, and clocks that lie."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import BrowserContext, expect
from tests.browser.conftest import OpenContext
from tests.browser.exam_page.conftest import Sitting
from tests.browser.exam_page.model import FakeExam

SHIFT = "const real = Date.now; const by = {hours} * 3600e3; Date.now = () => real() + by;"


def minutes_shown(sitting: Sitting) -> int:
    face = sitting.page.locator("#clock").inner_text().lstrip("≈")
    return int(face.split(":")[-2])


def test_older_device_is_put_out_and_keeps_nothing_back(
    exam: FakeExam, sitting: Sitting, open_context: OpenContext
) -> None:
    sitting.ready()
    sitting.choose(2)
    sitting.expect_state("saved")
    exam.take_over()
    newer = Sitting(open_context().new_page(), sitting.base, exam).ready()
    expect(newer.page.locator("#card input").nth(1)).to_be_checked()
    sitting.choose(3)
    expect(sitting.notice("danger")).to_contain_text("另一台设备")
    sitting.expect_locked()
    link = sitting.page.get_by_role("link", name="在这里继续")
    expect(link).to_have_attribute("href", "/exams/1/")
    assert exam.stored(1, device=1) == ["A", "D"]
    assert exam.entries[1, 2]["outcome"] == "superseded"
    expect(sitting.notice("warning")).to_contain_text("不计分")
    sitting.expect_state("kept")
    newer.choose(1)
    newer.expect_state("saved")
    assert exam.answers() == {"1": "B"}


def test_newer_tab_goes_on_and_the_older_one_yields(
    exam: FakeExam, sitting: Sitting, context: BrowserContext
) -> None:
    sitting.ready()
    newer = Sitting(context.new_page(), sitting.base, exam).ready()
    expect(sitting.notice("danger")).to_contain_text("另一个标签页")
    sitting.expect_locked()
    newer.choose(2)
    newer.expect_state("saved")
    sitting.page.get_by_role("button", name="在这里继续").click()
    expect(sitting.page.locator("#card input").nth(1)).to_be_checked()
    newer.expect_locked()
    sitting.choose(3)
    sitting.expect_state("saved")
    assert exam.conflicts == 0
    assert exam.stored(1) == ["A", "D"]


def test_wrong_device_clock_changes_nothing(exam: FakeExam, sitting: Sitting) -> None:
    sitting.page.add_init_script(SHIFT.format(hours=7))
    sitting.ready()
    sitting.choose(2)
    sitting.expect_state("saved")
    assert minutes_shown(sitting) in (44, 45)
    saved_at = datetime.fromisoformat(exam.entries[1, 1]["at"])
    assert abs(saved_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_clock_turned_during_the_exam_changes_nothing(exam: FakeExam, sitting: Sitting) -> None:
    sitting.ready()
    calls = exam.calls.count("state")
    sitting.page.evaluate(SHIFT.format(hours=-3))
    sitting.until(lambda: exam.calls.count("state") > calls, "the page asks the server")
    expect(sitting.page.locator("#clock")).not_to_contain_text("≈")
    assert minutes_shown(sitting) in (44, 45)
    sitting.expect_unlocked()


def test_clock_is_right_again_after_the_phone_slept(exam: FakeExam, sitting: Sitting) -> None:
    """The steady clock of many phones stops while they sleep; the exam's does not."""
    sitting.page.add_init_script(
        "const real = performance.now.bind(performance); window.slept = 0;"
        "performance.now = () => real() - window.slept;"
    )
    sitting.ready()
    sitting.page.evaluate("window.slept = 600e3")
    expect(sitting.page.locator("#clock")).not_to_contain_text("≈")
    sitting.until(lambda: minutes_shown(sitting) in (44, 45), "the countdown is right again")


def test_countdown_is_announced_at_ten_five_and_one_minute_only(
    exam: FakeExam, sitting: Sitting
) -> None:
    exam.due_at = datetime.now(UTC) + timedelta(minutes=12)
    sitting.page.clock.install()
    sitting.page.add_init_script(
        "window.said = []; addEventListener('DOMContentLoaded', () => new MutationObserver(seen =>"
        "seen.forEach(one => one.addedNodes.forEach(node => said.push(node.textContent)))).observe("
        "document.getElementById('announcer'), {childList: true}));"
    )
    sitting.ready()
    # The pretended server stays in real time, so the page counts on by its own clock.
    sitting.page.context.set_offline(True)
    for _ in range(23):
        sitting.page.clock.run_for(30_000)
    said = sitting.page.evaluate("said")
    assert [text for text in said if "还剩" in text] == [
        "还剩 10 分钟",
        "还剩 5 分钟",
        "还剩 1 分钟",
    ]


def test_extension_is_told_and_the_countdown_follows(exam: FakeExam, sitting: Sitting) -> None:
    sitting.ready()
    exam.due_at += timedelta(minutes=12)
    sitting.choose(2)
    expect(sitting.notice("info")).to_contain_text("已延长")
    assert minutes_shown(sitting) in (56, 57)
