"""What a candidate sees of the own result: nothing before its release, then exactly that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from string import ascii_uppercase
from typing import assert_never

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.rules import (
    Answer,
    BlanksKey,
    CaseKey,
    ChoiceKey,
    Key,
    MatchingKey,
    ModelKey,
    NumberBlank,
    OrderingKey,
    PartKey,
    QuestionContent,
    QuestionType,
    SimpleAnswer,
    TextBlank,
    TruthKey,
    part_contents,
)
from lianbing.exams.closing import seconds_used
from lianbing.exams.models import Attempt, ResultList, ResultRow
from lianbing.exams.queries import ExamRow
from lianbing.exams.rules import AttemptState, Release, is_released
from lianbing.grading.answers import texts_of
from lianbing.grading.queries import MarkedScript, find_marked_script
from lianbing.grading.rules import AnswerMark, Verdict
from lianbing.kernel.ids import AttemptId, QuestionVersionId
from lianbing.papers.queries import get_frozen_paper
from lianbing.papers.rules import FormOrder, FrozenPaper, PaperQuestion, form_order

LETTERS = ascii_uppercase


class ResultState(StrEnum):
    """Whether there is something to see yet."""

    WAITING = "waiting"
    RELEASED = "released"


@dataclass(frozen=True, kw_only=True, slots=True)
class PartRow:
    """One part of a released case, its options under the letters the candidate saw."""

    type: QuestionType
    stem: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemRow:
    """One question of a released script; answers in their own shapes, the view words them.

    ``whys``: why an option is wrong, by its letter, where the bank says so and the answer was not
    right.
    """

    number: int
    version_id: QuestionVersionId
    type: QuestionType
    stem: str
    options: tuple[tuple[str, str], ...]
    prompts: tuple[str, ...]
    parts: tuple[PartRow, ...]
    my_answer: Answer
    right_answer: Answer
    marks: Decimal
    of: Decimal
    verdict: Verdict
    explanation: str
    source: str
    whys: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnResult:
    """A candidate's result as far as it is released."""

    state: ResultState
    release: Release
    explanations_release: Release
    explained: bool = False
    marks: Decimal | None = None
    total_marks: Decimal | None = None
    passed: bool = False
    rank: int | None = None
    seconds_used: int = 0
    items: tuple[ItemRow, ...] = ()


def find_own_result(
    session: Session, exam: ExamRow, attempt_id: AttemptId, *, now: datetime
) -> OwnResult:
    """The result of an attempt, held back as the exam's release rules say."""
    attempt = session.get_one(Attempt, attempt_id)
    ended = attempt.state != AttemptState.OPEN
    for_all = ended and exam.paused_at is None and now > exam.last_final_at
    released = is_released(
        exam.results_release, exam_state=exam.state, closed_for_all=for_all, attempt_ended=ended
    )
    marked = find_marked_script(session, attempt_id)
    waiting = OwnResult(
        state=ResultState.WAITING,
        release=exam.results_release,
        explanations_release=exam.explanations_release,
    )
    if not released or marked is None or not ended:
        return waiting
    explained = is_released(
        exam.explanations_release,
        exam_state=exam.state,
        closed_for_all=for_all,
        attempt_ended=ended,
    )
    return OwnResult(
        state=ResultState.RELEASED,
        release=exam.results_release,
        explanations_release=exam.explanations_release,
        explained=explained,
        marks=marked.total,
        total_marks=exam.total_marks,
        passed=marked.total >= exam.pass_mark,
        rank=_published_rank(session, attempt),
        seconds_used=seconds_used(attempt),
        items=_items(session, exam, attempt, marked) if explained else (),
    )


def _published_rank(session: Session, attempt: Attempt) -> int | None:
    return session.scalar(
        select(ResultRow.rank)
        .join(ResultList, ResultList.id == ResultRow.result_list_id)
        .where(ResultList.exam_id == attempt.exam_id, ResultRow.attempt_id == attempt.id)
        .order_by(ResultList.version.desc())
        .limit(1)
    )


def _items(
    session: Session, exam: ExamRow, attempt: Attempt, marked: MarkedScript
) -> tuple[ItemRow, ...]:
    """The questions as this candidate saw them: own order, own letters."""
    paper = get_frozen_paper(session, exam.paper_id)
    order = form_order(
        paper,
        seed=attempt.order_seed,
        shuffle_questions=exam.shuffle_questions,
        shuffle_options=exam.shuffle_options,
    )
    return review_items(paper, order, marked.answers, marked.items)


