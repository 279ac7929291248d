"""What a proof sheet says of parallel papers; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from lianbing.papers.assembly.rules import (
    INFORMATION_TOLERANCE,
    Papers,
    Placed,
    Problem,
    difficulty_of,
    information_of,
)
from lianbing.papers.drawing import fits

BANDS = 10
"""Bands of difficulty, a tenth each."""

ABILITIES = tuple(step / 4 for step in range(-12, 13))
"""Where information is computed: -3 to 3."""


class Line(StrEnum):
    """The kinds of lines of the constraint table, in its order."""

    CELL = "cell"
    QUESTIONS = "questions"
    MARKS = "marks"
    DIFFICULTY = "difficulty"
    INFORMATION = "information"
    POINTS = "points"
    ENEMIES = "enemies"
    FIXED = "fixed"
    PRACTISED = "practised"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProofLine:
    """What was asked, what each paper has, and whether each keeps it; ``met`` empty: not asked.

    ``cell`` names the blueprint's cell of a ``Line.CELL``.
    """

    line: Line
    asked: Decimal | None
    got: tuple[Decimal, ...]
    met: tuple[bool, ...] = ()
    cell: int = -1


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """``histogram``: questions a band of difficulty, a paper a row. ``information`` likewise by
    ABILITIES, empty without parameters. ``overlap``: common questions, the diagonal a paper's own.
    """

    lines: tuple[ProofLine, ...]
    histogram: tuple[tuple[int, ...], ...]
    information: tuple[tuple[float, ...], ...]
    with_parameters: tuple[int, ...]
    overlap: tuple[tuple[int, ...], ...]
    shared_most: int
    fixed: int

    @property
    def holds(self) -> bool:
        """Whether everything asked for is kept."""
        return all(all(line.met) for line in self.lines) and not self.overlaps_too_much

    @property
    def overlaps_too_much(self) -> bool:
        most = self.shared_most + self.fixed
        return any(
            common > most
            for row, line in enumerate(self.overlap)
            for column, common in enumerate(line)
            if row != column
        )


def prove(problem: Problem, papers: Papers) -> Proof:
    """The proof sheet of papers whose questions all stand in the problem."""
    return Proof(
        lines=tuple(_lines(problem, papers)),
        histogram=tuple(_histogram(problem, paper) for paper in papers),
        information=_information(problem, papers),
        with_parameters=tuple(
            sum(problem.by_id[place.question_id].parameters is not None for place in paper)
            for paper in papers
        ),
        overlap=tuple(tuple(_common(one, other) for other in papers) for one in papers),
        shared_most=problem.shared_most,
        fixed=len(problem.fixed),
    )


def _common(one: Sequence[Placed], other: Sequence[Placed]) -> int:
    return len({place.question_id for place in one} & {place.question_id for place in other})


def _histogram(problem: Problem, paper: Sequence[Placed]) -> tuple[int, ...]:
    counts = [0] * BANDS
    for place in paper:
        difficulty = problem.by_id[place.question_id].item.difficulty
        counts[min(int(difficulty * BANDS), BANDS - 1)] += 1
    return tuple(counts)


def _information(problem: Problem, papers: Papers) -> tuple[tuple[float, ...], ...]:
    curves = tuple(
        tuple(information_of(problem, paper, ability) for ability in ABILITIES) for paper in papers
    )
    return curves if any(any(curve) for curve in curves) else ()


def _lines(problem: Problem, papers: Papers) -> list[ProofLine]:
    lines = [_cell_line(problem, papers, cell) for cell in range(len(problem.cells))]
    asked = sum(cell.count for cell in problem.cells)
    lines.append(_exact(Line.QUESTIONS, Decimal(asked), [Decimal(len(paper)) for paper in papers]))
    marks = [
        sum((problem.cells[place.cell].marks for place in paper), Decimal(0)) for paper in papers
    ]
    lines.append(_exact(Line.MARKS, problem.total_marks, marks))
    lines.append(_difficulty_line(problem, papers))
    if problem.cut is not None:
        lines.append(_information_line(problem, papers, problem.cut))
    lines.append(_points_line(problem, papers))
    if problem.enemies:
        met = [Decimal(_meetings(problem, paper)) for paper in papers]
        lines.append(_exact(Line.ENEMIES, Decimal(0), met))
    if problem.fixed:
        kept = [
            Decimal(len(problem.fixed & {place.question_id for place in paper})) for paper in papers
        ]
        lines.append(_exact(Line.FIXED, Decimal(len(problem.fixed)), kept))
    practised = tuple(
        Decimal(sum(problem.by_id[place.question_id].item.may_be_practised for place in paper))
        for paper in papers
    )
    lines.append(ProofLine(line=Line.PRACTISED, asked=None, got=practised))
    return lines


def _exact(line: Line, asked: Decimal, got: Sequence[Decimal], cell: int = -1) -> ProofLine:
    met = tuple(value == asked for value in got)
    return ProofLine(line=line, asked=asked, got=tuple(got), met=met, cell=cell)


def _cell_line(problem: Problem, papers: Papers, index: int) -> ProofLine:
    cell = problem.cells[index]
    got = [
        Decimal(
            sum(
                place.cell == index and fits(problem.by_id[place.question_id].item, cell)
                for place in paper
            )
        )
        for paper in papers
    ]
    return _exact(Line.CELL, Decimal(cell.count), got, index)


def _difficulty_line(problem: Problem, papers: Papers) -> ProofLine:
    got = tuple(difficulty_of(problem, paper) for paper in papers)
    met = tuple(abs(value - problem.target) <= problem.tolerance for value in got)
    return ProofLine(line=Line.DIFFICULTY, asked=problem.target, got=got, met=met)


def _information_line(problem: Problem, papers: Papers, cut: float) -> ProofLine:
    found = [information_of(problem, paper, cut) for paper in papers]
    spread = (1 + INFORMATION_TOLERANCE) / (1 - INFORMATION_TOLERANCE)
    least = min(found, default=0.0)
    met = tuple(value <= least * spread + 1e-6 for value in found)
    got = tuple(Decimal(str(round(value, 3))) for value in found)
    return ProofLine(line=Line.INFORMATION, asked=None, got=got, met=met)


def _points_line(problem: Problem, papers: Papers) -> ProofLine:
    got = tuple(
        Decimal(len({problem.by_id[place.question_id].item.point_id for place in paper}))
        for paper in papers
    )
    least = problem.points_least
    if least is None:
        return ProofLine(line=Line.POINTS, asked=None, got=got)
    met = tuple(value >= least for value in got)
    return ProofLine(line=Line.POINTS, asked=Decimal(least), got=got, met=met)


def _meetings(problem: Problem, paper: Sequence[Placed]) -> int:
    ids = {place.question_id for place in paper}
    return sum(low in ids and high in ids for low, high in problem.enemies)
