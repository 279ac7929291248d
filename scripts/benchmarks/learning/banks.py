"""What the simulated learners drill and are examined in: the shipped bank, and a large one.

The large bank has the size of the drill banks that are in use for a trade (29,000 questions for
16 trades: some 1,800 each, over 200 assessment points), its top scopes weighted like the shipped
electrician bank's. One question in five is kept for exams, as in the shipped banks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lianbing.banks.bank_reader import read_bank
from lianbing.banks.rules import QuestionType, QuestionUse
from lianbing.subjects.queries import PointRow, ScopeRow
from lianbing.subjects.rules import Importance, PointPlan, ScopePlan

SHIPPED = Path(__file__).resolve().parents[3] / "question_banks" / "electrician-g5-g4"
LARGE_SEED = 7_001
LARGE_POINTS = 200
LARGE_QUESTIONS = 1_800
GUESS = {
    QuestionType.SINGLE_CHOICE: 0.25,
    QuestionType.MULTIPLE_CHOICE: 0.05,
    QuestionType.TRUE_FALSE: 0.5,
}
"""The chance to be right without knowing; nothing for the types that are written."""
SECONDS = {
    QuestionType.SINGLE_CHOICE: 16.0,
    QuestionType.MULTIPLE_CHOICE: 26.0,
    QuestionType.TRUE_FALSE: 11.0,
}
OTHER_SECONDS = 30.0
"""To read and answer a question at an even pace."""


@dataclass(frozen=True, kw_only=True)
class StudyBank:
    """A bank as arrays over its questions, in the bank's own order; points count from 0."""

    name: str
    scopes: tuple[ScopeRow, ...]
    point: NDArray[np.int64]
    difficulty: NDArray[np.float64]
    guess: NDArray[np.float64]
    seconds: NDArray[np.float64]
    drilled: NDArray[np.bool_]
    examined: NDArray[np.bool_]

    @property
    def points(self) -> int:
        return sum(len(scope.all_points()) for scope in self.scopes)

    @cached_property
    def scope_of_point(self) -> NDArray[np.int64]:
        """The top scope of each point."""
        found = np.zeros(self.points, dtype=np.int64)
        for place, scope in enumerate(self.scopes):
            for point in scope.all_points():
                found[point.id] = place
        return found

    @cached_property
    def exam_weights(self) -> NDArray[np.float64]:
        """What each question weighs in the expected mark of a blueprint paper, of 100 in all.

        A blueprint gives each top scope its weight in the standard; drawing then goes evenly
        over the scope's points, and any examined question of a point is as likely as another.
        """
        weights = np.array([float(scope.weight) for scope in self.scopes])
        in_scope = np.bincount(self.scope_of_point, minlength=len(self.scopes))
        of_point = (weights / weights.sum() / in_scope)[self.scope_of_point]
        examined = np.bincount(self.point[self.examined], minlength=self.points)
        return np.where(self.examined, 100.0 * of_point[self.point] / examined[self.point], 0.0)


def shipped_bank() -> StudyBank:
    """The electrician bank of this repository, as it is."""
    bank = read_bank(SHIPPED).bank
    if bank is None:
        raise RuntimeError("the shipped bank cannot be read")
    numbers = {
        point.code: number
        for number, point in enumerate(p for scope in bank.scopes for p in _points(scope))
    }
    scope_ids = count()
    questions = sorted(bank.questions, key=lambda question: question.code)
    return StudyBank(
        name="shipped",
        scopes=tuple(_scope_row(scope, numbers, scope_ids) for scope in bank.scopes),
        point=np.array([numbers[question.point_code] for question in questions]),
        difficulty=np.array([float(question.difficulty) for question in questions]),
        guess=np.array([GUESS.get(question.type, 0.0) for question in questions]),
        seconds=np.array([SECONDS.get(question.type, OTHER_SECONDS) for question in questions]),
        drilled=np.array([question.use is not QuestionUse.EXAM for question in questions]),
        examined=np.array([question.use is not QuestionUse.PRACTICE for question in questions]),
    )


def _points(scope: ScopePlan) -> list[PointPlan]:
    return [*scope.points, *(point for child in scope.scopes for point in _points(child))]


def _scope_row(scope: ScopePlan, numbers: dict[str, int], ids: Iterator[int]) -> ScopeRow:
    return ScopeRow(
        id=next(ids),
        outline_id=0,
        code=scope.code,
        title=scope.title,
        weight=scope.weight,
        children=tuple(_scope_row(child, numbers, ids) for child in scope.scopes),
        points=tuple(
            PointRow(
                id=numbers[point.code],
                code=point.code,
                title=point.title,
                importance=point.importance,
            )
            for point in scope.points
        ),
    )


def large_bank() -> StudyBank:
    """A bank of the size in use for a trade; always the same one."""
    rng = np.random.default_rng(LARGE_SEED)
    tops = shipped_bank().scopes
    weights = np.array([float(scope.weight) for scope in tops])
    chances = weights * rng.lognormal(0.0, 0.5, len(tops))
    scope_of = np.sort(rng.choice(len(tops), LARGE_POINTS, p=chances / chances.sum()))
    importances = rng.choice(list("XYZ"), LARGE_POINTS, p=[0.5, 0.35, 0.15])
    point = np.arange(LARGE_QUESTIONS) * LARGE_POINTS // LARGE_QUESTIONS
    kinds = rng.choice(list(GUESS), LARGE_QUESTIONS, p=[0.6, 0.15, 0.25])
    use = rng.choice(3, LARGE_QUESTIONS, p=[0.55, 0.25, 0.2])
    first = np.concatenate([[True], point[1:] != point[:-1]])
    use[first] = 0  # every point is drilled and examined by one question at least
    return StudyBank(
        name="large",
        scopes=tuple(
            ScopeRow(
                id=place,
                outline_id=0,
                code=scope.code,
                title=scope.title,
                weight=scope.weight,
                children=(),
                points=tuple(
                    PointRow(
                        id=int(number),
                        code=f"P{number}",
                        title=f"鉴定点 {number}",
                        importance=Importance(importances[number]),
                    )
                    for number in np.flatnonzero(scope_of == place)
                ),
            )
            for place, scope in enumerate(tops)
        ),
        point=point,
        difficulty=np.clip(rng.normal(0.5, 0.15, LARGE_QUESTIONS), 0.1, 0.9),
        guess=np.array([GUESS[kind] for kind in kinds]),
        seconds=np.array([SECONDS[kind] for kind in kinds]),
        drilled=use != 2,
        examined=use != 1,
    )
