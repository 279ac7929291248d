"""What a person is shown of a question before answering. Pure values.

``ShownQuestion`` carries no key and no explanation, so a template cannot give them away.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from lianbing.banks.dealing import deal
from lianbing.banks.rules import (
    Blank,
    BlanksKey,
    CaseKey,
    ChoiceKey,
    Key,
    MatchingKey,
    ModelKey,
    NumberBlank,
    OrderingKey,
    QuestionContent,
    QuestionType,
    TextBlank,
    TruthKey,
    part_contents,
)
from lianbing.banks.stems import BLANK
from lianbing.kernel.marks import show_mark

SHOWN_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
RULED_LINE = "＿＿"
TRUE_VALUE, FALSE_VALUE = "true", "false"


@dataclass(frozen=True, kw_only=True, slots=True)
class StemPart:
    """A run of text, or a blank by its number from 1.

    ``unit`` is the blank's unit; ``unit_follows`` says that the stem itself writes it next,
    as most do, so that it is not shown twice.
    """

    text: str = ""
    blank: int = 0
    unit: str = ""
    unit_follows: bool = False

    @property
    def shown_unit(self) -> str:
        """The unit to write beside the blank."""
        return "" if self.unit_follows else self.unit


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownOption:
    """An option: the ``value`` a form sends, the ``letter`` seen; true/false has no text."""

    value: str
    letter: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownQuestion:
    """A question as asked; ``blanks`` counts the blanks of a fill-in.

    ``prompts`` are a matching's left column; an ordering's steps are its options, in the order
    to start from; ``cases`` are the parts of a case, whose stem is the material.
    """

    type: QuestionType
    stem: str
    parts: tuple[StemPart, ...]
    options: tuple[ShownOption, ...]
    blanks: int
    prompts: tuple[str, ...] = ()
    cases: "tuple[ShownQuestion, ...]" = ()

    @property
    def blank_parts(self) -> dict[int, StemPart]:
        """The blanks by number, each with its unit."""
        return {part.blank: part for part in self.parts if part.blank}


def show_question(
    content: QuestionContent, *, seed: int, position: int, order: Sequence[str] = ()
) -> ShownQuestion:
    """The question as one drill asks it at one position; ``order`` as steps were moved so far."""
    return _shown(content, f"{seed}:{position}", order)


def _shown(content: QuestionContent, seed: str, order: Sequence[str]) -> ShownQuestion:
    is_true_false = content.type is QuestionType.TRUE_FALSE
    return ShownQuestion(
        type=content.type,
        stem=content.stem,
        parts=stem_parts(content),
        options=_truth_options() if is_true_false else _dealt_options(content, seed, order),
        blanks=len(content.key.blanks) if isinstance(content.key, BlanksKey) else 0,
        prompts=content.prompts,
        cases=tuple(
            _shown(part, f"{seed}:{number}", ())
            for number, part in enumerate(part_contents(content), start=1)
        ),
    )


def stem_parts(content: QuestionContent) -> tuple[StemPart, ...]:
    """The stem cut at its blanks, in reading order; ``{{n}}`` stays text in other types."""
    if not isinstance(content.key, BlanksKey):
        return (StemPart(text=content.stem),)
    pieces = BLANK.split(content.stem)
    parts: list[StemPart] = []
    for index, piece in enumerate(pieces):
        if index % 2:
            unit = _unit(content.key.blanks[int(piece) - 1])
            follows = bool(unit) and pieces[index + 1].lstrip().startswith(unit)
            parts.append(StemPart(blank=int(piece), unit=unit, unit_follows=follows))
        elif piece:
            parts.append(StemPart(text=piece))
    return tuple(parts)


def plain_stem(content: QuestionContent) -> str:
    """The stem as running text, its blanks as ruled lines; for lists."""
    return "".join(part.text or RULED_LINE + part.shown_unit for part in stem_parts(content))


def right_answer(content: QuestionContent) -> tuple[str, ...]:
    """The right answer in words, one line an option or a blank; true/false as its value."""
    texts = {option.letter: option.text for option in content.options}
    match content.key:
        case ChoiceKey(letters=letters):
            return tuple(option.text for option in content.options if option.letter in letters)
        case TruthKey(value=value):
            return (TRUE_VALUE if value else FALSE_VALUE,)
        case BlanksKey(blanks=blanks):
            return tuple(accepted_text(blank) for blank in blanks)
        case MatchingKey(letters=letters):
            pairs = zip(content.prompts, letters, strict=True)
            return tuple(f"{prompt} – {texts[letter]}" for prompt, letter in pairs)
        case OrderingKey(letters=letters):
            return tuple(f"{place}. {texts[own]}" for place, own in enumerate(letters, start=1))
        case ModelKey(text=text):
            return (text,)
        case CaseKey():
            return tuple(
                f"({number}) {'；'.join(right_answer(part))}"
                for number, part in enumerate(part_contents(content), start=1)
            )
        case _ as unknown:
            assert_never(unknown)


def accepted_text(blank: Blank) -> str:
    """What fills a blank: every accepted variant, or the number, its unit and tolerance."""
    match blank:
        case TextBlank(accept=accept):
            return " / ".join(accept)
        case NumberBlank(number=number, tolerance=tolerance, unit=unit):
            allowed = f" (±{show_mark(tolerance)})" if tolerance else ""
            return f"{show_mark(number)} {unit}".rstrip() + allowed
        case _ as unknown:
            assert_never(unknown)


def _truth_options() -> tuple[ShownOption, ...]:
    return (ShownOption(value=TRUE_VALUE), ShownOption(value=FALSE_VALUE))


def _dealt_options(
    content: QuestionContent, seed: str, order: Sequence[str]
) -> tuple[ShownOption, ...]:
    texts = {option.letter: option.text for option in content.options}
    if sorted(order) != sorted(texts):
        order = _dealt(tuple(texts), content.key, seed)
    return tuple(
        ShownOption(value=own, letter=letter, text=texts[own])
        for letter, own in zip(SHOWN_LETTERS, order, strict=False)
    )


def _dealt(letters: tuple[str, ...], key: Key, seed: str) -> tuple[str, ...]:
    rng = random.Random(seed)  # noqa: S311 - a reproducible order, not a secret
    return deal(letters, key, rng)


def _unit(blank: Blank) -> str:
    return blank.unit if isinstance(blank, NumberBlank) else ""
