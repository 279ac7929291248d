"""Sixty days of a population under one plan, and what is left of it on day 90."""

from dataclasses import dataclass

import numpy as np
from proving.progress import say

from benchmarks.learning.banks import StudyBank
from benchmarks.learning.memory import DAY, IN_A_DRILL, Floats, Ints, Learners, Memory
from benchmarks.learning.plans import PLANS, TEN, Plan

DAYS = 60
LATER = 90
PRACTISES = 0.85
"""The chance that a learner practises on a day; the same days under every plan."""
WATCHED = 10
"""Every so many days the expected mark is noted for the picture."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a plan did, a row a learner; ``course``: the mean expected mark by day."""

    plan: str
    start: Floats
    end: Floats
    later: Floats
    minutes: Floats
    right: float
    course: dict[int, float]

    def gain(self, later: bool) -> Floats:
        """Expected marks gained a minute of practice."""
        return ((self.later if later else self.end) - self.start) / self.minutes


def run_plan(name: str, bank: StudyBank, learners: Learners, seed: int) -> Outcome:
    """A population under one plan; the seed decides days and guesses, alike for every plan."""
    rng = np.random.default_rng([seed, 1])
    practises = rng.random((DAYS, learners.count)) < PRACTISES
    guesses = rng.random((DAYS, TEN, learners.count))
    plans = [PLANS[name](bank, seed * 100_003 + number) for number in range(learners.count)]
    memory = Memory(bank, learners, DAYS * TEN)
    start = memory.expected_mark(0.0)
    minutes, asked, right = np.zeros(learners.count), 0, 0
    course = {0: float(start.mean())}
    for day in range(DAYS):
        there = np.flatnonzero(practises[day])
        tens = [plans[who].ten(day) for who in there]
        for place in range(TEN):
            who, question = _at_place(there, tens, place)
            at = day * DAY + place * IN_A_DRILL
            was_right, seconds = memory.answer(who, question, at, guesses[day, place, who])
            minutes[who] += seconds / 60.0
            asked, right = asked + len(who), right + int(was_right.sum())
            _tell(plans, who, question, was_right, day)
        if (day + 1) % WATCHED == 0:
            course[day + 1] = float(memory.expected_mark((day + 1) * DAY).mean())
            say(f"{bank.name}, {name}: day {day + 1}, expected mark {course[day + 1]:.1f}")
    later = memory.expected_mark(LATER * DAY)
    return Outcome(
        plan=name,
        start=start,
        end=memory.expected_mark(DAYS * DAY),
        later=later,
        minutes=minutes,
        right=right / asked,
        course=course | {LATER: float(later.mean())},
    )


def _at_place(there: Ints, tens: list, place: int) -> tuple[Ints, Ints]:
    """Who has a question at this place of the day's ten, and which."""
    pairs = [(who, ten[place]) for who, ten in zip(there, tens, strict=True) if place < len(ten)]
    who, question = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return who, question


def _tell(plans: list[Plan], who: Ints, question: Ints, right: np.ndarray, day: int) -> None:
    for learner, number, was_right in zip(
        who.tolist(), question.tolist(), right.tolist(), strict=True
    ):
        plans[learner].note(number, was_right, day)
