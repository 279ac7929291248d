"""Why an option is wrong: read, stored, moved with its letter, told only after the answer."""

import random
from decimal import Decimal
from pathlib import Path

import pytest
from tests.banks_factory import write_bank

from lianbing.banks.bank_reader import read_bank
from lianbing.banks.encoding import options_from_json, options_to_json
from lianbing.banks.rules import ChoiceKey, Option, QuestionContent, QuestionType
from lianbing.exams.own_result import review_items
from lianbing.grading.rules import AnswerMark, Verdict
from lianbing.kernel.ids import PaperId, QuestionVersionId
from lianbing.papers.freezing import deal_letters
from lianbing.papers.rules import FrozenPaper, PaperQuestion, candidate_paper, form_order
from lianbing.practice.feedback import show_feedback
from lianbing.practice.rules import BookChange
from lianbing.practice.shown import show_question

FILE = """\
- id: W-1
  point: A01
  grade: junior
  use: both
  difficulty: 0.5
  type: single_choice
  stem: 检修前首先应当
  options:
    A: 断电
    B: 登高
    C: 呼救
  why:
    B: 未断电登高仍会触电。
  key: A
  explanation: 先断电。
  source: {id: ohm, clause: 一}
"""
REASON = "未断电登高仍会触电。"
OPTIONS = (
    Option(letter="A", text="断电"),
    Option(letter="B", text="登高", why=REASON),
    Option(letter="C", text="呼救"),
)
CONTENT = QuestionContent(
    version_id=QuestionVersionId(1),
    type=QuestionType.SINGLE_CHOICE,
    stem="检修前首先应当",
    options=OPTIONS,
    key=ChoiceKey(letters=("A",)),
    explanation="先断电。",
    source=None,
    difficulty=Decimal("0.5"),
    point_code="A01",
    scope_code="A",
)


def test_a_bank_file_says_why_an_option_is_wrong(tmp_path: Path) -> None:
    read = read_bank(write_bank(tmp_path, questions=FILE))
    assert read.problems == ()
    assert read.bank is not None
    assert read.bank.questions[0].options == OPTIONS


def test_a_reason_for_what_is_no_option_is_refused(tmp_path: Path) -> None:
    read = read_bank(write_bank(tmp_path, questions=FILE.replace("    B: 未", "    D: 未")))
    assert any("'D'" in problem.message for problem in read.problems)


def test_it_is_stored_and_what_has_none_is_stored_as_before() -> None:
    stored = options_to_json(OPTIONS)
    assert stored == [["A", "断电"], ["B", "登高", REASON], ["C", "呼救"]]
    assert options_from_json(stored) == OPTIONS


def test_it_moves_with_its_option_and_no_candidate_sees_it() -> None:
    for seed in range(20):
        dealt = deal_letters(CONTENT, random.Random(seed))
        assert {option.text: option.why for option in dealt.options} == {
            option.text: option.why for option in OPTIONS
        }
    question = PaperQuestion(number=1, marks=Decimal(1), content=CONTENT)
    paper = FrozenPaper(id=PaperId(1), content_hash="x", title="", questions=(question,))
    assert REASON not in str(candidate_paper(paper))


def test_it_is_told_with_the_feedback_and_not_before() -> None:
    shown = show_question(CONTENT, seed=1, position=1)
    assert REASON not in str(shown)
    feedback = show_feedback(
        CONTENT, shown, "B", verdict=Verdict.WRONG, change=BookChange.ENTERED, streak=0
    )
    reasons = {row.option.text: row.why for row in feedback.checked.options}
    assert reasons == {"断电": "", "登高": REASON, "呼救": ""}


@pytest.mark.parametrize("verdict", [Verdict.WRONG, Verdict.UNANSWERED, Verdict.RIGHT])
def test_a_review_tells_it_by_the_letter_seen_unless_the_answer_was_right(verdict: Verdict) -> None:
    question = PaperQuestion(number=1, marks=Decimal(1), content=CONTENT)
    paper = FrozenPaper(id=PaperId(1), content_hash="x", title="", questions=(question,))
    for seed in range(10):
        order = form_order(paper, seed=seed, shuffle_questions=False, shuffle_options=True)
        mark = AnswerMark(marks=Decimal(0), verdict=verdict)
        [row] = review_items(paper, order, {1: "B"}, {1: mark})
        texts = dict(row.options)
        told = {texts[letter]: why for letter, why in row.whys.items()}
        assert told == ({} if verdict is Verdict.RIGHT else {"登高": REASON})
