"""How answers get lost elsewhere, one by one: none of it happens here."""

import pytest
from playwright.sync_api import BrowserContext, expect
from tests.browser.exam_page.conftest import Sitting
from tests.browser.exam_page.model import FakeExam, Fault

KEPT = """() => new Promise((done) => {
    const asked = indexedDB.open("lianbing-exams", 1);
    asked.onsuccess = () => {
        const counted = asked.result.transaction("entry").objectStore("entry").count();
        counted.onsuccess = () => { asked.result.close(); done(counted.result); };
    };
})"""
"""How many answers this device keeps; the page sends none before it is kept."""


def stored_once(exam: FakeExam) -> bool:
    """No entry came under two numbers or with two contents."""
    return exam.conflicts == 0 and len(exam.order_stored) == len(set(exam.order_stored))


def test_answers_given_offline_arrive_exactly_once(
    exam: FakeExam, sitting: Sitting, context: BrowserContext
) -> None:
    sitting.ready()
    context.set_offline(True)
    sitting.choose(2)
    sitting.expect_state("offline")
    expect(sitting.page.locator("#save-state")).to_contain_text("保存在本机")
    sitting.page.locator("#next").click()
    sitting.choose(1)
    sitting.choose(4)
    sitting.expect_state("offline")
    assert exam.order_stored == []
    context.set_offline(False)
    sitting.expect_state("saved")
    assert exam.answers() == {"1": "A", "2": ["A", "D"]}
    assert [seq for _, seq in exam.order_stored] == [1, 2, 3]
    assert exam.repeats == exam.conflicts == 0


def test_lost_acknowledgement_is_asked_for_again_and_harmless(
    exam: FakeExam, sitting: Sitting
) -> None:
    sitting.ready()
    exam.fault = Fault.DROPPED
    sitting.choose(2)
    sitting.expect_state("offline")
    sitting.until(lambda: exam.stored(1) == ["A"], "stored though the answer was lost")
    exam.fault = Fault.NONE
    sitting.expect_state("saved")
    assert exam.stored(1) == ["A"]
    assert exam.repeats > 0
    assert stored_once(exam)


def test_saved_is_never_shown_before_the_server_said_so(exam: FakeExam, sitting: Sitting) -> None:
    sitting.ready()
    exam.fault = Fault.HELD
    sitting.choose(2)
    sitting.until(lambda: "save" in exam.calls, "the save on its way")
    sitting.expect_state("sending")
    exam.released.set()
    sitting.expect_state("saved")


def test_one_request_at_a_time_and_the_rest_in_one_batch(exam: FakeExam, sitting: Sitting) -> None:
    sitting.ready()
    exam.fault = Fault.HELD
    sitting.choose(1)
    sitting.until(lambda: "save" in exam.calls, "the first save on its way")
    for place in (2, 3, 4):
        sitting.choose(place)
    sitting.until(lambda: sitting.page.evaluate(KEPT) == 4, "all four written on the device")
    exam.released.set()
    sitting.expect_state("saved")
    assert exam.most_served_at_once == 1
    assert exam.calls.count("save") == 2
    assert exam.stored(1) == ["B", "A", "D", "C"]


def test_captive_portal_does_not_count_as_saved(exam: FakeExam, sitting: Sitting) -> None:
    sitting.ready()
    exam.fault = Fault.PORTAL
    sitting.choose(2)
    sitting.expect_state("offline")
    exam.fault = Fault.NONE
    sitting.expect_state("saved")
    assert exam.answers() == {"1": "A"}


def test_entry_the_server_says_nothing_about_is_not_saved(exam: FakeExam, sitting: Sitting) -> None:
    sitting.ready()
    exam.fault = Fault.SILENT
    sitting.choose(2)
    sitting.expect_state("busy")
    exam.fault = Fault.NONE
    sitting.expect_state("saved")
    assert exam.answers() == {"1": "A"}