def review_items(
    paper: FrozenPaper,
    order: FormOrder,
    answers: Mapping[int, Answer],
    marks: Mapping[int, AnswerMark],
) -> tuple[ItemRow, ...]:
    """Every question of a marked sitting with its answer and key, as its form showed it."""
    by_number = {question.number: question for question in paper.questions}
    return tuple(
        _item(
            position,
            by_number[number],
            seen_letters(order.letters[number]),
            [seen_letters(dealt) for dealt in order.part_letters.get(number, ())],
            answers.get(number),
            marks[number],
        )
        for position, number in enumerate(order.questions, start=1)
    )


def seen_letters(dealt: tuple[str, ...]) -> dict[str, str]:
    """A candidate's own letters by the paper's: options are lettered anew in the order shown."""
    return dict(zip(dealt, LETTERS, strict=False))


def _item(
    position: int,
    question: PaperQuestion,
    seen_as: dict[str, str],
    parts_seen_as: Sequence[dict[str, str]],
    answer: Answer,
    mark: AnswerMark,
) -> ItemRow:
    content = question.content
    source = content.source
    parts = part_contents(content)
    return ItemRow(
        number=position,
        version_id=content.version_id,
        type=content.type,
        stem=content.stem,
        options=_seen_options(content, seen_as),
        prompts=content.prompts,
        parts=tuple(
            PartRow(type=part.type, stem=part.stem, options=_seen_options(part, own))
            for part, own in zip(parts, parts_seen_as, strict=True)
        ),
        my_answer=_relabel(content.key, answer, seen_as, parts_seen_as),
        right_answer=_relabel(content.key, right_answer(content.key), seen_as, parts_seen_as),
        marks=mark.marks,
        of=question.marks,
        verdict=mark.verdict,
        explanation=content.explanation,
        source=" ".join((source.title, source.edition, source.clause)).strip() if source else "",
        whys={}
        if mark.verdict is Verdict.RIGHT
        else {seen_as[option.letter]: option.why for option in content.options if option.why},
    )


def _seen_options(content: QuestionContent, seen_as: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((seen_as[option.letter], option.text) for option in content.options))


def _relabel(
    key: Key, answer: Answer, seen_as: dict[str, str], parts_seen_as: Sequence[dict[str, str]]
) -> Answer:
    if isinstance(key, CaseKey) and isinstance(answer, list):
        return [
            _relabel_letters(part_key, part, own)
            for part_key, part, own in zip(key.keys, answer, parts_seen_as, strict=True)
        ]
    return _relabel_letters(key, answer, seen_as)


def _relabel_letters(key: Key, answer: Answer, seen_as: dict[str, str]) -> SimpleAnswer:
    if isinstance(key, ChoiceKey):
        given = [answer] if isinstance(answer, str) else texts_of(answer)
        return sorted(seen_as[letter] for letter in given) or None
    if isinstance(key, MatchingKey | OrderingKey):
        return [seen_as.get(letter, "") for letter in texts_of(answer)] or None
    return answer if isinstance(answer, str | bool) else texts_of(answer) or None


def right_answer(key: Key) -> Answer:
    """A key written as an answer would be; the first accepted variant of a blank."""
    match key:
        case MatchingKey(letters=letters) | OrderingKey(letters=letters):
            return list(letters)
        case ModelKey(text=text):
            return text
        case CaseKey(keys=keys):
            return [_right_part(part) for part in keys]
        case ChoiceKey() | TruthKey() | BlanksKey():
            return _right_part(key)
        case _ as unknown:
            assert_never(unknown)


def _right_part(key: PartKey) -> SimpleAnswer:
    match key:
        case ChoiceKey(letters=letters):
            return list(letters)
        case TruthKey(value=value):
            return value
        case BlanksKey(blanks=blanks):
            return [_right_text(blank) for blank in blanks]
        case _ as unknown:
            assert_never(unknown)


def _right_text(blank: TextBlank | NumberBlank) -> str:
    if isinstance(blank, TextBlank):
        return blank.accept[0]
    return f"{blank.number.normalize():f}{blank.unit and ' ' + blank.unit}"
