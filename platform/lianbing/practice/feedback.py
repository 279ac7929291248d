"""What a person is shown of their answer: beside each thing given, what is right. Pure values.

It exists only once there is an answer.
"""

from dataclasses import dataclass
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
    SourceNote,
    TruthKey,
    part_contents,
)
from lianbing.grading.answers import texts_of
from lianbing.grading.rules import Verdict, fills, mark_answer
from lianbing.practice.rules import A_MARK, PRACTICE_RULE, BookChange
from lianbing.practice.shown import (
    FALSE_VALUE,
    TRUE_VALUE,
    ShownOption,
    ShownQuestion,
    accepted_text,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedOption:
    """An option after the answer; ``why`` it is wrong, where the bank says."""

    option: ShownOption
    chosen: bool
    right: bool
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedBlank:
    """A blank after the answer: what was written, and what would have been accepted."""

    number: int
    given: str
    accepted: str
    right: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedPair:
    """A prompt after the answer: what was put beside it, and what belongs there."""

    prompt: str
    given: str
    wanted: str
    right: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedStep:
    """A step in its right place; ``given``: the place it was put, 0 for none."""

    text: str
    given: int
    right: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """A question after the answer, or one part of a case; ``model``: a short answer's model."""

    question: ShownQuestion
    verdict: Verdict
    options: tuple[CheckedOption, ...]
    blanks: tuple[CheckedBlank, ...]
    pairs: tuple[CheckedPair, ...] = ()
    steps: tuple[CheckedStep, ...] = ()
    written: str = ""
    model: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Feedback:
    """An answered question with its key; ``streak`` is right answers in a row in the book."""

    checked: Checked
    cases: tuple[Checked, ...]
    explanation: str
    source: SourceNote | None
    change: BookChange
    streak: int

    @property
    def question(self) -> ShownQuestion:
        return self.checked.question

    @property
    def verdict(self) -> Verdict:
        return self.checked.verdict


def show_feedback(
    content: QuestionContent,
    question: ShownQuestion,
    answer: Answer,
    *,
    verdict: Verdict,
    change: BookChange,
    streak: int,
) -> Feedback:
    """The answered question: what was given beside what is right."""
    return Feedback(
        checked=_checked(content, question, answer, verdict),
        cases=_checked_cases(content, question, answer),
        explanation=content.explanation,
        source=content.source,
        change=change,
        streak=streak,
    )


def _checked(
    content: QuestionContent, question: ShownQuestion, answer: Answer, verdict: Verdict
) -> Checked:
    given, right = _chosen_values(answer), _right_values(content)
    why = {option.letter: option.why for option in content.options}
    is_chosen = isinstance(content.key, ChoiceKey | TruthKey)
    return Checked(
        question=question,
        verdict=verdict,
        options=tuple(
            CheckedOption(
                option=option,
                chosen=option.value in given,
                right=option.value in right,
                why=why.get(option.value, ""),
            )
            for option in question.options
            if is_chosen
        ),
        blanks=_checked_blanks(content, answer),
        pairs=_checked_pairs(content, answer),
        steps=_checked_steps(content, answer),
        written=answer if isinstance(content.key, ModelKey) and isinstance(answer, str) else "",
        model=content.key.text if isinstance(content.key, ModelKey) else "",
    )


def _checked_cases(
    content: QuestionContent, question: ShownQuestion, answer: Answer
) -> tuple[Checked, ...]:
    if content.type is not QuestionType.CASE:
        return ()
    given = answer if isinstance(answer, list) else [None] * len(question.cases)
    return tuple(
        _checked(part, shown, own, mark_answer(part, A_MARK, own, PRACTICE_RULE).verdict)
        for part, shown, own in zip(part_contents(content), question.cases, given, strict=True)
    )


def _chosen_values(answer: Answer) -> frozenset[str]:
    match answer:
        case bool():
            return frozenset({TRUE_VALUE if answer else FALSE_VALUE})
        case str():
            return frozenset({answer})
        case _:
            return frozenset(texts_of(answer))


def _right_values(content: QuestionContent) -> frozenset[str]:
    match content.key:
        case ChoiceKey(letters=letters):
            return frozenset(letters)
        case TruthKey(value=value):
            return _chosen_values(value)
        case BlanksKey() | MatchingKey() | OrderingKey() | ModelKey() | CaseKey():
            return frozenset()
        case _ as unknown:
            assert_never(unknown)


def _checked_blanks(content: QuestionContent, answer: Answer) -> tuple[CheckedBlank, ...]:
    if not isinstance(content.key, BlanksKey):
        return ()
    blanks = content.key.blanks
    given = texts_of(answer) or [""] * len(blanks)
    return tuple(
        CheckedBlank(
            number=number, given=text, accepted=accepted_text(blank), right=fills(blank, text)
        )
        for number, (blank, text) in enumerate(zip(blanks, given, strict=True), start=1)
    )


def _checked_pairs(content: QuestionContent, answer: Answer) -> tuple[CheckedPair, ...]:
    if not isinstance(content.key, MatchingKey):
        return ()
    texts = {option.letter: option.text for option in content.options}
    given = texts_of(answer) or [""] * len(content.prompts)
    return tuple(
        CheckedPair(
            prompt=prompt, given=texts.get(own, ""), wanted=texts[wanted], right=own == wanted
        )
        for prompt, wanted, own in zip(content.prompts, content.key.letters, given, strict=True)
    )


def _checked_steps(content: QuestionContent, answer: Answer) -> tuple[CheckedStep, ...]:
    if not isinstance(content.key, OrderingKey):
        return ()
    texts = {option.letter: option.text for option in content.options}
    given = texts_of(answer)
    places = {letter: place for place, letter in enumerate(given, start=1)}
    return tuple(
        CheckedStep(
            text=texts[letter], given=places.get(letter, 0), right=places.get(letter) == place
        )
        for place, letter in enumerate(content.key.letters, start=1)
    )
