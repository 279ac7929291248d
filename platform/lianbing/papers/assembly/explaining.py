"""Finding why a problem has no papers, by leaving out and by relaxing its demands; pure.

Demands are left out one kind after the other: what can be left out while there still are no
papers has no part in the conflict (a deletion filter). Then each kind alone gets slack, and
the least slack that lets papers be had is what a trainer would have to give.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from itertools import combinations

from lianbing.papers.assembly.conflicts import Conflict, Remedy, ShortCell
from lianbing.papers.assembly.modelling import PaperModel, build
from lianbing.papers.assembly.rules import Demand, Papers, Problem, shared
from lianbing.papers.assembly.solving import Solved, Undecided, solve

THOUSANDTH = Decimal("0.001")
EXACT = 0.001
SPARED_FIRST = (
    Demand.POINTS,
    Demand.INFORMATION,
    Demand.EXPOSURE,
    Demand.ENEMIES,
    Demand.FIXED,
    Demand.DIFFICULTY,
    Demand.OVERLAP,
)
"""The order in which demands are tried without: what comes late is named when either would do."""

IsCancelled = Callable[[], bool]


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """How to look for the papers of a problem."""

    problem: Problem
    is_cancelled: IsCancelled

    def find(
        self, *, relaxed: frozenset[Demand] = frozenset(), dropped: frozenset[Demand] = frozenset()
    ) -> tuple[PaperModel, Solved] | None:
        """A model and its solution; None when there is none. Raises Cancelled, Undecided."""
        sharing = self.problem.shared_most > 0
        model = build(self.problem, relaxed=relaxed, dropped=dropped, sharing=sharing)
        gap = EXACT if relaxed else 1.0
        found = solve(model.linear, gap=gap, is_cancelled=self.is_cancelled)
        return None if found is None else (model, found)


def assemble(problem: Problem, *, is_cancelled: IsCancelled = lambda: False) -> Papers | None:
    """The papers, the same for the same problem; None when there are none.

    Papers without any common question are tried for before the bound on sharing is used.
    Raises Cancelled, Undecided.
    """
    for sharing in (False, True) if problem.shared_most and problem.papers > 1 else (False,):
        model = build(problem, sharing=sharing)
        found = solve(model.linear, is_cancelled=is_cancelled)
        if found is not None:
            return model.papers(found.values, problem.papers)
    return None


def explain(problem: Problem, *, is_cancelled: IsCancelled = lambda: False) -> Conflict:
    """Why ``assemble`` found none."""
    search = Search(problem=problem, is_cancelled=is_cancelled)
    demands = _conflicting(search)
    remedies = [
        remedy for demand in (Demand.CELLS, *demands) if (remedy := _remedy(search, demand))
    ]
    if remedies:
        return Conflict(demands=demands, remedies=tuple(remedies))
    everything = frozenset({Demand.CELLS, *_present(problem)} - {Demand.INFORMATION})
    found = search.find(relaxed=everything, dropped=frozenset({Demand.INFORMATION}))
    together = _read(problem, found, everything) if found is not None else []
    return Conflict(demands=demands, remedies=tuple(together), together=True)


def _present(problem: Problem) -> list[Demand]:
    present = {
        Demand.OVERLAP: problem.papers > 1,
        Demand.DIFFICULTY: True,
        Demand.INFORMATION: problem.cut is not None and problem.papers > 1,
        Demand.ENEMIES: bool(problem.enemies),
        Demand.EXPOSURE: any(problem.is_worn(one) for one in problem.candidates),
        Demand.POINTS: problem.points_least is not None,
        Demand.FIXED: bool(problem.fixed),
    }
    return [demand for demand in SPARED_FIRST if present[demand]]


def _conflicting(search: Search) -> tuple[Demand, ...]:
    present = _present(search.problem)
    dropped = frozenset(Demand) - set(present) - {Demand.CELLS}
    for demand in present:
        try:
            if search.find(dropped=dropped | {demand}) is None:
                dropped |= {demand}
        except Undecided:
            continue  # it may matter: it stays named
    return tuple(demand for demand in present if demand not in dropped)


def _remedy(search: Search, demand: Demand) -> Remedy | None:
    """The least change of one kind of demand, all others as asked; None when that cannot help."""
    try:
        if demand is Demand.INFORMATION:
            found = search.find(dropped=frozenset({demand}))
            return None if found is None else Remedy(demand=demand)
        found = search.find(relaxed=frozenset({demand}))
    except Undecided:
        return None
    if found is None:
        return None
    return next(iter(_read(search.problem, found, frozenset({demand}))), None)


def _read(
    problem: Problem, found: tuple[PaperModel, Solved], relaxed: frozenset[Demand]
) -> list[Remedy]:
    model, solved = found
    papers = model.papers(solved.values, problem.papers)
    slack = {
        key: solved.values[column]
        for key, column in model.slacks.items()
        if solved.values[column] > EXACT / 10
    }
    remedies = [_read_one(problem, demand, slack, papers) for demand in sorted(relaxed)]
    return [remedy for remedy in remedies if remedy is not None]


def _read_one(
    problem: Problem, demand: Demand, slack: dict[tuple[Demand, int], float], papers: Papers
) -> Remedy | None:
    own = {about: value for (kind, about), value in slack.items() if kind is demand}
    match demand:
        case Demand.CELLS if own:
            return Remedy(demand=demand, cells=_short_cells(problem, own))
        case Demand.OVERLAP if own:
            most = max(shared(problem, *pair) for pair in combinations(papers, 2))
            return Remedy(demand=demand, amount=Decimal(most))
        case Demand.DIFFICULTY if own:
            wider = problem.tolerance + Decimal(str(own[0]))
            return Remedy(demand=demand, amount=wider.quantize(THOUSANDTH, rounding=ROUND_CEILING))
        case Demand.POINTS if own:
            assert problem.points_least is not None  # noqa: S101 - or there would be no slack
            return Remedy(demand=demand, amount=Decimal(problem.points_least - round(own[0])))
        case Demand.ENEMIES | Demand.FIXED if own:
            return Remedy(demand=demand, about=tuple(sorted(own)))
        case Demand.EXPOSURE:
            return _worn(problem, papers)
        case _:
            return None


def _short_cells(problem: Problem, slack: dict[int, float]) -> tuple[ShortCell, ...]:
    return tuple(
        ShortCell(
            cell=index,
            asks=problem.cells[index].count,
            has=problem.has(problem.cells[index]),
            fewer=round(fewer),
        )
        for index, fewer in sorted(slack.items())
        if round(fewer)
    )


def _worn(problem: Problem, papers: Papers) -> Remedy | None:
    """The questions that have to be taken though they are worn, and the uses of the most worn."""
    worn = {
        place.question_id
        for paper in papers
        for place in paper
        if problem.is_worn(problem.by_id[place.question_id])
    }
    if not worn:
        return None
    uses = max(problem.by_id[number].uses for number in worn)
    return Remedy(demand=Demand.EXPOSURE, amount=Decimal(uses + 1), about=tuple(sorted(worn)))
