"""What a mock exam asks for and how long it lasts, decided without a database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from lianbing.banks.queries import DrawItem
from lianbing.banks.rules import QuestionType
from lianbing.grading.rules import MarkingRule
from lianbing.papers.blueprints import Cell, hundred_marks
from lianbing.papers.drawing import CannotFill, Drawn, draw

USUAL_MINUTES = 90
LEAST_MINUTES, MOST_MINUTES = 10, 240
GRACE = timedelta(seconds=30)
PASS_SHARE = Decimal("0.6")
MOCK_RULE = MarkingRule()
"""The rule an exam has unless its organiser chooses another."""


def usual_cells(available: Mapping[QuestionType, int]) -> tuple[Cell, ...]:
    """The usual hundred marks as far as a bank's practice questions go, for a bank without a
    blueprint of its own; empty when it has none of the usual types."""
    fitted = (
        replace(cell, count=min(cell.count, available.get(cell.type, 0)))
        for cell in hundred_marks()
    )
    return tuple(cell for cell in fitted if cell.count)


def draw_what_fits(
    items: Sequence[DrawItem], cells: Sequence[Cell], *, seed: int
) -> tuple[Drawn, ...]:
    """The paper that the cells ask for, or as much of it as practice questions can fill.

    A blueprint is written for the whole bank; what is reserved for exams is not here. So cells
    that ask for too much ask for less, from the last of them, until the rest can be filled.
    """
    asked = [cell for cell in cells if cell.count > 0]
    while asked:
        try:
            return draw(items, asked, seed=seed)
        except CannotFill as refusal:
            asked = _shrunk(asked, refusal.shortage.cells)
    return ()


def _shrunk(cells: Sequence[Cell], short: Sequence[int]) -> list[Cell]:
    last = max(short)
    fewer = [
        replace(cell, count=cell.count - 1) if index == last else cell
        for index, cell in enumerate(cells)
    ]
    return [cell for cell in fewer if cell.count]


def pass_mark(total: Decimal) -> Decimal:
    """60 of a hundred."""
    return total * PASS_SHARE


def is_sane_length(minutes: int) -> bool:
    """Whether a mock may last so long."""
    return LEAST_MINUTES <= minutes <= MOST_MINUTES
