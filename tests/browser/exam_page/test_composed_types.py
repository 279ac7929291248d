"""Matching, ordering, short answer and case at the exam page: by touch and by keyboard alone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from tests.browser.exam_page.conftest import Sitting
from tests.browser.exam_page.model import COMPOSED, FakeExam


@pytest.fixture
def exam(exam: FakeExam) -> FakeExam:
    exam.questions = COMPOSED
    exam.order = [1, 2, 3, 4]
    exam.letters = {"1": ["C", "A", "B"], "2": ["C", "A", "B"]}
    exam.part_letters = {"4": [["B", "C", "A"], [], []]}
    return exam


def test_composed_types_are_answered_kept_and_found_again(exam: FakeExam, sitting: Sitting) -> None:
    page = sitting.ready().page
    page.get_by_label("红色").select_option(label="C　禁止")
    page.get_by_label("黄色").select_option(label="B　警告")
    page.locator("#next").click()
    page.get_by_role("button", name="上移：断电").click()
    page.get_by_role("button", name="上移：断电").press("Enter")
    expect(page.get_by_role("button", name="上移：断电")).to_be_focused()
    page.locator("#next").click()
    page.locator("textarea").fill("先使其脱离电源 a1")
    page.locator("#next").click()
    parts = page.locator(".case-part")
    parts.nth(2).locator("input").fill("验电")
    parts.nth(0).locator("label.option").nth(2).click()
    parts.nth(1).locator("label.option").nth(1).click()
    wanted = {"1": ["B", "A"], "2": ["B", "C", "A"], "3": "先使其脱离电源 a1"}
    wanted["4"] = ["A", False, ["验电"]]  # type: ignore[list-item]
    sitting.until(lambda: exam.answers() == wanted, "all four answers stored")
    sitting.go_to(2)
    steps = page.locator(".order-text")
    expect(steps).to_have_text(["断电", "接地", "验电"])
    sitting.go_to(4)
    expect(parts.nth(2).locator("input")).to_have_value("验电")
    page.locator(".clear-answer").click()
    expect(parts.nth(2).locator("input")).to_have_value("")
    sitting.until(lambda: "4" not in exam.answers(), "the case is withdrawn")


def test_each_composed_type_fits_a_phone_and_is_accessible(
    exam: FakeExam, sitting: Sitting
) -> None:
    page = sitting.ready().page
    for question in COMPOSED:
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        small = page.evaluate(
            "[...document.querySelectorAll('#card button, #card select')].filter("
            "one => one.offsetParent && one.offsetHeight < 44).length"
        )
        assert small == 0, question["type"]
        page.keyboard.press("ArrowRight")
        page.locator("#next").focus()
        if question is not COMPOSED[-1]:
            expect(page.locator("#card h2")).to_contain_text(f"第 {question['number'] + 1} 题")


def test_formulas_tables_and_blanks_in_them_are_shown_and_no_script_runs(
    exam: FakeExam, sitting: Sitting
) -> None:
    stem = (
        "<p>已知 <math><mfrac><mn>1</mn><mn>2</mn></mfrac></math></p><table><tbody><tr><td>"
        '<span data-blank="1"></span></td></tr></tbody></table>'
        "<script>window.hurt=1</script>"
    )
    exam.questions = [
        {
            "number": 1,
            "type": "fill_blank",
            "marks": "1",
            "stem": "原文",
            "blanks": 2,
            "html": {"stem": stem},
        },
        *COMPOSED[1:],
    ]
    exam.letters = {"2": ["C", "A", "B"]}
    page = sitting.ready().page
    expect(page.locator("#card mfrac")).to_have_count(1)
    expect(page.locator("#card td input.blank")).to_have_count(1)
    expect(page.locator("#card input.blank")).to_have_count(2)
    page.locator("#card td input").fill("甲")
    sitting.until(lambda: exam.answers() == {"1": ["甲", ""]}, "the blank in the table stored")
    assert page.evaluate("window.hurt") is None
