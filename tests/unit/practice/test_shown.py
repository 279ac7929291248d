"""What is shown of a question and of an answer: no key before the answer, all of it after."""

from dataclasses import asdict
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.banks.rules import (
    Answer,
    BlanksKey,
    CaseKey,
    CasePart,
    ChoiceKey,
    Key,
    MatchingKey,
    ModelKey,
    NumberBlank,
    Option,
    OrderingKey,
    QuestionContent,
    QuestionType,
    SourceNote,
    TextBlank,
    TruthKey,
)
from lianbing.grading.rules import Verdict
from lianbing.kernel.ids import QuestionVersionId
from lianbing.practice.feedback import Feedback, show_feedback
from lianbing.practice.rules import BookChange
from lianbing.practice.shown import (
    StemPart,
    accepted_text,
    plain_stem,
    right_answer,
    show_question,
    stem_parts,
)

SEEDS = st.integers(min_value=0, max_value=2**53)
PERIOD = NumberBlank(number=Decimal("0.020"), tolerance=Decimal("0.0005"), unit="s")
KEYS: dict[QuestionType, Key] = {
    QuestionType.SINGLE_CHOICE: ChoiceKey(letters=("B",)),
    QuestionType.MULTIPLE_CHOICE: ChoiceKey(letters=("A", "C")),
    QuestionType.TRUE_FALSE: TruthKey(value=False),
    QuestionType.FILL_BLANK: BlanksKey(blanks=(TextBlank(accept=("接地", "地")), PERIOD)),
    QuestionType.MATCHING: MatchingKey(letters=("B", "A", "D")),
    QuestionType.ORDERING: OrderingKey(letters=("C", "A", "D", "B")),
    QuestionType.SHORT_ANSWER: ModelKey(text="先接地"),
    QuestionType.CASE: CaseKey(
        keys=(ChoiceKey(letters=("B",)), BlanksKey(blanks=(TextBlank(accept=("接地",)),)))
    ),
}
SOLVED = (QuestionType.SINGLE_CHOICE, QuestionType.MATCHING, QuestionType.ORDERING)
WITH_OPTIONS = (*SOLVED, QuestionType.MULTIPLE_CHOICE)
OPTIONS = tuple(Option(letter=letter, text=f"项 {letter}") for letter in "ABCD")
PARTS = (
    CasePart(type=QuestionType.SINGLE_CHOICE, stem="问一", options=OPTIONS),
    CasePart(type=QuestionType.FILL_BLANK, stem="问二{{1}}"),
)


def question(kind: QuestionType, stem: str = "外壳{{1}}，周期为{{2}}。") -> QuestionContent:
    return QuestionContent(
        version_id=QuestionVersionId(1),
        type=kind,
        stem=stem,
        options=OPTIONS if kind in WITH_OPTIONS else (),
        key=KEYS[kind],
        explanation="道理",
        source=SourceNote(title="规范", edition="2011"),
        difficulty=Decimal("0.3"),
        point_code="A01",
        scope_code="A",
        prompts=("甲", "乙", "丙") if kind is QuestionType.MATCHING else (),
        parts=PARTS if kind is QuestionType.CASE else (),
    )


def feedback(kind: QuestionType, answer: Answer) -> Feedback:
    content = question(kind)
    return show_feedback(
        content,
        show_question(content, seed=7, position=3),
        answer,
        verdict=Verdict.WRONG,
        change=BookChange.ENTERED,
        streak=0,
    )


@given(SEEDS, st.integers(min_value=1, max_value=10), st.sampled_from(SOLVED))
def test_options_are_a_stable_permutation_that_never_solves_the_question(
    seed: int, position: int, kind: QuestionType
) -> None:
    content = question(kind)
    values = [row.value for row in show_question(content, seed=seed, position=position).options]
    again = show_question(content, seed=seed, position=position)
    assert sorted(values) == list("ABCD")
    assert values == [row.value for row in again.options]
    if kind is not QuestionType.SINGLE_CHOICE:
        key = content.key
        assert isinstance(key, MatchingKey | OrderingKey)
        assert tuple(values[: len(key.letters)]) != key.letters


def test_options_are_dealt_anew_under_letters_in_order() -> None:
    orders = set()
    for seed in range(30):
        shown = show_question(question(QuestionType.SINGLE_CHOICE), seed=seed, position=1)
        assert [option.letter for option in shown.options] == list("ABCD")
        assert all(option.text == f"项 {option.value}" for option in shown.options)
        orders.add(tuple(option.value for option in shown.options))
    assert len(orders) > 10


