"""Who picks the day's ten: the product's daily drill, or one of the drills it is held against.

The daily drill calls the product's own rules: mastery, cards and the pick. So does the wrong
book, whose short days are filled up with random questions, never-met ones first.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Protocol

import numpy as np

from benchmarks.learning.banks import StudyBank
from lianbing.grading.rules import Verdict
from lianbing.kernel.ids import QuestionId, QuestionVersionId
from lianbing.practice.daily.cards import reviewed
from lianbing.practice.daily.rules import TEN, Askable, pick_ten, points_to_ask
from lianbing.practice.mastery.rules import Evidence, answered, joined, point_shares, standings
from lianbing.practice.rules import BookState, after_answer

FIRST_DAY = date(2026, 1, 1)


class Plan(Protocol):
    """One learner's way to practise; days count from 0."""

    def ten(self, day: int) -> Sequence[int]:
        """The questions of a day."""

    def note(self, question: int, right: bool, day: int) -> None:
        """Hear how an answer went."""


class Daily:
    """The product's daily drill."""

    def __init__(self, bank: StudyBank, _seed: int) -> None:
        self._bank = bank
        self._shares = point_shares(bank.scopes)
        self._evidence: dict[int, Evidence] = {}
        self._askable = {
            int(number): Askable(
                question_id=QuestionId(int(number)),
                version_id=QuestionVersionId(int(number)),
                point_id=int(bank.point[number]),
                card=None,
            )
            for number in np.flatnonzero(bank.drilled)
        }
        self._of_point: dict[int, list[int]] = {}
        for number, askable in self._askable.items():
            self._of_point.setdefault(askable.point_id, []).append(number)
        self._met: set[int] = set()

    def ten(self, day: int) -> Sequence[int]:
        today = FIRST_DAY + timedelta(days=day)
        found = standings(self._shares, self._evidence, today)
        points = points_to_ask(found, self._of_point.keys())
        worth = {n for point in (*points.weak, *points.new) for n in self._of_point[point]}
        questions = [self._askable[number] for number in worth | self._met]
        picked = pick_ten(questions, points, self._shares, today)
        return [each.question_id for each in picked]

    def note(self, question: int, right: bool, day: int) -> None:
        today = FIRST_DAY + timedelta(days=day)
        verdict = Verdict.RIGHT if right else Verdict.WRONG
        known = self._askable[question]
        self._askable[question] = replace(known, card=reviewed(known.card, verdict, today))
        before = self._evidence.get(known.point_id)
        piece = answered(verdict, today)
        self._evidence[known.point_id] = piece if before is None else joined(before, piece)
        self._met.add(question)


class InTurn:
    """Ten at a time through the bank and round again: in its own order, or shuffled once.

    Shuffled, it is the product's random drill: never seen first, then seen longest ago.
    """

    def __init__(self, bank: StudyBank, order: Sequence[int]) -> None:
        self._queue = deque(order)

    def ten(self, day: int) -> Sequence[int]:
        picked = list(self._queue)[:TEN]
        self._queue.rotate(-len(picked))
        return picked

    def note(self, question: int, right: bool, day: int) -> None:
        """Takes no notice."""


class WrongBook:
    """The wrong book, what was seen longest ago first; filled up to ten at random."""

    def __init__(self, bank: StudyBank, seed: int) -> None:
        self._random = deque(_shuffled(bank, seed))
        self._book: dict[int, BookState] = {}
        self._seen: dict[int, int] = {}

    def ten(self, day: int) -> Sequence[int]:
        inside = [number for number, state in self._book.items() if state.in_book]
        inside.sort(key=lambda number: (self._seen[number], number))
        picked = inside[:TEN]
        for number in self._random:
            if len(picked) == TEN:
                break
            if number not in picked:
                picked.append(number)
        return picked

    def note(self, question: int, right: bool, day: int) -> None:
        on = FIRST_DAY + timedelta(days=day)
        state, _change = after_answer(self._book.get(question), right=right, on=on)
        if state is not None:
            self._book[question] = state
        self._seen[question] = day
        self._random.remove(question)
        self._random.append(question)


def _shuffled(bank: StudyBank, seed: int) -> list[int]:
    rng = np.random.default_rng(seed)
    return [int(number) for number in rng.permutation(np.flatnonzero(bank.drilled))]


def _random(bank: StudyBank, seed: int) -> Plan:
    return InTurn(bank, _shuffled(bank, seed))


def _sequential(bank: StudyBank, _seed: int) -> Plan:
    return InTurn(bank, [int(number) for number in np.flatnonzero(bank.drilled)])


PLANS: dict[str, Callable[[StudyBank, int], Plan]] = {
    "daily": Daily,
    "random": _random,
    "sequential": _sequential,
    "wrong_book": WrongBook,
}
"""By name; the first is the product's."""
