"""Whether a bank can fill what a trainer is just asking for: cell by cell, and all together."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from lianbing.banks.queries import DrawItem, examinable
from lianbing.kernel.errors import DomainError
from lianbing.kernel.ids import BankId
from lianbing.papers.blueprints import Cell, CellProblem, cell_problems, total_marks
from lianbing.papers.drawing import find_shortage, fits
from lianbing.papers.use_cases import infeasible, scope_titles


@dataclass(frozen=True, kw_only=True, slots=True)
class Practised:
    """Questions of the paper that drills may have shown: at least, at most, and as is likely.

    ``marks`` is the likely share of the marks, 0 to 1.
    """

    least: int
    most: int
    likely: Decimal
    marks: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """``has`` and ``asks`` for each cell, None for a cell that means nothing yet.

    ``refusal`` says why the bank cannot fill them all; None when it can.
    """

    has: tuple[int | None, ...]
    asks: tuple[int | None, ...]
    problems: tuple[CellProblem, ...]
    refusal: DomainError | None
    questions: int
    marks: Decimal
    practised: Practised

    @property
    def can_fill(self) -> bool:
        """Whether the blueprint is whole and the bank can fill it."""
        return None not in self.has and not self.problems and self.refusal is None


def measure(session: Session, bank_id: BankId, cells: Sequence[Cell | None]) -> Coverage:
    """Hold the cells against the questions the bank has for exams; empty ones ask for none."""
    items = examinable(session, bank_id)
    titles = scope_titles(session, bank_id)
    asked = {at: cell for at, cell in enumerate(cells) if cell is not None and cell.count}
    problems = _problems(asked, titles) if None not in cells else ()
    shortage = find_shortage(items, list(asked.values())) if not problems and asked else None
    refusal = None if shortage is None else infeasible(shortage, list(asked.values()), titles)
    return Coverage(
        has=tuple(None if cell is None else _count(items, cell) for cell in cells),
        asks=tuple(None if cell is None else cell.count for cell in cells),
        problems=problems,
        refusal=refusal,
        questions=sum(cell.count for cell in asked.values()),
        marks=total_marks(asked.values()),
        practised=practised(items, list(asked.values())),
    )


def _count(items: Sequence[DrawItem], cell: Cell) -> int:
    return sum(fits(item, cell) for item in items)


def _problems(asked: dict[int, Cell], titles: dict[str, str]) -> tuple[CellProblem, ...]:
    places = list(asked)
    return tuple(
        CellProblem(
            index=None if problem.index is None else places[problem.index], message=problem.message
        )
        for problem in cell_problems(list(asked.values()), titles)
    )


def practised(items: Sequence[DrawItem], cells: Sequence[Cell]) -> Practised:
    """What share of a paper by these cells its candidates may have practised."""
    least = most = 0
    likely = marks = Decimal(0)
    for cell in cells:
        fitting = [item for item in items if fits(item, cell)]
        both = sum(item.may_be_practised for item in fitting)
        least += max(0, min(cell.count, cell.count - (len(fitting) - both)))
        most += min(cell.count, both)
        share = Decimal(both) / len(fitting) if fitting else Decimal(0)
        likely += cell.count * share
        marks += cell.count * cell.marks * share
    total = total_marks(cells)
    return Practised(
        least=least, most=most, likely=likely, marks=marks / total if total else Decimal(0)
    )
