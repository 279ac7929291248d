"""Golden cases for every question type and marking rule, and what must hold of any answer."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.banks.rules import (
    Answer,
    BlanksKey,
    ChoiceKey,
    Key,
    NumberBlank,
    Option,
    QuestionContent,
    QuestionType,
    TextBlank,
    TruthKey,
)
from lianbing.grading.rules import (
    AnswerMark,
    MalformedAnswer,
    MarkingRule,
    MultipleRule,
    Verdict,
    check_answer,
    mark_answer,
    mark_script,
)
from lianbing.kernel.ids import PaperId, QuestionVersionId
from lianbing.papers.rules import FrozenPaper, PaperQuestion

LETTERS = "ABCDE"
EXACT = MarkingRule()
SHARE = MarkingRule(multiple=MultipleRule.PARTIAL_SHARE, partial_share=Decimal("0.5"))
PER_OPTION = MarkingRule(multiple=MultipleRule.PER_OPTION, per_option=Decimal("0.5"))


def question(kind: QuestionType, key: Key) -> QuestionContent:
    options = LETTERS if isinstance(key, ChoiceKey) else ""
    return QuestionContent(
        version_id=QuestionVersionId(1),
        type=kind,
        stem="题干",
        options=tuple(Option(letter=letter, text=letter) for letter in options),
        key=key,
        explanation="解析",
        source=None,
        difficulty=Decimal("0.3"),
        point_code="A01",
        scope_code="A",
    )


SINGLE = question(QuestionType.SINGLE_CHOICE, ChoiceKey(letters=("B",)))
MULTIPLE = question(QuestionType.MULTIPLE_CHOICE, ChoiceKey(letters=("A", "B", "D")))
TRUE = question(QuestionType.TRUE_FALSE, TruthKey(value=True))
FALSE = question(QuestionType.TRUE_FALSE, TruthKey(value=False))
BLANKS = question(
    QuestionType.FILL_BLANK,
    BlanksKey(
        blanks=(
            TextBlank(accept=("接地", "保护接地", "PE")),
            NumberBlank(number=Decimal("0.02"), tolerance=Decimal("0.0005"), unit="s"),
        )
    ),
)


@pytest.mark.parametrize(
    ("content", "answer", "rule", "marks", "verdict"),
    [
        (SINGLE, "B", EXACT, "2", "right"),
        (SINGLE, "A", EXACT, "0", "wrong"),
        (SINGLE, None, EXACT, "0", "unanswered"),
        (SINGLE, "", EXACT, "0", "unanswered"),
        (MULTIPLE, ["A", "B", "D"], EXACT, "2", "right"),
        (MULTIPLE, ["D", "B", "A"], EXACT, "2", "right"),
        (MULTIPLE, ["A", "B"], EXACT, "0", "wrong"),
        (MULTIPLE, ["A", "B", "C", "D"], EXACT, "0", "wrong"),
        (MULTIPLE, [], EXACT, "0", "unanswered"),
        (MULTIPLE, ["A", "B"], SHARE, "1", "partial"),
        (MULTIPLE, ["A"], SHARE, "1", "partial"),
        (MULTIPLE, ["A", "C"], SHARE, "0", "wrong"),
        (MULTIPLE, ["A", "B", "D"], SHARE, "2", "right"),
        (MULTIPLE, ["A"], PER_OPTION, "0.5", "partial"),
        (MULTIPLE, ["A", "D"], PER_OPTION, "1", "partial"),
        (MULTIPLE, ["A", "C", "D"], PER_OPTION, "0", "wrong"),
        (MULTIPLE, ["A", "B", "D"], PER_OPTION, "2", "right"),
        (TRUE, True, EXACT, "2", "right"),
        (TRUE, False, EXACT, "0", "wrong"),
        (FALSE, False, EXACT, "2", "right"),
        (FALSE, None, EXACT, "0", "unanswered"),
        (TRUE, False, MarkingRule(true_false_penalty=Decimal("0.5")), "-0.5", "wrong"),
        (TRUE, None, MarkingRule(true_false_penalty=Decimal("0.5")), "0", "unanswered"),
        (BLANKS, ["接地", "0.02"], EXACT, "2", "right"),
        (BLANKS, [" 保护接地 ", "0.0203 s"], EXACT, "2", "right"),
        (BLANKS, ["ｐｅ", "０．０２ｓ"], EXACT, "2", "right"),
        (BLANKS, ["接地", "0.03"], EXACT, "1", "partial"),
        (BLANKS, ["接地", ""], EXACT, "1", "partial"),
        (BLANKS, ["接零", "0.02"], MarkingRule(each_blank=False), "0", "wrong"),
        (BLANKS, ["接零", "0.0206"], EXACT, "0", "wrong"),
        (BLANKS, ["接地", "NaN"], EXACT, "1", "partial"),
        (BLANKS, ["接地", "0.02 ms"], EXACT, "1", "partial"),
        (BLANKS, ["", " "], EXACT, "0", "unanswered"),
    ],
)
def test_golden_cases(
    content: QuestionContent, answer: Answer, rule: MarkingRule, marks: str, verdict: str
) -> None:
    assert mark_answer(content, Decimal(2), answer, rule) == AnswerMark(
        marks=Decimal(marks), verdict=Verdict(verdict)
    )


@given(st.sampled_from(["1e9999999", "-1e9999999", "1e-9999999", "9" * 200, "sNaN", "١e٩"]))
def test_number_beyond_all_bounds_is_wrong_and_no_crash(hostile: str) -> None:
    assert mark_answer(BLANKS, Decimal(2), ["接地", hostile], EXACT).marks == 1
    assert mark_answer(BLANKS, Decimal(2), ["接地", hostile + " s"], EXACT).marks == 1


def test_per_option_never_earns_more_than_the_question() -> None:
    rule = MarkingRule(multiple=MultipleRule.PER_OPTION, per_option=Decimal("1.5"))
    assert mark_answer(MULTIPLE, Decimal(2), ["A", "B"], rule).marks == 2


def test_blanks_share_odd_marks_to_the_hundredth_halves_up() -> None:
    three = question(
        QuestionType.FILL_BLANK, BlanksKey(blanks=tuple(TextBlank(accept=(c,)) for c in "甲乙丙"))
    )
    assert mark_answer(three, Decimal(2), ["甲", "", ""], EXACT).marks == Decimal("0.67")
    assert mark_answer(three, Decimal(2), ["甲", "乙", ""], EXACT).marks == Decimal("1.33")


def paper(*contents: QuestionContent) -> FrozenPaper:
    return FrozenPaper(
        id=PaperId(1),
        content_hash="h",
        title="卷",
        questions=tuple(
            PaperQuestion(number=number, marks=Decimal("2.5"), content=content)
            for number, content in enumerate(contents, start=1)
        ),
    )


def test_script_sums_items_and_counts_the_missing_as_unanswered() -> None:
    sheet = mark_script(paper(SINGLE, MULTIPLE, TRUE), {1: "B", 3: True}, EXACT)
    assert sheet.total == Decimal("5.00")
    assert sheet.items[2].verdict is Verdict.UNANSWERED


def test_penalties_never_push_a_total_below_zero() -> None:
    rule = MarkingRule(true_false_penalty=Decimal(5))
    assert mark_script(paper(TRUE, SINGLE), {1: False, 2: "B"}, rule).total == 0


@pytest.mark.parametrize(
    ("content", "raw"),
    [
        (SINGLE, "F"),
        (SINGLE, ["B"]),
        (SINGLE, 1),
        (MULTIPLE, "AB"),
        (MULTIPLE, ["A", "A"]),
        (MULTIPLE, ["A", "Z"]),
        (MULTIPLE, [["A"]]),
        (TRUE, "true"),
        (TRUE, 1),
        (BLANKS, ["one"]),
        (BLANKS, ["one", 2]),
        (BLANKS, ["x" * 201, ""]),
        (BLANKS, {"1": "x"}),
    ],
)
def test_answers_of_another_shape_are_refused(content: QuestionContent, raw: object) -> None:
    with pytest.raises(MalformedAnswer):
        check_answer(content, raw)


def test_multiple_choice_is_kept_sorted() -> None:
    assert check_answer(MULTIPLE, ["D", "A"]) == ["A", "D"]


@given(st.sets(st.sampled_from(LETTERS)), st.sampled_from([EXACT, SHARE, PER_OPTION]))
def test_any_wrong_option_earns_nothing_and_full_marks_need_the_whole_key(
    chosen: set[str], rule: MarkingRule
) -> None:
    mark = mark_answer(MULTIPLE, Decimal(2), sorted(chosen), rule)
    key = {"A", "B", "D"}
    assert 0 <= mark.marks <= 2
    assert (mark.verdict is Verdict.RIGHT) == (chosen == key)
    if chosen - key:
        assert mark.marks == 0


@given(st.sampled_from([EXACT, SHARE, PER_OPTION]))
def test_rule_survives_its_storage(rule: MarkingRule) -> None:
    assert MarkingRule.from_json(rule.to_json()) == rule
