"""Blueprints (双向细目表): what a paper asks for, cell by cell; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lianbing.banks.rules import DifficultyBand, QuestionType
from lianbing.kernel.errors import N_
from lianbing.kernel.marks import show_mark
from lianbing.papers.errors import SHORT_ANSWERS_WAIT

MOST_QUESTIONS = 500
MOST_MARKS_EACH = Decimal(100)
HALF = Decimal("0.5")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """``count`` questions of a type at ``marks`` each; None for any scope or any difficulty."""

    type: QuestionType
    count: int
    marks: Decimal
    scope_code: str | None = None
    band: DifficultyBand | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CellProblem:
    """What is wrong with the cell at ``index``, None for the blueprint as a whole."""

    index: int | None
    message: str


def cell_problems(cells: Sequence[Cell], known_scopes: Iterable[str]) -> list[CellProblem]:
    """Everything that keeps the cells from being a blueprint; empty when they are one."""
    scopes = set(known_scopes)
    problems: list[CellProblem] = []
    seen: set[tuple[QuestionType, str | None, DifficultyBand | None]] = set()
    for index, cell in enumerate(cells):
        asked = (cell.type, cell.scope_code, cell.band)
        if cell.count < 1:
            problems.append(CellProblem(index=index, message=N_("Ask for at least one question.")))
        if not 0 < cell.marks <= MOST_MARKS_EACH or cell.marks % HALF:
            message = N_("Marks each are half marks from 0.5 to 100.")
            problems.append(CellProblem(index=index, message=message))
        if cell.scope_code is not None and cell.scope_code not in scopes:
            message = N_("The bank has no such scope. Choose one of the list.")
            problems.append(CellProblem(index=index, message=message))
        if cell.type is QuestionType.SHORT_ANSWER:
            problems.append(CellProblem(index=index, message=SHORT_ANSWERS_WAIT))
        if asked in seen:
            message = N_("Another column asks for the same here. Join the two.")
            problems.append(CellProblem(index=index, message=message))
        seen.add(asked)
    if not cells:
        problems.append(
            CellProblem(index=None, message=N_("Ask for at least one question in the table."))
        )
    if sum(cell.count for cell in cells) > MOST_QUESTIONS:
        message = N_("A paper holds at most 500 questions. Ask for fewer.")
        problems.append(CellProblem(index=None, message=message))
    return problems


def total_marks(cells: Iterable[Cell]) -> Decimal:
    """The marks of the paper that the cells make."""
    return sum((cell.count * cell.marks for cell in cells), Decimal(0))


def hundred_marks() -> tuple[Cell, ...]:
    """The usual shape to start from: 100 marks over 80 questions of four types."""
    return (
        Cell(type=QuestionType.SINGLE_CHOICE, count=40, marks=Decimal(1)),
        Cell(type=QuestionType.MULTIPLE_CHOICE, count=10, marks=Decimal(2)),
        Cell(type=QuestionType.TRUE_FALSE, count=20, marks=Decimal(1)),
        Cell(type=QuestionType.FILL_BLANK, count=10, marks=Decimal(2)),
    )


def cells_to_json(cells: Iterable[Cell]) -> list[dict[str, Any]]:
    """As stored and as the editor reads them."""
    return [
        {
            "type": cell.type.value,
            "scope": cell.scope_code,
            "band": cell.band.value if cell.band else None,
            "count": cell.count,
            "marks": show_mark(cell.marks),
        }
        for cell in cells
    ]


def cells_from_json(stored: Iterable[Mapping[str, Any]]) -> tuple[Cell, ...]:
    """The cells again; raises KeyError, TypeError, ValueError, ArithmeticError when misshapen."""
    return tuple(
        Cell(
            type=QuestionType(entry["type"]),
            scope_code=entry["scope"] or None,
            band=DifficultyBand(entry["band"]) if entry["band"] else None,
            count=int(entry["count"]),
            marks=Decimal(str(entry["marks"])),
        )
        for entry in stored
    )
