"""What a bank must be before it ships: large enough, whole, and not to be guessed by its looks.

A candidate who knows nothing must not gain by a habit: always the same letter, always the
longest or the shortest option, always "right". Findings are for whoever writes the bank, in
English, like the checker's other messages.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lianbing.banks.bank_file import BankFile, QuestionEntry, all_points
from lianbing.banks.rules import ChoiceKey, Option, QuestionType, TruthKey
from lianbing.subjects.rules import Importance

FEWEST_QUESTIONS = 150
FEWEST_POINTS = 15
EASIEST, HARDEST = Decimal("0.05"), Decimal("0.95")
"""A difficulty outside was not estimated, or the question asks nothing."""

GUESSING_MAY_GAIN = 0.10
"""How far a habit may lie above plain chance; two standard deviations at 80 questions."""

CHI_SQUARE_LIMITS = {1: 6.63, 2: 9.21, 3: 11.34, 4: 13.28, 5: 15.09}
"""Degrees of freedom to the value that even keys exceed once in a hundred banks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Habit:
    """What guessing by a habit would earn: shares of the single choices, 0 to 1."""

    rate: float
    chance: float

    @property
    def gains(self) -> bool:
        return self.rate > self.chance + GUESSING_MAY_GAIN


def shipping_problems(bank: BankFile) -> list[str]:
    """Everything that keeps the bank from being shipped; empty if it may go out."""
    return [
        *_size_problems(bank),
        *_difficulty_problems(bank.questions),
        *_position_problems(bank.questions),
        *_habit_problems(bank.questions),
    ]


def _size_problems(bank: BankFile) -> Iterator[str]:
    points = [point for _path, point in all_points(bank.scopes)]
    if len(bank.questions) < FEWEST_QUESTIONS:
        yield f"{len(bank.questions)} questions; a shipped bank has {FEWEST_QUESTIONS} or more"
    if len(points) < FEWEST_POINTS:
        yield f"{len(points)} assessment points; a shipped bank has {FEWEST_POINTS} or more"
    for importance in Importance:
        if all(point.importance is not importance for point in points):
            yield f"no assessment point has importance {importance.value}; rank them X, Y and Z"
    asked = {entry.point_code for entry in bank.questions}
    for point in points:
        if point.code not in asked:
            yield f"no question asks point {point.code}; write some or take the point out"


def _difficulty_problems(questions: Iterable[QuestionEntry]) -> Iterator[str]:
    for entry in questions:
        if not EASIEST <= entry.difficulty <= HARDEST:
            yield f"{entry.code}: estimate the difficulty between {EASIEST} and {HARDEST}"


def _position_problems(questions: Sequence[QuestionEntry]) -> Iterator[str]:
    singles = list(_choices(questions, QuestionType.SINGLE_CHOICE))
    multiples = list(_choices(questions, QuestionType.MULTIPLE_CHOICE))
    for name, asked in (("single", singles), ("multiple", multiples)):
        if _lean(asked) > CHI_SQUARE_LIMITS[max(1, min(5, _widest(asked) - 1))]:
            counts = Counter(letter for _options, letters in asked for letter in letters)
            told = ", ".join(f"{letter} {counts[letter]}" for letter in sorted(counts))
            yield f"the keys of the {name} choices lean to a letter ({told}); deal the options anew"
    truths = [entry.key.value for entry in questions if isinstance(entry.key, TruthKey)]
    if truths:
        half, right = len(truths) / 2, sum(truths)
        if 2 * (right - half) ** 2 / half > CHI_SQUARE_LIMITS[1]:
            yield f"{right} of {len(truths)} statements are right; turn some into their opposites"


_Asked = tuple[tuple[Option, ...], tuple[str, ...]]


def _choices(questions: Iterable[QuestionEntry], kind: QuestionType) -> Iterator[_Asked]:
    for entry in questions:
        if entry.type is kind and isinstance(entry.key, ChoiceKey):
            yield entry.options, entry.key.letters


def _widest(asked: Iterable[_Asked]) -> int:
    return max((len(options) for options, _letters in asked), default=2)


def _lean(asked: Sequence[_Asked]) -> float:
    """Chi-square of the right letters against even ones; each question has its own chance.

    With k options of which m are right, a letter is right with chance m/k, and two letters of
    one question exclude each other in part: hence the factor (k - 1)/k over independent ones.
    """
    found = Counter(letter for _options, letters in asked for letter in letters)
    expected: defaultdict[str, float] = defaultdict(float)
    spread: defaultdict[str, float] = defaultdict(float)
    for options, letters in asked:
        chance = len(letters) / len(options)
        for option in options:
            expected[option.letter] += chance
            spread[option.letter] += chance * (1 - chance)
    independent = sum(
        (found[letter] - expected[letter]) ** 2 / spread[letter]
        for letter in expected
        if spread[letter]
    )
    widest = _widest(asked)
    return independent * (widest - 1) / widest


def _habit_problems(questions: Sequence[QuestionEntry]) -> Iterator[str]:
    for name, pick in (("longest", max), ("shortest", min)):
        habit = guessing_by_width(questions, pick)
        if habit.gains:
            yield (
                f"choosing the {name} option is right in {habit.rate:.0%} of the single choices "
                f"(chance {habit.chance:.0%}); even out the options' lengths"
            )


def guessing_by_width(
    questions: Iterable[QuestionEntry], pick: Callable[[Iterable[int]], int]
) -> Habit:
    """What choosing the widest (``max``) or narrowest (``min``) option earns, ties by lot."""
    rate = chance = 0.0
    count = 0
    for options, (right,) in _choices(questions, QuestionType.SINGLE_CHOICE):
        widths = {option.letter: width(option.text) for option in options}
        chosen = pick(widths.values())
        tied = [letter for letter, one in widths.items() if one == chosen]
        rate += (right in tied) / len(tied)
        chance += 1 / len(options)
        count += 1
    return Habit(rate=rate / max(1, count), chance=chance / max(1, count))


def width(text: str) -> int:
    """How much room the text takes: a Chinese sign two, a Latin letter one."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
