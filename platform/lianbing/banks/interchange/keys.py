"""From an answer as written to the key of a type; gaps in stems to numbered blanks; pure."""

import re
from collections.abc import Sequence

from lianbing.banks.interchange.answers import blanks_of, letters_of, truth_of
from lianbing.banks.rules import (
    ChoiceKey,
    Key,
    ModelKey,
    Option,
    OrderingKey,
    QuestionType,
    TruthKey,
)

GAP = re.compile(r"[_＿]{2,}|[（(][\s　_]*[)）]|【\s*】")
EMPTY_BRACKETS = re.compile(r"[（(][\s　]*[)）]")
RULE = re.compile(r"[_＿]{2,}|\{\{1\}\}")


def numbered_gaps(stem: str) -> str:
    """Rules and empty brackets become ``{{1}}``, ``{{2}}``…; a stem that has these stays."""
    if "{{1}}" in stem:
        return stem
    count = 0

    def blank(_found: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return f"{{{{{count}}}}}"

    return GAP.sub(blank, stem)


def guessed_type(stem: str, options: Sequence[Option], answer: str) -> QuestionType:
    """The type that stem, options and answer speak for, where the file names none."""
    if len(options) >= 2:
        texts = [truth_of(option.text) for option in options]
        if len(texts) == 2 and set(texts) == {True, False}:
            return QuestionType.TRUE_FALSE
        return _choice(answer)
    if truth_of(answer) is not None:
        return QuestionType.TRUE_FALSE
    if RULE.search(stem) or (answer and EMPTY_BRACKETS.search(stem)):
        return QuestionType.FILL_BLANK
    return QuestionType.SHORT_ANSWER


def _choice(answer: str) -> QuestionType:
    many = len(letters_of(answer) or ()) > 1
    return QuestionType.MULTIPLE_CHOICE if many else QuestionType.SINGLE_CHOICE


def key_of(kind: QuestionType, stem: str, options: Sequence[Option], answer: str) -> Key | None:
    """The key an answer means for a type; None when it means nothing."""
    letters = letters_of(answer)
    match kind:
        case QuestionType.SINGLE_CHOICE | QuestionType.MULTIPLE_CHOICE:
            return ChoiceKey(letters=tuple(sorted(letters))) if letters else None
        case QuestionType.TRUE_FALSE:
            value = _truth(options, answer, letters)
            return TruthKey(value=value) if value is not None else None
        case QuestionType.FILL_BLANK:
            return blanks_of(answer, stem.count("{{"))
        case QuestionType.ORDERING:
            return OrderingKey(letters=letters) if letters else None
        case _:
            return ModelKey(text=answer) if answer else None


def _truth(options: Sequence[Option], answer: str, letters: tuple[str, ...] | None) -> bool | None:
    """True or false by word, or by the letter of an option that says so; A is true."""
    if letters and len(letters) == 1:
        texts = {option.letter: option.text for option in options}
        if letters[0] in texts:
            return truth_of(texts[letters[0]])
        if not options and letters[0] in "AB":
            return letters[0] == "A"
    found = truth_of(answer)
    return found if found is not None else {"1": True, "0": False}.get(answer.strip())
