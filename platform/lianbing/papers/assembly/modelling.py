"""From a problem to a linear model with whole-number columns; pure.

A column says whether a question fills a cell of a paper. A kind of demand may be *relaxed*: its
rows get a slack, and the model then asks for the least slack instead of the cheapest papers. Or
it is *dropped*: its rows are left out.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import inf

from lianbing.papers.assembly.rules import (
    INFORMATION_TOLERANCE,
    Demand,
    Papers,
    Placed,
    Problem,
)
from lianbing.papers.drawing import fits

A_USE = 2.0
"""What one use of a question costs against the random part, 0 to 1: least used come first."""
A_SHARED = 4.0

Terms = Sequence[tuple[int, float]]


@dataclass(kw_only=True)
class LinearModel:
    """Minimise ``cost`` over columns within bounds and rows within bounds."""

    cost: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[tuple[float, float, Terms]] = field(default_factory=list)

    def column(self, *, cost: float = 0.0, upper: float = 1.0, whole: bool = False) -> int:
        """A new column from 0 to ``upper``; return its number."""
        self.cost.append(cost)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.cost) - 1

    def row(self, lower: float, upper: float, terms: Terms) -> None:
        """A new row."""
        self.rows.append((lower, upper, terms))


@dataclass(kw_only=True)
class PaperModel:
    """A model and what its columns mean. ``slacks`` by kind of demand and what it is about."""

    linear: LinearModel
    places: list[tuple[int, Placed]]
    slacks: dict[tuple[Demand, int], int]

    def papers(self, values: Sequence[float], count: int) -> Papers:
        """The papers that a solution means."""
        found: list[list[Placed]] = [[] for _paper in range(count)]
        for column, (paper, place) in enumerate(self.places):
            if values[column] > 0.5:
                found[paper].append(place)
        return tuple(tuple(paper) for paper in found)


def build(
    problem: Problem,
    *,
    relaxed: frozenset[Demand] = frozenset(),
    dropped: frozenset[Demand] = frozenset(),
    sharing: bool = False,
) -> PaperModel:
    """The model of a problem; without ``sharing`` no question stands in two papers."""
    return _Builder(problem, relaxed, dropped, sharing).build()


class _Builder:
    def __init__(
        self,
        problem: Problem,
        relaxed: frozenset[Demand],
        dropped: frozenset[Demand],
        sharing: bool,
    ) -> None:
        self.problem, self.relaxed, self.dropped = problem, relaxed, dropped
        self.sharing = sharing or Demand.OVERLAP in relaxed
        self.linear = LinearModel()
        self.slacks: dict[tuple[Demand, int], int] = {}
        self.places: list[tuple[int, Placed]] = []
        self.by_cell: dict[tuple[int, int], list[int]] = defaultdict(list)
        self.by_item: dict[tuple[int, int], list[int]] = defaultdict(list)
        self.by_paper: list[list[int]] = [[] for _paper in range(problem.papers)]

    def build(self) -> PaperModel:
        self._columns()
        self._cells()
        self._one_place()
        rows = {
            Demand.OVERLAP: self._overlap,
            Demand.DIFFICULTY: self._difficulty,
            Demand.INFORMATION: self._information,
            Demand.ENEMIES: self._enemies,
            Demand.EXPOSURE: self._exposure,
            Demand.POINTS: self._points,
            Demand.FIXED: self._fixed,
        }
        for demand, add in rows.items():
            if demand not in self.dropped:
                add()
        return PaperModel(linear=self.linear, places=self.places, slacks=self.slacks)

    def _columns(self) -> None:
        problem = self.problem
        rng = random.Random(f"assemble:{problem.seed}")  # noqa: S311 - reproducible, no secret
        for paper in range(problem.papers):
            for one in problem.candidates:
                cost = 0.0 if self.relaxed else one.uses * A_USE + rng.random()
                for index, cell in enumerate(problem.cells):
                    if not fits(one.item, cell):
                        continue
                    column = self.linear.column(cost=cost, whole=True)
                    self.places.append((paper, Placed(question_id=one.id, cell=index)))
                    self.by_cell[paper, index].append(column)
                    self.by_item[paper, one.id].append(column)
                    self.by_paper[paper].append(column)

    def _slack(self, demand: Demand, about: int, *, upper: float = inf, whole: bool = True) -> int:
        key = (demand, about)
        if key not in self.slacks:
            self.slacks[key] = self.linear.column(cost=1.0, upper=upper, whole=whole)
        return self.slacks[key]

    def _cells(self) -> None:
        """Each cell of each paper is full; relaxed, the blueprint asks for fewer."""
        for index, cell in enumerate(self.problem.cells):
            for paper in range(self.problem.papers):
                terms = _ones(self.by_cell[paper, index])
                if Demand.CELLS in self.relaxed:
                    terms.append((self._slack(Demand.CELLS, index, upper=cell.count), 1.0))
                self.linear.row(cell.count, cell.count, terms)

    def _one_place(self) -> None:
        for columns in self.by_item.values():
            if len(columns) > 1:
                self.linear.row(0, 1, _ones(columns))

    def _overlap(self) -> None:
        problem = self.problem
        free = [one.id for one in problem.candidates if one.id not in problem.fixed]
        if not self.sharing:
            for number in free:
                columns = [
                    column
                    for paper in range(problem.papers)
                    for column in self.by_item.get((paper, number), ())
                ]
                if columns:
                    self.linear.row(0, 1, _ones(columns))
            return
        self._shared_pairs(free)

    def _shared_pairs(self, free: Sequence[int]) -> None:
        """A column a question and pair of papers says that both hold it; each pair is bounded.

        A question in n papers stands in n(n-1)/2 pairs; the chords of that curve, which every
        whole n satisfies, keep the relaxed model from hiding shared questions in fractions.
        """
        pairs = list(combinations(range(self.problem.papers), 2))
        both: dict[tuple[int, int], list[int]] = {pair: [] for pair in pairs}
        for number in free:
            columns = [self.by_item.get((p, number), []) for p in range(self.problem.papers)]
            if not any(columns):
                continue
            own: list[int] = []
            for one, other in pairs:
                column = self.linear.column(cost=0.0 if self.relaxed else A_SHARED)
                self.linear.row(
                    -inf, 1, [*_ones(columns[one]), *_ones(columns[other]), (column, -1.0)]
                )
                both[one, other].append(column)
                own.append(column)
            flat = [column for paper in columns for column in paper]
            for chord in range(1, self.problem.papers):
                terms = [*_ones(own), *((column, -float(chord)) for column in flat)]
                self.linear.row(-chord * (chord + 1) / 2, inf, terms)
        for columns_of_pair in both.values():
            terms = _ones(columns_of_pair)
            if Demand.OVERLAP in self.relaxed:
                terms.append((self._slack(Demand.OVERLAP, 0), -1.0))
            self.linear.row(-inf, self.problem.shared_most, terms)

    def _difficulty(self) -> None:
        """Marks times (difficulty - target) stay within ± tolerance of the marks."""
        problem = self.problem
        for columns in self.by_paper:
            above: list[tuple[int, float]] = []
            below: list[tuple[int, float]] = []
            for column in columns:
                place = self.places[column][1]
                marks = problem.cells[place.cell].marks
                apart = problem.by_id[place.question_id].item.difficulty - problem.target
                above.append((column, float(marks * (apart - problem.tolerance))))
                below.append((column, float(marks * (apart + problem.tolerance))))
            if Demand.DIFFICULTY in self.relaxed:
                slack = self._slack(Demand.DIFFICULTY, 0, whole=False)
                marks_in_all = float(problem.total_marks)
                above.append((slack, -marks_in_all))
                below.append((slack, marks_in_all))
            self.linear.row(-inf, 0, above)
            self.linear.row(0, inf, below)

    def _information(self) -> None:
        problem = self.problem
        if problem.cut is None:
            return
        level = self.linear.column(upper=inf)
        for columns in self.by_paper:
            terms: list[tuple[int, float]] = []
            for column in columns:
                parameters = problem.by_id[self.places[column][1].question_id].parameters
                if parameters is not None:
                    terms.append((column, parameters.information(problem.cut)))
            self.linear.row(-inf, 0, [*terms, (level, -(1 + INFORMATION_TOLERANCE))])
            self.linear.row(0, inf, [*terms, (level, -(1 - INFORMATION_TOLERANCE))])

    def _enemies(self) -> None:
        for number, (low, high) in enumerate(self.problem.enemies):
            for paper in range(self.problem.papers):
                columns = [
                    *self.by_item.get((paper, low), ()),
                    *self.by_item.get((paper, high), ()),
                ]
                if not columns:
                    continue
                terms = _ones(columns)
                if Demand.ENEMIES in self.relaxed:
                    terms.append((self._slack(Demand.ENEMIES, number, upper=1), -1.0))
                self.linear.row(0, 1, terms)

    def _exposure(self) -> None:
        for one in self.problem.candidates:
            if not self.problem.is_worn(one):
                continue
            for paper in range(self.problem.papers):
                for column in self.by_item.get((paper, one.id), ()):
                    if Demand.EXPOSURE in self.relaxed:
                        self.linear.cost[column] += 1.0
                    else:
                        self.linear.upper[column] = 0.0

    def _points(self) -> None:
        least = self.problem.points_least
        if least is None:
            return
        by_point: dict[int, list[int]] = defaultdict(list)
        for one in self.problem.candidates:
            by_point[one.item.point_id].append(one.id)
        for paper in range(self.problem.papers):
            covered: list[int] = []
            for numbers in by_point.values():
                columns = [
                    column for number in numbers for column in self.by_item.get((paper, number), ())
                ]
                if columns:
                    covered.append(self.linear.column())
                    self.linear.row(0, inf, [*_ones(columns), (covered[-1], -1.0)])
            terms = _ones(covered)
            if Demand.POINTS in self.relaxed:
                terms.append((self._slack(Demand.POINTS, 0), 1.0))
            self.linear.row(least, inf, terms)

    def _fixed(self) -> None:
        for number in sorted(self.problem.fixed):
            for paper in range(self.problem.papers):
                terms = _ones(self.by_item.get((paper, number), ()))
                if Demand.FIXED in self.relaxed:
                    terms.append((self._slack(Demand.FIXED, number, upper=1), 1.0))
                self.linear.row(1, 1, terms)


def _ones(columns: Iterable[int]) -> list[tuple[int, float]]:
    return [(column, 1.0) for column in columns]
