"""Golden cases of matching, ordering, short answer and case; their shapes, giant ones refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.banks_factory import make_question

from lianbing.banks.rules import Answer, QuestionContent, QuestionType
from lianbing.grading.rules import (
    AnswerMark,
    MalformedAnswer,
    MarkingRule,
    MultipleRule,
    ScriptMarker,
    Verdict,
    check_answer,
    is_unanswered,
    mark_answer,
)
from lianbing.kernel.ids import PaperId, QuestionVersionId
from lianbing.kernel.marks import share_marks
from lianbing.papers.rules import FrozenPaper, PaperQuestion

EXACT = MarkingRule()
WHOLE = MarkingRule(each_pair=False, each_blank=False)
STEPS = MarkingRule(each_step=True)
PENALTY = MarkingRule(true_false_penalty=Decimal(2))
PENALTY_BELOW = MarkingRule(true_false_penalty=Decimal(9))


def question(kind: QuestionType) -> QuestionContent:
    entry = make_question("Q", kind=kind)
    return QuestionContent(
        version_id=QuestionVersionId(1),
        type=kind,
        stem=entry.stem,
        options=entry.options,
        key=entry.key,
        explanation="解析",
        source=None,
        difficulty=Decimal("0.3"),
        point_code="A01",
        scope_code="A",
        prompts=entry.prompts,
        parts=entry.parts,
    )


PAIRS = question(QuestionType.MATCHING)  # A B C of A B C D
ORDER = question(QuestionType.ORDERING)  # A B C D
SHORT = question(QuestionType.SHORT_ANSWER)
CASE = question(QuestionType.CASE)  # B weighing 2; two blanks weighing 1; true weighing 1
RIGHT: list[Answer] = ["B", ["接地", "50"], True]  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("content", "answer", "rule", "marks", "verdict"),
    [
        (PAIRS, ["A", "B", "C"], EXACT, "6", "right"),
        (PAIRS, ["A", "B", "C"], WHOLE, "6", "right"),
        (PAIRS, ["A", "C", "B"], EXACT, "2", "partial"),
        (PAIRS, ["A", "", ""], EXACT, "2", "partial"),
        (PAIRS, ["A", "B", "D"], WHOLE, "0", "wrong"),
        (PAIRS, ["B", "C", "A"], EXACT, "0", "wrong"),
        (PAIRS, ["", "", ""], EXACT, "0", "unanswered"),
        (PAIRS, None, EXACT, "0", "unanswered"),
        (ORDER, ["A", "B", "C", "D"], EXACT, "6", "right"),
        (ORDER, ["A", "B", "D", "C"], EXACT, "0", "wrong"),
        (ORDER, ["A", "B", "D", "C"], STEPS, "3", "partial"),
        (ORDER, ["B", "A", "D", "C"], STEPS, "0", "wrong"),
        (ORDER, None, STEPS, "0", "unanswered"),
        (SHORT, "断电、验电。", EXACT, "0", "unmarked"),
        (SHORT, "  ", EXACT, "0", "unanswered"),
        (SHORT, None, EXACT, "0", "unanswered"),
        (CASE, RIGHT, EXACT, "6", "right"),
        (CASE, ["B", None, None], EXACT, "3", "partial"),
        (CASE, ["A", ["接地", "0"], True], EXACT, "2.25", "partial"),
        (CASE, ["A", ["接地", "0"], True], WHOLE, "1.5", "partial"),
        (CASE, ["A", ["", ""], None], EXACT, "0", "wrong"),
        (CASE, ["B", None, False], PENALTY, "1", "partial"),
        (CASE, [None, None, False], PENALTY_BELOW, "0", "wrong"),
        (CASE, [None, ["", " "], None], EXACT, "0", "unanswered"),
        (CASE, None, EXACT, "0", "unanswered"),
    ],
)
def test_golden_cases(
    content: QuestionContent, answer: Answer, rule: MarkingRule, marks: str, verdict: str
) -> None:
    assert mark_answer(content, Decimal(6), answer, rule) == AnswerMark(
        marks=Decimal(marks), verdict=Verdict(verdict)
    )


@pytest.mark.parametrize(
    ("content", "raw"),
    [
        (PAIRS, ["A", "B"]),
        (PAIRS, ["A", "B", "C", "D"]),
        (PAIRS, ["A", "B", "Z"]),
        (PAIRS, ["A", "B", None]),
        (PAIRS, "ABC"),
        (PAIRS, {"1": "A"}),
        (ORDER, ["A", "B", "C"]),
        (ORDER, ["A", "B", "C", "C"]),
        (ORDER, ["A", "B", "C", "D", "A"]),
        (ORDER, ["A", "B", "C", ["D"]]),
        (ORDER, "ABCD"),
        (SHORT, "长" * 2001),
        (SHORT, ["一"]),
        (SHORT, 5),
        (CASE, ["B"]),
        (CASE, ["B", None, None, None]),
        (CASE, ["Z", None, None]),
        (CASE, ["B", ["x" * 201, ""], None]),
        (CASE, ["B", [["接地"], ""], None]),
        (CASE, [["B"], None, None]),
        (CASE, {"0": "B"}),
        (CASE, [[[[[["B"]]]]], None, None]),
    ],
)
def test_answers_of_another_shape_are_refused(content: QuestionContent, raw: object) -> None:
    with pytest.raises(MalformedAnswer):
        check_answer(content, raw)


@pytest.mark.parametrize(
    ("content", "raw"),
    [
        (PAIRS, ["A", "", "A"]),
        (ORDER, ["D", "C", "B", "A"]),
        (SHORT, "长" * 2000),
        (CASE, ["B", ["", ""], None]),
        (CASE, None),
    ],
)
def test_answers_of_the_right_shape_are_kept_as_they_are(
    content: QuestionContent, raw: object
) -> None:
    assert check_answer(content, raw) == raw


LETTERS = st.sampled_from(["A", "B", "C", "D", ""])
ANSWERS = {
    QuestionType.MATCHING: st.lists(LETTERS, min_size=3, max_size=3),
    QuestionType.ORDERING: st.permutations(["A", "B", "C", "D"]),
    QuestionType.CASE: st.tuples(
        st.sampled_from([None, *"ABCD"]),
        st.none() | st.lists(st.sampled_from(["", "接地", "50", "9"]), min_size=2, max_size=2),
        st.sampled_from([None, True, False]),
    ).map(list),
}
RULES = st.builds(
    MarkingRule,
    multiple=st.sampled_from(list(MultipleRule)),
    true_false_penalty=st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(3)]),
    each_blank=st.booleans(),
    each_pair=st.booleans(),
    each_step=st.booleans(),
)


@given(st.data(), st.sampled_from(list(ANSWERS)), RULES)
def test_marks_stay_between_nothing_and_all(
    data: st.DataObject, kind: QuestionType, rule: MarkingRule
) -> None:
    content, marks = question(kind), Decimal("2.5")
    answer = check_answer(content, data.draw(ANSWERS[kind]))
    mark = mark_answer(content, marks, answer, rule)
    assert 0 <= mark.marks <= marks
    assert (mark.marks == marks) == (mark.verdict is Verdict.RIGHT)
    assert (mark.verdict is Verdict.UNANSWERED) == is_unanswered(answer)
    assert MarkingRule.from_json(rule.to_json()) == rule


def test_a_rule_stored_before_there_were_pairs_reads_with_their_defaults() -> None:
    stored = EXACT.to_json()
    del stored["each_pair"], stored["each_step"]
    assert MarkingRule.from_json(stored) == EXACT


@given(
    st.integers(1, 200).map(lambda halves: Decimal(halves) / 2),
    st.lists(st.integers(1, 10), min_size=1, max_size=8),
)
def test_shares_add_up_to_the_marks(marks: Decimal, weights: list[int]) -> None:
    shares = share_marks(marks, weights)
    assert sum(shares) == marks
    assert len(shares) == len(weights)
    assert all(share >= 0 for share in shares)


def test_a_marker_judges_the_same_case_answer_once_and_right() -> None:
    paper = FrozenPaper(
        id=PaperId(1),
        content_hash="h",
        title="卷",
        questions=(PaperQuestion(number=1, marks=Decimal(6), content=CASE),),
    )
    marker = ScriptMarker(paper, EXACT)
    assert [marker.mark({1: answer}).total for answer in (RIGHT, ["B", None, None], RIGHT)] == [
        Decimal(6),
        Decimal(3),
        Decimal(6),
    ]
