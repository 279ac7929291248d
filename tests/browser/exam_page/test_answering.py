"""Answering: by keyboard alone, with every type of question, from text that is only text."""

from playwright.sync_api import expect
from tests.browser.exam_page.conftest import Sitting
from tests.browser.exam_page.model import FakeExam


def test_whole_exam_is_sat_by_keyboard_alone(exam: FakeExam, sitting: Sitting) -> None:
    page = sitting.ready().page
    keys = page.keyboard
    keys.press("2")  # the second option shown is A
    keys.press("f")
    keys.press("ArrowRight")
    keys.press("a")
    keys.press("d")
    keys.press("ArrowRight")
    keys.press("2")
    keys.press("ArrowRight")
    expect(page.locator("#card h2")).to_be_focused()
    keys.press("Tab")
    keys.type("220")
    keys.press("Tab")
    keys.type("50 f")  # letters typed into a blank are no shortcuts
    page.locator("#hand-in").focus()
    keys.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_focused()
    expect(dialog).to_contain_text("已答 4 题，共 5 题")
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("#hand-in")).to_be_focused()
    sitting.until(lambda: len(exam.answers()) == 4, "four answers stored")
    assert exam.answers() == {"1": "A", "2": ["A", "D"], "3": False, "4": ["220", "50 f"]}
    keys.press("Enter")
    page.locator("#confirm-hand-in").focus()
    keys.press("Enter")
    page.wait_for_url("**/result")
    assert exam.hand_ins == 1


def test_every_control_is_reached_by_tab(sitting: Sitting) -> None:
    page = sitting.ready().page
    page.keyboard.press("ArrowRight")
    reached = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.className"))
    assert {"hand-in", "option-input", "previous", "flag", "open-sheet", "next"} <= reached


def test_shortcuts_can_be_switched_off(exam: FakeExam, sitting: Sitting, context: object) -> None:
    page = sitting.ready().page
    page.locator("#open-sheet").click()
    page.evaluate("document.querySelector('.keys-switch input').click()")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#card h2")).to_contain_text("第 1 题")
    expect(page.locator("#card input:checked")).to_have_count(0)


def test_text_of_the_paper_is_never_parsed_as_markup(sitting: Sitting) -> None:
    page = sitting.ready().page
    expect(page.locator("#card .option-text").nth(2)).to_have_text("<b>闭合</b>开关 & 观察")
    expect(page.locator("#card b")).to_have_count(0)


def test_single_choice_is_a_labelled_group_of_radios(sitting: Sitting) -> None:
    page = sitting.ready().page
    group = page.get_by_role("group", name="检修前验电，最先应当做什么？")
    expect(group.get_by_role("radio")).to_have_count(4)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("group").get_by_role("checkbox")).to_have_count(4)


def test_answer_sheet_tells_answered_and_flagged_in_words(sitting: Sitting) -> None:
    page = sitting.ready().page
    sitting.choose(1)
    page.locator("#flag").click()
    page.locator("#open-sheet").click()
    sheet = page.get_by_role("dialog", name="答题卡")
    first = sheet.get_by_role("button", name="第 1 题：已答、已标记")
    expect(first).to_have_attribute("aria-current", "step")
    expect(sheet.get_by_role("button", name="第 3 题：未")).to_be_visible()
    for _ in range(20):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('[role=dialog]') !== null")


def test_cleared_answer_is_saved_as_no_answer(exam: FakeExam, sitting: Sitting) -> None:
    page = sitting.ready().page
    sitting.choose(1)
    page.get_by_role("button", name="清除本题答案").click()
    sitting.until(lambda: exam.stored(1) == ["B", None], "the cleared answer")
    sitting.expect_state("saved")
    expect(page.locator("#progress")).to_have_text("0 / 5")


def test_flags_outlive_a_reload(sitting: Sitting) -> None:
    page = sitting.ready().page
    page.locator("#flag").click()
    sitting.ready()
    expect(page.locator("#flag")).to_have_attribute("aria-pressed", "true")


def test_half_a_chinese_word_is_not_an_answer(exam: FakeExam, sitting: Sitting) -> None:
    sitting.ready().go_to(4)
    page = sitting.page
    sitting.blank(1).focus()
    client = page.context.new_cdp_session(page)
    client.send("Input.imeSetComposition", {"text": "dian", "selectionStart": 4, "selectionEnd": 4})
    page.evaluate("dispatchEvent(new Event('pagehide'))")  # sends whatever there is, at once
    page.wait_for_timeout(100)
    assert exam.stored(4) == []
    client.send("Input.insertText", {"text": "电"})
    sitting.until(lambda: exam.stored(4) == [["电", ""]], "the finished word")
