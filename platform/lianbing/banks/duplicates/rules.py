"""Questions that ask nearly the same: found by how alike their texts are; pure.

Width, case, spaces, punctuation and the form of blanks make no difference. Scores run from 0 to
100: rapidfuzz's ratio over what is left. docs/adr/0067 tells how the threshold was chosen.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import numpy
from rapidfuzz import fuzz, process

from lianbing.banks.bank_file import BankFile
from lianbing.banks.duplicates.sieve import could_be_alike
from lianbing.banks.rendering import plain_text
from lianbing.banks.rules import (
    BlanksKey,
    CasePart,
    ChoiceKey,
    Key,
    MatchingKey,
    ModelKey,
    NumberBlank,
    Option,
    OrderingKey,
    TruthKey,
)

ALIKE_FROM = 80
"""Stems this alike are shown as near duplicates."""
MOST_PAIRS = 5_000
"""More than anybody looks at."""
SHORTEST = 4
"""What is shorter is still being typed."""
BLANK = re.compile(r"\{\{\d+\}\}|_{2,}|＿+|[(（]\s*[)）]")
NO_WORD = re.compile(r"[\W_]+")
NORMALISED_KEPT = 65_536
FOUND_KEPT = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A question as it is compared: ``name`` tells it to people."""

    name: str
    text: str
    right: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Two questions by their index, the earlier first; ``score`` from 0 to 100.

    ``same_answer``: their right answers say the same, so one of them is probably too many.
    """

    first: int
    second: int
    score: int
    same_answer: bool


@lru_cache(NORMALISED_KEPT)
def normal(text: str) -> str:
    """A text as compared: letters, characters and digits alone, in one width and case."""
    plain = unicodedata.normalize("NFKC", BLANK.sub("〇", plain_text(text))).casefold()
    return NO_WORD.sub("", plain)


def asked(
    name: str,
    stem: str,
    options: Sequence[Option],
    key: Key,
    *,
    prompts: Sequence[str] = (),
    parts: Sequence[CasePart] = (),
) -> Asked:
    """A question as it is compared; what a matching or a case asks stands beside its stem."""
    besides = [*prompts, *(part.stem for part in parts)]
    if isinstance(key, MatchingKey | OrderingKey):
        besides += [option.text for option in options]
    return Asked(
        name=name, text=normal("".join([stem, *besides])), right=normal(_right(options, key))
    )


def asked_of(bank: BankFile | None) -> tuple[Asked, ...]:
    """The questions of a bank folder as they are compared; none of one that could not be read."""
    return tuple(
        asked(
            entry.code,
            entry.stem,
            entry.options,
            entry.key,
            prompts=entry.prompts,
            parts=entry.parts,
        )
        for entry in (bank.questions if bank is not None else ())
    )


def _right(options: Sequence[Option], key: Key) -> str:
    texts = {option.letter: option.text for option in options}
    match key:
        case ChoiceKey(letters=letters):
            return "|".join(sorted(texts.get(letter, "") for letter in letters))
        case TruthKey(value=value):
            return "true" if value else "false"
        case BlanksKey(blanks=blanks):
            return "|".join(
                f"{blank.number:f}{blank.unit}"
                if isinstance(blank, NumberBlank)
                else blank.accept[0]
                for blank in blanks
            )
        case ModelKey(text=text):
            return text
        case _:
            return ""  # of the others, the text compared holds the answer


@lru_cache(FOUND_KEPT)
def near_pairs(
    questions: tuple[Asked, ...], *, alike_from: int = ALIKE_FROM, most: int = MOST_PAIRS
) -> tuple[Pair, ...]:
    """The pairs of questions alike enough, the most alike first; known for the same questions.

    None is missed, but of a bank made of one template that has more than ``most`` the most alike
    are kept: all of them would be millions.
    """
    texts = [question.text for question in questions]
    found: list[tuple[int, int, int]] = []
    for ones, others in could_be_alike(texts, alike_from=alike_from):
        scores = process.cpdist(
            [texts[one] for one in ones],
            [texts[other] for other in others],
            scorer=fuzz.ratio,
            score_cutoff=alike_from,
            dtype=numpy.uint8,
        )
        alike = numpy.flatnonzero(scores)
        found += zip(
            (-scores[alike].astype(int)).tolist(),
            ones[alike].tolist(),
            others[alike].tolist(),
            strict=True,
        )
        if len(found) > 2 * most:
            found = sorted(found)[:most]
    return tuple(
        _pair(questions, first, second, -score) for score, first, second in sorted(found)[:most]
    )


def near_to(
    text: str, others: Sequence[str], *, alike_from: int = ALIKE_FROM, most: int = 5
) -> list[tuple[int, int]]:
    """Index and score of the stems alike enough to one, the most alike first."""
    own = normal(text)
    if len(own) < SHORTEST:
        return []
    found = process.extract(
        own,
        [normal(other) for other in others],
        scorer=fuzz.ratio,
        score_cutoff=alike_from,
        limit=most,
    )
    return [(index, int(score)) for _text, score, index in found]


def alikeness(one: str, other: str) -> int:
    """How alike two texts are, as they are compared, rounded up: 0 to 100."""
    return ceil(fuzz.ratio(normal(one), normal(other)))


def is_told_apart(score: int, alike: int | None) -> bool:
    """Whether a pair of some score was marked as no duplicates when it was at least ``alike``.

    One that was edited since and has become more alike is looked at anew.
    """
    return alike is not None and score <= alike


def _pair(questions: Sequence[Asked], first: int, second: int, score: int) -> Pair:
    one, other = questions[first], questions[second]
    same = bool(one.right) and one.right == other.right
    return Pair(first=first, second=second, score=score, same_answer=same)
