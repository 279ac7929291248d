"""What options and keys must be, type by type; the parts of a case are checked like questions."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import assert_never

from lianbing.banks.bank_file import QuestionEntry
from lianbing.banks.problems import Path, Problem, folded, has_control
from lianbing.banks.rules import (
    PART_TYPES,
    BlanksKey,
    CaseKey,
    ChoiceKey,
    MatchingKey,
    ModelKey,
    NumberBlank,
    Option,
    OrderingKey,
    QuestionType,
    TextBlank,
    TruthKey,
)
from lianbing.kernel.errors import N_

LETTERS = "ABCDEF"
FEWEST_OPTIONS = 3
FEWEST_PAIRS, MOST_PAIRS, MOST_RIGHTS = 2, 8, 12
FEWEST_STEPS, MOST_STEPS = 3, 8
FEWEST_PARTS, MOST_PARTS = 2, 8
HEAVIEST_PART = 10
LONGEST_OPTION = 500
BLANK = re.compile(r"\{\{([^{}]*)\}\}")


def key_problems(entry: QuestionEntry) -> Iterator[Problem]:
    """Everything that keeps options and key from being those of the question's type."""
    key = entry.key
    match entry.type:
        case QuestionType.SINGLE_CHOICE | QuestionType.MULTIPLE_CHOICE if isinstance(
            key, ChoiceKey
        ):
            yield from _option_problems(entry)
            yield from _letter_problems(entry, key)
            yield from _no_blanks(entry)
        case QuestionType.TRUE_FALSE if isinstance(key, TruthKey):
            yield from _no_options(entry)
            yield from _no_blanks(entry)
        case QuestionType.FILL_BLANK if isinstance(key, BlanksKey):
            yield from _no_options(entry)
            yield from _blank_problems(entry, key)
        case QuestionType.MATCHING if isinstance(key, MatchingKey):
            yield from _matching_problems(entry, key)
            yield from _no_blanks(entry)
        case QuestionType.ORDERING if isinstance(key, OrderingKey):
            yield from _ordering_problems(entry, key)
            yield from _no_blanks(entry)
        case QuestionType.SHORT_ANSWER if isinstance(key, ModelKey):
            yield from _no_options(entry)
            yield from _no_blanks(entry)
            if not key.text.strip():
                message = N_("The model answer is empty. Write what a good answer says.")
                yield Problem(path=("answer",), message=message)
            elif has_control(key.text):
                message = N_("The text holds a control character. Remove it.")
                yield Problem(path=("answer",), message=message)
        case QuestionType.CASE if isinstance(key, CaseKey):
            yield from _case_problems(entry, key)
            yield from _no_blanks(entry)
        case _:
            message = N_("The key does not fit the type of the question.")
            yield Problem(path=("key",), message=message)


def _option_problems(entry: QuestionEntry) -> Iterator[Problem]:
    letters = "".join(option.letter for option in entry.options)
    if not FEWEST_OPTIONS <= len(letters) <= len(LETTERS) or not LETTERS.startswith(letters):
        message = N_("Give 3 to 6 options, lettered A, B, C… in order.")
        yield Problem(path=("options",), message=message)
    seen: set[str] = set()
    for option in entry.options:
        message = _text_problem(option, seen)
        if message:
            params: dict[str, object] = {"letter": option.letter}
            yield Problem(path=("options", option.letter), message=message, params=params)


def _text_problem(option: Option, seen: set[str]) -> str:
    plain = folded(option.text)
    if not option.text.strip():
        return N_("Option %(letter)s is empty. Write it, or leave it out.")
    if plain in seen:
        return N_("Option %(letter)s says the same as another one. Change it.")
    if has_control(option.text):
        return N_("Option %(letter)s holds a control character. Remove it.")
    if len(option.text) > LONGEST_OPTION:
        return N_("Option %(letter)s is longer than 500 characters. Shorten it.")
    seen.add(plain)
    return ""


def _letter_problems(entry: QuestionEntry, key: ChoiceKey) -> Iterator[Problem]:
    letters = [option.letter for option in entry.options]
    for letter in key.letters:
        if letter not in letters:
            message = N_("The key names %(letter)s, which is not among the options.")
            yield Problem(path=("key",), message=message, params={"letter": letter})
    if list(key.letters) != sorted(set(key.letters)):
        message = N_("Write the letters of the key in order, each once, such as ABD.")
        yield Problem(path=("key",), message=message)
    if entry.type is QuestionType.SINGLE_CHOICE and len(key.letters) != 1:
        message = N_("A single choice has exactly one right option.")
        yield Problem(path=("key",), message=message)
    if entry.type is QuestionType.MULTIPLE_CHOICE and len(key.letters) < 2:
        message = N_("A multiple choice has at least two right options.")
        yield Problem(path=("key",), message=message)


def _no_blanks(entry: QuestionEntry) -> Iterator[Problem]:
    if BLANK.search(entry.stem):
        message = N_("Only a fill-in has blanks. Take {{n}} out of the stem, or change the type.")
        yield Problem(path=("stem",), message=message)


