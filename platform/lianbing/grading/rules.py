"""Marking: one pure function for every question type and rule (阅卷规则).

Conventions from DOMAIN.md: multiple choice is exact, or any wrong option scores nothing and a
partial selection (漏选) earns a fixed share or a sum a right option; a wrong true/false scores
nothing unless the exam deducts. Blanks and pairs share a question's marks; an ordering is right
or wrong as a whole unless the rule counts steps; a case earns what its parts earn. Marks are
decimals to the hundredth. docs/marking.md tells it to people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import assert_never

from lianbing.banks.rules import (
    Answer,
    BlanksKey,
    CaseKey,
    ChoiceKey,
    MatchingKey,
    ModelKey,
    OrderingKey,
    QuestionContent,
    QuestionType,
    TruthKey,
    part_contents,
)
from lianbing.grading.answers import (
    Checker,
    MalformedAnswer,
    answer_checker,
    check_answer,
    is_unanswered,
    texts_of,
)
from lianbing.grading.judging import filled, fills, in_place
from lianbing.grading.marking_rule import MarkingRule, MultipleRule, rule_hash
from lianbing.kernel.marks import ZERO, share_marks, to_mark
from lianbing.papers.rules import FrozenPaper, PaperQuestion

__all__ = [
    "AnswerMark",
    "Checker",
    "MalformedAnswer",
    "MarkSheet",
    "MarkingRule",
    "MultipleRule",
    "ScriptMarker",
    "Verdict",
    "answer_checker",
    "check_answer",
    "fills",
    "is_unanswered",
    "mark_answer",
    "mark_script",
    "rule_hash",
]

JUDGEMENTS_KEPT = 50_000


class Verdict(StrEnum):
    """What became of an answer; UNMARKED: people have to judge it and have not."""

    RIGHT = "right"
    PARTIAL = "partial"
    WRONG = "wrong"
    UNANSWERED = "unanswered"
    UNMARKED = "unmarked"


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerMark:
    """What one answer earned, in marks."""

    marks: Decimal
    verdict: Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class MarkSheet:
    """What a script earned: per question number, and in total (never below zero)."""

    total: Decimal
    items: dict[int, AnswerMark]


UNANSWERED = AnswerMark(marks=ZERO, verdict=Verdict.UNANSWERED)


def mark_answer(
    content: QuestionContent, marks: Decimal, answer: Answer, rule: MarkingRule
) -> AnswerMark:
    """Mark one answer; ``marks`` is what a right answer earns."""
    if is_unanswered(answer):
        return UNANSWERED
    match content.key:
        case ChoiceKey(letters=letters) if content.type is QuestionType.SINGLE_CHOICE:
            return _all_or_nothing(marks, right=(answer,) == letters)
        case ChoiceKey(letters=letters):
            return _mark_multiple(set(letters), set(texts_of(answer)), marks, rule)
        case TruthKey(value=value):
            if answer is value:
                return _all_or_nothing(marks, right=True)
            return AnswerMark(marks=-rule.true_false_penalty, verdict=Verdict.WRONG)
        case BlanksKey() | MatchingKey() | OrderingKey():
            return _mark_places(content.key, texts_of(answer), marks, rule)
        case ModelKey():
            return AnswerMark(marks=ZERO, verdict=Verdict.UNMARKED)
        case CaseKey():
            return _mark_case(content, marks, answer, rule)
        case _ as unknown:
            assert_never(unknown)


def part_marks(content: QuestionContent, marks: Decimal) -> tuple[Decimal, ...]:
    """What each part of a case is worth of the case's marks, by the parts' weights."""
    return share_marks(marks, [part.weight for part in content.parts])


def mark_parts(
    content: QuestionContent, marks: Decimal, answer: Answer, rule: MarkingRule
) -> tuple[AnswerMark, ...]:
    """Each part of a case marked by itself; a part without an answer is unanswered."""
    given = answer if isinstance(answer, list) else []
    answers = [*given, *[None] * (len(content.parts) - len(given))]
    worth = part_marks(content, marks)
    return tuple(
        mark_answer(part, own, part_answer, rule)
        for part, own, part_answer in zip(part_contents(content), worth, answers, strict=True)
    )


def _mark_case(
    content: QuestionContent, marks: Decimal, answer: Answer, rule: MarkingRule
) -> AnswerMark:
    """The sum of the parts, never below zero: what a penalty takes, it takes inside the case."""
    parts = mark_parts(content, marks, answer, rule)
    if all(part.verdict is Verdict.RIGHT for part in parts):
        return _all_or_nothing(marks, right=True)
    earned = max(sum((part.marks for part in parts), ZERO), ZERO)
    any_right = any(part.verdict in (Verdict.RIGHT, Verdict.PARTIAL) for part in parts)
    return AnswerMark(
        marks=to_mark(earned), verdict=Verdict.PARTIAL if any_right else Verdict.WRONG
    )


def mark_script(paper: FrozenPaper, answers: Mapping[int, Answer], rule: MarkingRule) -> MarkSheet:
    """Mark a whole script: answers by question number; what is missing is unanswered."""
    return ScriptMarker(paper, rule).mark(answers)


class ScriptMarker:
    """Marks many scripts of one paper; the same answer to the same question is judged once."""

    def __init__(self, paper: FrozenPaper, rule: MarkingRule) -> None:
        self._paper = paper
        self._rule = rule
        self._judged: dict[tuple[int, object], AnswerMark] = {}

    def mark(self, answers: Mapping[int, Answer]) -> MarkSheet:
        """The sheet of one script."""
        items = {
            question.number: self._judge(question, answers.get(question.number))
            for question in self._paper.questions
        }
        total = sum((item.marks for item in items.values()), ZERO)
        return MarkSheet(total=to_mark(max(total, ZERO)), items=items)

    def _judge(self, question: PaperQuestion, answer: Answer) -> AnswerMark:
        key = (question.number, _hashable(answer))
        known = self._judged.get(key)
        if known is None:
            if len(self._judged) >= JUDGEMENTS_KEPT:
                self._judged.clear()
            known = mark_answer(question.content, question.marks, answer, self._rule)
            self._judged[key] = known
        return known


def _hashable(answer: Answer) -> object:
    return tuple(_hashable(part) for part in answer) if isinstance(answer, list) else answer


def _all_or_nothing(marks: Decimal, *, right: bool) -> AnswerMark:
    if right:
        return AnswerMark(marks=to_mark(marks), verdict=Verdict.RIGHT)
    return AnswerMark(marks=ZERO, verdict=Verdict.WRONG)


def _mark_multiple(
    key: set[str], chosen: set[str], marks: Decimal, rule: MarkingRule
) -> AnswerMark:
    if chosen == key:
        return _all_or_nothing(marks, right=True)
    if chosen - key:
        return _all_or_nothing(marks, right=False)
    match rule.multiple:
        case MultipleRule.EXACT:
            return _all_or_nothing(marks, right=False)
        case MultipleRule.PARTIAL_SHARE:
            earned = to_mark(marks * rule.partial_share)
        case MultipleRule.PER_OPTION:
            earned = to_mark(min(rule.per_option * len(chosen), marks))
        case _ as unknown:
            assert_never(unknown)
    return AnswerMark(marks=earned, verdict=Verdict.PARTIAL if earned else Verdict.WRONG)


def _mark_places(
    key: BlanksKey | MatchingKey | OrderingKey, texts: list[str], marks: Decimal, rule: MarkingRule
) -> AnswerMark:
    match key:
        case BlanksKey(blanks=blanks):
            right, whole, parts_count = filled(blanks, texts), len(blanks), rule.each_blank
        case MatchingKey(letters=letters):
            right, whole, parts_count = in_place(letters, texts), len(letters), rule.each_pair
        case OrderingKey(letters=letters):
            right, whole, parts_count = in_place(letters, texts), len(letters), rule.each_step
        case _ as unknown:
            assert_never(unknown)
    return _mark_share(right, whole, marks, parts_count=parts_count)


def _mark_share(right: int, whole: int, marks: Decimal, *, parts_count: bool) -> AnswerMark:
    """All right earns all; some right earns its share where ``parts_count``, else nothing."""
    if right == whole:
        return _all_or_nothing(marks, right=True)
    if not right or not parts_count:
        return _all_or_nothing(marks, right=False)
    return AnswerMark(marks=to_mark(marks * right / whole), verdict=Verdict.PARTIAL)