def test_storm_of_503_is_ridden_out(exam: FakeExam, sitting: Sitting) -> None:
    sitting.ready()
    exam.fault = Fault.BUSY
    sitting.choose(2)
    for question, place in ((2, 1), (3, 1), (5, 3)):
        sitting.go_to(question)
        sitting.choose(place)
    sitting.expect_state("busy")
    before = exam.calls.count("save")
    sitting.until(lambda: exam.calls.count("save") > before, "another try")
    exam.fault = Fault.NONE
    sitting.expect_state("saved")
    assert exam.answers() == {"1": "A", "2": ["A"], "3": True, "5": "B"}
    assert stored_once(exam)


def test_reload_sends_what_was_not_acknowledged(exam: FakeExam, sitting: Sitting) -> None:
    sitting.ready()
    exam.fault = Fault.BUSY
    sitting.choose(2)
    sitting.until(lambda: "save" in exam.calls, "a refused save")
    exam.fault = Fault.NONE
    assert exam.order_stored == []
    sitting.ready()
    expect(sitting.page.locator("#card input").nth(1)).to_be_checked()
    sitting.expect_state("saved")
    assert exam.stored(1) == ["A"]


def test_numbers_are_never_used_twice_across_reloads(exam: FakeExam, sitting: Sitting) -> None:
    sitting.ready()
    exam.refused = {1}  # refused entries are not stored: the server's next_seq does not know them
    sitting.choose(2)
    expect(sitting.notice("danger")).to_be_visible()
    exam.refused = set()
    sitting.ready()
    sitting.choose(3)
    sitting.expect_state("saved")
    assert exam.order_stored == [(1, 2)]


def test_reload_shows_what_the_server_has(exam: FakeExam, sitting: Sitting) -> None:
    sitting.ready()
    sitting.choose(2)
    sitting.go_to(4)
    sitting.blank(2).fill("50")
    sitting.expect_state("saved")
    sitting.ready()
    expect(sitting.page.locator("#card input").nth(1)).to_be_checked()
    sitting.go_to(4)
    expect(sitting.blank(2)).to_have_value("50")
    expect(sitting.page.locator("#progress")).to_have_text("2 / 5")


def test_word_being_typed_survives_leaving_the_page(exam: FakeExam, sitting: Sitting) -> None:
    sitting.ready().go_to(4)
    sitting.blank(1).press_sequentially("220")
    sitting.open("/mine/empty")
    sitting.until(lambda: exam.stored(4)[-1:] == [["220", ""]], "the word typed last")
    assert exam.conflicts == 0


def test_answers_left_behind_are_sent_from_any_exam_page(exam: FakeExam, sitting: Sitting) -> None:
    sitting.ready()
    exam.fault = Fault.BUSY
    sitting.choose(2)
    sitting.until(lambda: "save" in exam.calls, "a refused save")
    sitting.open("/mine/empty")
    left = sitting.page.locator("#leftovers")
    expect(left).to_contain_text("1 条作答")
    exam.fault = Fault.NONE
    sitting.page.evaluate("dispatchEvent(new Event('online'))")
    expect(left).to_contain_text("已送达")
    assert exam.answers() == {"1": "A"}


def test_entering_anew_waits_for_what_this_device_still_holds(
    exam: FakeExam, sitting: Sitting
) -> None:
    sitting.ready()
    exam.fault = Fault.BUSY
    sitting.choose(2)
    sitting.until(lambda: "save" in exam.calls, "a refused save")
    exam.fault = Fault.HELD
    sitting.page.route(
        "**/exams/*/enter", lambda asked: asked.continue_(url=f"{sitting.base}/enter")
    )
    sitting.open("/lobby/in_progress")
    sitting.page.get_by_role("button", name="继续考试").click()
    assert "enter" not in exam.calls
    exam.released.set()
    expect(sitting.page.locator("#card fieldset")).to_be_visible()
    assert exam.answers() == {"1": "A"}
    assert exam.device == 2