@pytest.mark.parametrize("kind", list(QuestionType))
def test_a_question_asked_carries_neither_key_nor_explanation(kind: QuestionType) -> None:
    shown = str(asdict(show_question(question(kind), seed=1, position=1)))
    for secret in ("道理", "接地", "0.02", "right", "key"):
        assert secret not in shown


def test_stem_is_cut_at_its_blanks_with_their_units() -> None:
    content = question(QuestionType.FILL_BLANK)
    assert stem_parts(content) == (
        StemPart(text="外壳"),
        StemPart(blank=1),
        StemPart(text="，周期为"),
        StemPart(blank=2, unit="s"),
        StemPart(text="。"),
    )
    assert plain_stem(content) == "外壳＿＿，周期为＿＿s。"
    assert show_question(content, seed=1, position=1).blanks == 2


def test_a_unit_the_stem_writes_itself_is_not_shown_twice() -> None:
    content = question(QuestionType.FILL_BLANK, "外壳{{1}}，周期为{{2}} s。")
    assert stem_parts(content)[3] == StemPart(blank=2, unit="s", unit_follows=True)
    assert plain_stem(content) == "外壳＿＿，周期为＿＿ s。"


def test_braces_in_another_type_stay_text() -> None:
    content = question(QuestionType.TRUE_FALSE)
    assert stem_parts(content) == (StemPart(text=content.stem),)


def test_feedback_on_choices_marks_what_was_chosen_and_what_is_right() -> None:
    shown = feedback(QuestionType.MULTIPLE_CHOICE, ["A", "B"])
    marks = {row.option.value: (row.chosen, row.right) for row in shown.checked.options}
    assert marks == {
        "A": (True, True),
        "B": (True, False),
        "C": (False, True),
        "D": (False, False),
    }
    assert (shown.explanation, shown.change) == ("道理", BookChange.ENTERED)


def test_feedback_on_a_statement() -> None:
    shown = feedback(QuestionType.TRUE_FALSE, True)
    marks = {row.option.value: (row.chosen, row.right) for row in shown.checked.options}
    assert marks == {"true": (True, False), "false": (False, True)}


def test_feedback_on_blanks_is_blank_by_blank() -> None:
    shown = feedback(QuestionType.FILL_BLANK, ["绝缘", "0.02 s"])
    assert [(row.number, row.given, row.right) for row in shown.checked.blanks] == [
        (1, "绝缘", False),
        (2, "0.02 s", True),
    ]


@pytest.mark.parametrize("kind", list(QuestionType))
def test_feedback_without_an_answer_still_shows_what_is_right(kind: QuestionType) -> None:
    shown = feedback(kind, None)
    for checked in shown.cases or (shown.checked,):
        assert not any(row.chosen for row in checked.options)
        assert not any(row.right for row in (*checked.blanks, *checked.pairs, *checked.steps))
        is_right = any(row.right for row in checked.options)
        assert is_right or checked.blanks or checked.pairs or checked.steps or checked.model


def test_feedback_on_pairs_steps_and_parts() -> None:
    pairs = feedback(QuestionType.MATCHING, ["B", "", "A"]).checked.pairs
    assert [(row.given, row.wanted, row.right) for row in pairs] == [
        ("项 B", "项 B", True),
        ("", "项 A", False),
        ("项 A", "项 D", False),
    ]
    steps = feedback(QuestionType.ORDERING, ["C", "D", "A", "B"]).checked.steps
    assert [(row.text, row.given, row.right) for row in steps] == [
        ("项 C", 1, True),
        ("项 A", 3, False),
        ("项 D", 2, False),
        ("项 B", 4, True),
    ]
    cases = feedback(QuestionType.CASE, ["A", ["接地"]]).cases
    assert [case.verdict for case in cases] == [Verdict.WRONG, Verdict.RIGHT]


def test_right_answers_in_words() -> None:
    assert right_answer(question(QuestionType.MULTIPLE_CHOICE)) == ("项 A", "项 C")
    assert right_answer(question(QuestionType.TRUE_FALSE)) == ("false",)
    assert right_answer(question(QuestionType.FILL_BLANK)) == ("接地 / 地", "0.02 s (±0.0005)")
    assert right_answer(question(QuestionType.MATCHING))[0] == "甲 – 项 B"
    assert right_answer(question(QuestionType.ORDERING))[0] == "1. 项 C"
    assert right_answer(question(QuestionType.SHORT_ANSWER)) == ("先接地",)
    assert right_answer(question(QuestionType.CASE)) == ("(1) 项 B", "(2) 接地")
    exact = NumberBlank(number=Decimal(50), tolerance=Decimal(0))
    assert accepted_text(exact) == "50"
