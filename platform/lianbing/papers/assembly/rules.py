"""What is asked of a set of parallel papers, what was found, and what is wrong with it; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import combinations
from math import exp

from lianbing.banks.queries import DrawItem
from lianbing.papers.blueprints import Cell
from lianbing.papers.drawing import fits

DIFFICULTY_TOLERANCE = Decimal("0.05")
INFORMATION_TOLERANCE = 0.1
MOST_PAPERS = 8
ROUNDING = 1e-6


class Demand(StrEnum):
    """The kinds of demands that papers may fail."""

    CELLS = "cells"
    OVERLAP = "overlap"
    DIFFICULTY = "difficulty"
    INFORMATION = "information"
    ENEMIES = "enemies"
    EXPOSURE = "exposure"
    POINTS = "points"
    FIXED = "fixed"


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemParameters:
    """A question in the three-parameter logistic model: discrimination, difficulty, guessing."""

    a: float
    b: float
    c: float

    def chance(self, ability: float) -> float:
        """The chance of a right answer at an ability."""
        return self.c + (1 - self.c) / (1 + exp(-self.a * (ability - self.b)))

    def information(self, ability: float) -> float:
        """Fisher's information at an ability (Lord 1980, without the constant 1.7)."""
        chance = self.chance(ability)
        if chance <= self.c or chance >= 1:
            return 0.0
        guessed = ((chance - self.c) / (1 - self.c)) ** 2
        return self.a**2 * guessed * (1 - chance) / chance


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A question that may stand in a paper; ``uses``: frozen papers that hold it."""

    item: DrawItem
    uses: int = 0
    parameters: ItemParameters | None = None

    @property
    def id(self) -> int:
        """The question's number."""
        return self.item.question_id


@dataclass(frozen=True, kw_only=True)
class Problem:
    """``papers`` by one blueprint. ``candidates`` in the order of their questions' numbers.

    ``shared_most``: questions two papers may have in common, those in ``fixed`` (which stand
    in every paper) not counted. ``target`` ± ``tolerance``: each paper's difficulty, weighted
    by marks. ``cut``: the ability at which the papers' information shall be equal, within
    ``INFORMATION_TOLERANCE`` of a common value. ``uses_most``: a question that stands in so
    many frozen papers is not taken, unless fixed. ``points_least``: different assessment points
    a paper. ``enemies``: pairs of questions that never meet in a paper.
    """

    cells: tuple[Cell, ...]
    candidates: tuple[Candidate, ...]
    papers: int
    seed: int
    target: Decimal
    tolerance: Decimal = DIFFICULTY_TOLERANCE
    shared_most: int = 0
    cut: float | None = None
    uses_most: int | None = None
    points_least: int | None = None
    fixed: frozenset[int] = frozenset()
    enemies: tuple[tuple[int, int], ...] = ()

    @cached_property
    def by_id(self) -> Mapping[int, Candidate]:
        return {candidate.id: candidate for candidate in self.candidates}

    @property
    def total_marks(self) -> Decimal:
        return sum((cell.count * cell.marks for cell in self.cells), Decimal(0))

    def is_worn(self, candidate: Candidate) -> bool:
        """Whether the limit on uses keeps the question out."""
        limit = self.uses_most
        return limit is not None and candidate.uses >= limit and candidate.id not in self.fixed

    def has(self, cell: Cell) -> int:
        """How many questions may fill the cell."""
        return sum(fits(one.item, cell) and not self.is_worn(one) for one in self.candidates)


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A question in a cell of the blueprint, by the cell's index."""

    question_id: int
    cell: int


Papers = tuple[tuple[Placed, ...], ...]
"""One tuple of places a paper."""


def usual_difficulty(cells: Sequence[Cell], candidates: Sequence[Candidate]) -> Decimal:
    """The difficulty a paper by these cells has on average, to the hundredth: the usual target."""
    marks = total = Decimal(0)
    for cell in cells:
        fitting = [one.item.difficulty for one in candidates if fits(one.item, cell)]
        if fitting:
            weight = cell.count * cell.marks
            total += weight * sum(fitting, Decimal(0)) / len(fitting)
            marks += weight
    return (total / marks).quantize(Decimal("0.01")) if marks else Decimal("0.5")


def difficulty_of(problem: Problem, paper: Sequence[Placed]) -> Decimal:
    """A paper's difficulty, 0 to 1: the share of its marks that is expected to be lost."""
    lost = marks = Decimal(0)
    for place in paper:
        each = problem.cells[place.cell].marks
        marks += each
        lost += each * problem.by_id[place.question_id].item.difficulty
    return lost / marks if marks else Decimal(0)


def information_of(problem: Problem, paper: Sequence[Placed], ability: float) -> float:
    """A paper's information at an ability; questions without parameters add none."""
    found = (problem.by_id[place.question_id].parameters for place in paper)
    return sum(one.information(ability) for one in found if one is not None)


def shared(problem: Problem, one: Sequence[Placed], other: Sequence[Placed]) -> int:
    """The questions two papers have in common, those fixed in all not counted."""
    both = {place.question_id for place in one} & {place.question_id for place in other}
    return len(both - problem.fixed)


def faults(problem: Problem, papers: Papers) -> set[Demand]:
    """The demands that the papers fail; empty when they are what was asked for."""
    found = {demand for paper in papers for demand in paper_faults(problem, paper)}
    if any(shared(problem, *pair) > problem.shared_most for pair in combinations(papers, 2)):
        found.add(Demand.OVERLAP)
    if problem.cut is not None and papers:
        information = [information_of(problem, paper, problem.cut) for paper in papers]
        spread = (1 + INFORMATION_TOLERANCE) / (1 - INFORMATION_TOLERANCE)
        if max(information) > min(information) * spread + ROUNDING:
            found.add(Demand.INFORMATION)
    return found


def paper_faults(problem: Problem, paper: Sequence[Placed]) -> set[Demand]:
    """The demands that one paper fails by itself."""
    found: set[Demand] = set()
    ids = {place.question_id for place in paper}
    if len(ids) < len(paper) or not _fills(problem, paper):
        found.add(Demand.CELLS)
    if abs(difficulty_of(problem, paper) - problem.target) > problem.tolerance:
        found.add(Demand.DIFFICULTY)
    if any(low in ids and high in ids for low, high in problem.enemies):
        found.add(Demand.ENEMIES)
    if any(problem.is_worn(problem.by_id[number]) for number in ids):
        found.add(Demand.EXPOSURE)
    points = {problem.by_id[number].item.point_id for number in ids}
    if problem.points_least is not None and len(points) < problem.points_least:
        found.add(Demand.POINTS)
    if not problem.fixed <= ids:
        found.add(Demand.FIXED)
    return found


def _fills(problem: Problem, paper: Sequence[Placed]) -> bool:
    counts = [0] * len(problem.cells)
    for place in paper:
        counts[place.cell] += 1
        if not fits(problem.by_id[place.question_id].item, problem.cells[place.cell]):
            return False
    return counts == [cell.count for cell in problem.cells]