def test_answers_of_an_earlier_number_of_this_device_are_given_again(
    exam: FakeExam, sitting: Sitting
) -> None:
    sitting.ready()
    exam.fault = Fault.BUSY
    sitting.choose(2)
    sitting.until(lambda: "save" in exam.calls, "a refused save")
    exam.take_over()  # the same browser entered again before anything was sent
    exam.fault = Fault.NONE
    sitting.ready()
    expect(sitting.notice("info")).to_contain_text("第 1 题")
    sitting.until(lambda: len(exam.order_stored) == 2, "both entries")
    assert exam.answers() == {"1": "A"}
    assert {exam.entries[key]["outcome"] for key in exam.order_stored} == {"counted", "superseded"}


@pytest.mark.parametrize(
    "broken",
    [
        "IDBFactory.prototype.open = () => { throw new Error('no') }",
        "IDBFactory.prototype.open = () => ({})",  # some browsers never answer
    ],
)
def test_local_storage_keeps_answers_where_the_database_fails(
    exam: FakeExam, sitting: Sitting, broken: str
) -> None:
    sitting.page.add_init_script(broken)
    sitting.ready()
    exam.fault = Fault.BUSY
    sitting.choose(2)
    sitting.until(lambda: "save" in exam.calls, "a refused save")
    exam.fault = Fault.NONE
    sitting.ready()
    sitting.expect_state("saved")
    assert exam.answers() == {"1": "A"}


def test_device_that_can_keep_nothing_warns_and_still_saves(
    exam: FakeExam, sitting: Sitting
) -> None:
    sitting.page.add_init_script(
        "IDBFactory.prototype.open = () => { throw new Error('no') };"
        "Storage.prototype.setItem = () => { throw new Error('no') };"
    )
    sitting.ready()
    expect(sitting.notice("warning")).to_contain_text("无法在本机保存")
    sitting.choose(2)
    sitting.expect_state("saved")
    assert exam.answers() == {"1": "A"}


def test_refused_answer_is_shown_loudly_with_its_question(exam: FakeExam, sitting: Sitting) -> None:
    sitting.ready()
    exam.refused = {5}
    sitting.choose(2)
    sitting.expect_state("saved")
    sitting.go_to(5)
    sitting.choose(1)
    alert = sitting.page.get_by_role("alert")
    expect(alert).to_contain_text("第 5 题：本题不在您的试卷中。")
    expect(alert).to_be_in_viewport()
    expect(alert.get_by_role("button", name="重新加载")).to_be_visible()
    sitting.expect_state("trouble")
    exam.refused = set()
    sitting.choose(2)
    sitting.expect_state("saved")
    expect(alert).to_be_hidden()
    assert exam.answers() == {"1": "A", "5": "A"}


def test_one_entry_the_server_cannot_read_does_not_stop_the_rest(
    exam: FakeExam, sitting: Sitting, context: BrowserContext
) -> None:
    sitting.ready()
    exam.fault, exam.poisoned = Fault.MALFORMED, 2
    context.set_offline(True)
    for question in (1, 2, 5):
        sitting.go_to(question)
        sitting.choose(1)
    context.set_offline(False)
    sitting.until(lambda: set(exam.answers()) == {"1", "5"}, "the healthy entries")
    expect(sitting.page.get_by_role("alert")).to_contain_text("第 2 题")


def test_refused_token_keeps_the_answers_and_leads_to_the_lobby(
    exam: FakeExam, sitting: Sitting
) -> None:
    sitting.ready()
    exam.fault = Fault.TOKEN_REFUSED
    sitting.choose(2)
    alert = sitting.notice("danger")
    expect(alert).to_contain_text("1 条未发送的作答")
    sitting.expect_state("stuck")
    expect(alert.get_by_role("link")).to_have_attribute("href", "/exams/1/")
    sitting.expect_locked()
    exam.fault = Fault.NONE
    sitting.ready()
    sitting.expect_state("saved")
    assert exam.answers() == {"1": "A"}
