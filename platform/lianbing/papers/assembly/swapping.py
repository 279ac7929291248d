"""Another question in the place of one of a draft's: which fit, and what each would fail; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lianbing.papers.assembly.rules import Candidate, Demand, Papers, Placed, Problem, faults
from lianbing.papers.drawing import fits

MOST_SWAPS = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Swap:
    """A question that fits a place, and the demands that the set would fail with it."""

    candidate: Candidate
    fails: tuple[Demand, ...]


def fitting(problem: Problem, paper: Sequence[Placed], place: Placed) -> list[Candidate]:
    """The questions that fit the place's cell and do not stand in the paper."""
    taken = {one.question_id for one in paper}
    cell = problem.cells[place.cell]
    return [one for one in problem.candidates if one.id not in taken and fits(one.item, cell)]


def swapped(papers: Papers, paper: int, place: Placed, into: int) -> Papers:
    """The papers with another question in one place."""
    new = Placed(question_id=into, cell=place.cell)
    changed = tuple(new if one == place else one for one in papers[paper])
    return (*papers[:paper], changed, *papers[paper + 1 :])


def list_swaps(problem: Problem, papers: Papers, paper: int, place: Placed) -> list[Swap]:
    """The questions nearest in difficulty that fit, those that keep all demands first.

    All questions of the papers stand in the problem, but perhaps the one in ``place``.
    """
    old = problem.by_id.get(place.question_id)
    level = problem.target if old is None else old.item.difficulty

    def nearness(one: Candidate) -> tuple[Decimal, int]:
        return (abs(one.item.difficulty - level), one.id)

    nearest = sorted(fitting(problem, papers[paper], place), key=nearness)[:MOST_SWAPS]
    found = [
        Swap(
            candidate=one,
            fails=tuple(sorted(faults(problem, swapped(papers, paper, place, one.id)))),
        )
        for one in nearest
    ]
    return sorted(found, key=lambda swap: (len(swap.fails), *nearness(swap.candidate)))