def _no_options(entry: QuestionEntry) -> Iterator[Problem]:
    if entry.options:
        message = N_("Only choices have options. Take them out, or change the type.")
        yield Problem(path=("options",), message=message)


def _blank_problems(entry: QuestionEntry, key: BlanksKey) -> Iterator[Problem]:
    wanted = [str(number) for number in range(1, len(key.blanks) + 1)]
    if not key.blanks or sorted(BLANK.findall(entry.stem)) != sorted(wanted):
        message = N_(
            "Mark each blank once in the stem, {{1}}, {{2}}…, one for each of the %(count)s given."
        )
        yield Problem(path=("stem",), message=message, params={"count": len(key.blanks)})
    for index, blank in enumerate(key.blanks):
        path = ("blanks", index)
        match blank:
            case NumberBlank():
                if blank.tolerance < 0:
                    message = N_("A tolerance is zero or more.")
                    yield Problem(path=(*path, "tolerance"), message=message)
            case TextBlank():
                plain = [folded(variant) for variant in blank.accept]
                if not plain or not all(plain):
                    message = N_("Give at least one accepted answer, none of them empty.")
                    yield Problem(path=(*path, "accept"), message=message)
                elif len(set(plain)) < len(plain):
                    message = N_("Two accepted answers are the same; case and width do not count.")
                    yield Problem(path=(*path, "accept"), message=message)
            case _ as unknown:
                assert_never(unknown)


def _matching_problems(entry: QuestionEntry, key: MatchingKey) -> Iterator[Problem]:
    if not FEWEST_PAIRS <= len(entry.prompts) <= MOST_PAIRS:
        yield Problem(path=("pairs",), message=N_("A matching has 2 to 8 pairs."))
    if len(entry.options) > MOST_RIGHTS:
        message = N_("A matching has at most 12 entries on the right, those that fit nothing too.")
        yield Problem(path=("extra",), message=message)
    letters = [option.letter for option in entry.options]
    fitting = len(key.letters) == len(entry.prompts) == len(set(key.letters))
    if not fitting or not set(key.letters) <= set(letters):
        message = N_("Each entry on the left has one of its own on the right.")
        yield Problem(path=("pairs",), message=message)
    yield from _column_problems(entry.prompts, lambda index: ("pairs", index, "left"))
    yield from _column_problems(
        [option.text for option in entry.options],
        lambda index: (
            ("pairs", index, "right")
            if index < len(entry.prompts)
            else ("extra", index - len(entry.prompts))
        ),
    )


def _ordering_problems(entry: QuestionEntry, key: OrderingKey) -> Iterator[Problem]:
    if not FEWEST_STEPS <= len(entry.options) <= MOST_STEPS:
        yield Problem(path=("steps",), message=N_("An ordering has 3 to 8 steps."))
    if sorted(key.letters) != sorted(option.letter for option in entry.options):
        message = N_("The key does not fit the type of the question.")
        yield Problem(path=("steps",), message=message)
    yield from _column_problems(
        [option.text for option in entry.options], lambda index: ("steps", index)
    )


def _column_problems(texts: Sequence[str], path_of: Callable[[int], Path]) -> Iterator[Problem]:
    """Entries of a column that are empty, the same as an earlier one, too long or unprintable."""
    seen: set[str] = set()
    for index, text in enumerate(texts):
        plain = folded(text)
        if not plain:
            message = N_("This entry is empty. Write it, or leave it out.")
        elif plain in seen:
            message = N_("This entry says the same as another one. Change it.")
        elif has_control(text):
            message = N_("The text holds a control character. Remove it.")
        elif len(text) > LONGEST_OPTION:
            message = N_("This entry is longer than 500 characters. Shorten it.")
        else:
            seen.add(plain)
            continue
        yield Problem(path=path_of(index), message=message)


def _case_problems(entry: QuestionEntry, key: CaseKey) -> Iterator[Problem]:
    if not FEWEST_PARTS <= len(entry.parts) <= MOST_PARTS:
        yield Problem(path=("parts",), message=N_("A case has 2 to 8 parts."))
    if len(key.keys) != len(entry.parts):
        message = N_("The key does not fit the type of the question.")
        yield Problem(path=("parts",), message=message)
        return
    for index, (part, own) in enumerate(zip(entry.parts, key.keys, strict=True)):
        path: Path = ("parts", index)
        if not part.stem.strip():
            message = N_("The stem is empty. Write the question.")
            yield Problem(path=(*path, "stem"), message=message)
        if not 1 <= part.weight <= HEAVIEST_PART:
            message = N_("The weight of a part is a whole number from 1 to 10.")
            yield Problem(path=(*path, "weight"), message=message)
        if part.type not in PART_TYPES:
            message = N_("A part is a choice, a true or false, or a fill-in.")
            yield Problem(path=(*path, "type"), message=message)
            continue
        alone = replace(
            entry, type=part.type, stem=part.stem, options=part.options, key=own, parts=()
        )
        for problem in key_problems(alone):
            yield replace(problem, path=(*path, *problem.path))
