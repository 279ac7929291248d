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
from lianbing.kernel.errors import N_

GAP = re.compile(r"[_＿]{2,}|[（(][\s　_]*[)）]|【\s*】")
EMPTY_BRACKETS = re.compile(r"[（(][\s　]*[)）]")
ANSWERED = re.compile(
    r"[（(]\s*([A-HＡ-Ｈa-h](?:[\s,，、]*[A-HＡ-Ｈa-h]){0,7}|√|×|✓|✗|对|错|正确|错误|T|F)\s*[)）]"
)
"""Brackets of a stem that hold an answer, as trainers' own copies of papers have them."""
LABELLED = re.compile(
    r"\s*[【\[]?\s*(?:(?:正确|参考|标准|试题)?答案)\s*(?:[】\]]\s*[:：]?|[:：])\s*"
)
AT_END = re.compile(r"[\s。.？?！!]*$")
OTHER_ANSWER = N_("The stem ends with another answer in brackets than the one given. Check both.")
ANSWERED_IN_STEM = (
    QuestionType.SINGLE_CHOICE,
    QuestionType.MULTIPLE_CHOICE,
    QuestionType.TRUE_FALSE,
)
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


def bare_answer(text: str) -> str:
    """An answer without the word that says it is one: ``答案：ABD`` in a cell."""
    return text[found.end() :] if (found := LABELLED.match(text)) else text


def without_answer(stem: str, answer: str) -> tuple[str, str, bool]:
    """A stem with empty brackets where the answer stood in it, and the answer.

    A stem may show its key (``应采用（ABD）。``) although the answer also stands elsewhere: nobody
    who is asked may see it. The last is whether the stem ends with another answer than the
    one given; then it stays as it is.
    """
    found = list(ANSWERED.finditer(stem))
    if not found or EMPTY_BRACKETS.search(stem):
        return stem, answer, False
    last = found[-1]
    if answer and not _same_answer(last[1], answer):
        return stem, answer, bool(AT_END.fullmatch(stem[last.end() :]))
    return f"{stem[: last.start()]}（　）{stem[last.end() :]}", answer or last[1], False


def _same_answer(one: str, other: str) -> bool:
    letters = letters_of(one)
    if letters is not None and letters_of(other) is not None:
        return sorted(letters) == sorted(letters_of(other) or ())
    return truth_of(one) is not None and truth_of(one) == truth_of(other)


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
