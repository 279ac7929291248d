"""The shapes of answers: what a device may send for a question, in one canonical form; pure.

A checker is made once a question and runs with every save, so it does no more than it must;
what is giant or of another shape is refused, never trimmed.
"""

from collections.abc import Callable
from functools import partial
from typing import TypeGuard, assert_never

from lianbing.banks.rules import (
    Answer,
    BlanksKey,
    QuestionContent,
    QuestionType,
    SimpleAnswer,
    part_contents,
)

LONGEST_BLANK = 200
LONGEST_TEXT = 2000


class MalformedAnswer(ValueError):
    """The answer's shape does not fit the question's type."""


Checker = Callable[[object], Answer]
"""Takes what a device sent for one question; gives its canonical form or MalformedAnswer."""
PartChecker = Callable[[object], SimpleAnswer]


def check_answer(content: QuestionContent, raw: object) -> Answer:
    """The answer in its canonical form, or MalformedAnswer; None withdraws an answer."""
    return answer_checker(content)(raw)


def answer_checker(content: QuestionContent) -> Checker:
    """What checks the answers to a question: made once a question, since saves are many."""
    if content.type is QuestionType.CASE:
        return partial(_parts, tuple(_checker(part) for part in part_contents(content)))
    return _checker(content)


def _checker(content: QuestionContent) -> PartChecker:
    letters = frozenset(option.letter for option in content.options)
    match content.type:
        case QuestionType.SINGLE_CHOICE:
            return partial(_one_letter, letters)
        case QuestionType.MULTIPLE_CHOICE:
            return partial(_letters, letters)
        case QuestionType.TRUE_FALSE:
            return _truth
        case QuestionType.FILL_BLANK:
            blanks = content.key.blanks if isinstance(content.key, BlanksKey) else ()
            return partial(_texts, len(blanks))
        case QuestionType.MATCHING:
            return partial(_matches, letters | {""}, len(content.prompts))
        case QuestionType.ORDERING:
            return partial(_sequence, letters)
        case QuestionType.SHORT_ANSWER:
            return _text
        case QuestionType.CASE:
            raise ValueError("a case is no part of a case")
        case _ as unknown:
            assert_never(unknown)


def _one_letter(letters: frozenset[str], raw: object) -> SimpleAnswer:
    if raw is None or (isinstance(raw, str) and raw in letters):
        return raw
    raise MalformedAnswer


def _letters(letters: frozenset[str], raw: object) -> SimpleAnswer:
    if raw is None:
        return None
    if _is_text_list(raw) and letters.issuperset(raw) and len(set(raw)) == len(raw):
        return sorted(raw)
    raise MalformedAnswer


def _truth(raw: object) -> SimpleAnswer:
    if raw is None or isinstance(raw, bool):
        return raw
    raise MalformedAnswer


def _texts(blanks: int, raw: object) -> SimpleAnswer:
    if raw is None:
        return None
    if (
        _is_text_list(raw)
        and len(raw) == blanks
        and all(len(text) <= LONGEST_BLANK for text in raw)
    ):
        return list(raw)
    raise MalformedAnswer


def _matches(choices: frozenset[str], prompts: int, raw: object) -> SimpleAnswer:
    if raw is None:
        return None
    if _is_text_list(raw) and len(raw) == prompts and choices.issuperset(raw):
        return list(raw)
    raise MalformedAnswer


def _sequence(letters: frozenset[str], raw: object) -> SimpleAnswer:
    if raw is None:
        return None
    if _is_text_list(raw) and len(raw) == len(letters) and letters == set(raw):
        return list(raw)
    raise MalformedAnswer


def _text(raw: object) -> SimpleAnswer:
    if raw is None or (isinstance(raw, str) and len(raw) <= LONGEST_TEXT):
        return raw
    raise MalformedAnswer


def _parts(checkers: tuple[PartChecker, ...], raw: object) -> Answer:
    if raw is None:
        return None
    if isinstance(raw, list) and len(raw) == len(checkers):
        return [check(part) for check, part in zip(checkers, raw, strict=True)]
    raise MalformedAnswer


def _is_text_list(raw: object) -> TypeGuard[list[str]]:
    return isinstance(raw, list) and all(isinstance(part, str) for part in raw)


def is_unanswered(answer: Answer) -> bool:
    """Whether there is nothing to mark: None, no letters, only empty blanks, only empty parts."""
    match answer:
        case bool():
            return False
        case None:
            return True
        case str():
            return not answer.strip()
        case list():
            return all(is_unanswered(part) for part in answer)
        case _ as unknown:
            assert_never(unknown)


def texts_of(answer: Answer) -> list[str]:
    """The texts of an answer that is a list of them; empty for every other shape."""
    return answer if _is_text_list(answer) else []
