"""The blueprint editor's two-way table as it comes from the browser; rules are in ``blueprints``.

Rows are scopes, columns are kinds of question (type, difficulty, marks each), a cell holds how
many. Texts may be anything; what a cell means, ``Grid.cells`` says.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from itertools import count as numbers

from lianbing.banks.rules import DifficultyBand, QuestionType
from lianbing.kernel.marks import show_mark
from lianbing.papers.blueprints import MOST_QUESTIONS, Cell

MOST_COLUMNS = 24
MOST_ROWS = 60
LONGEST_NUMBER = 8
DIGITS = re.compile(r"[0-9]+")
Place = tuple[int, int]
"""Row and column, from 0."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EditorColumn:
    """A kind of question as typed."""

    type: str = QuestionType.SINGLE_CHOICE.value
    band: str = ""
    marks: str = "1"

    def means(self) -> tuple[QuestionType, DifficultyBand | None, Decimal] | None:
        """Type, band (None for any) and marks each; None when the texts mean none."""
        if len(self.marks) > LONGEST_NUMBER:
            return None
        try:
            marks = Decimal(self.marks)
            kind = QuestionType(self.type)
            band = DifficultyBand(self.band) if self.band else None
        except (ValueError, InvalidOperation):
            return None
        return (kind, band, marks) if marks.is_finite() else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """The whole table as typed; ``scopes`` are codes, empty for any scope."""

    columns: tuple[EditorColumn, ...] = ()
    scopes: tuple[str, ...] = ("",)
    counts: Mapping[Place, str] = field(default_factory=dict)

    def places(self) -> list[Place]:
        """Every cell, row by row."""
        return [(row, column) for row in range(len(self.scopes)) for column in range(self.width)]

    @property
    def width(self) -> int:
        return len(self.columns)

    def count(self, place: Place) -> int | None:
        """How many a cell asks for; nothing typed is none, None for what is no number."""
        text = self.counts.get(place, "")
        if not text:
            return 0
        if len(text) > LONGEST_NUMBER or not DIGITS.fullmatch(text):
            return None
        return int(text) if int(text) <= MOST_QUESTIONS else None

    def cells(self) -> list[Cell | None]:
        """What each place means, empty ones with no question; None where it means nothing."""
        return [self._cell(place) for place in self.places()]

    def _cell(self, place: Place) -> Cell | None:
        count, kind = self.count(place), self.columns[place[1]].means()
        if count is None or kind is None:
            return None
        scope = self.scopes[place[0]] or None
        return Cell(type=kind[0], band=kind[1], marks=kind[2], count=count, scope_code=scope)

    def without_row(self, row: int) -> "Grid":
        """The table without one row."""
        kept = [at for at in range(len(self.scopes)) if at != row]
        return self._picked(kept, list(range(self.width)))

    def without_column(self, column: int) -> "Grid":
        """The table without one column."""
        kept = [at for at in range(self.width) if at != column]
        return self._picked(list(range(len(self.scopes))), kept)

    def _picked(self, rows: Sequence[int], columns: Sequence[int]) -> "Grid":
        return Grid(
            columns=tuple(self.columns[at] for at in columns),
            scopes=tuple(self.scopes[at] for at in rows),
            counts={
                (row, column): self.counts.get((old_row, old_column), "")
                for row, old_row in enumerate(rows)
                for column, old_column in enumerate(columns)
            },
        )

    def with_row(self, scope: str) -> "Grid":
        """One more row, unless the scope has one."""
        if scope in self.scopes or len(self.scopes) >= MOST_ROWS:
            return self
        return replace(self, scopes=(*self.scopes, scope))

    def with_column(self) -> "Grid":
        """One more column."""
        if self.width >= MOST_COLUMNS:
            return self
        return replace(self, columns=(*self.columns, EditorColumn()))

    def column_total(self, column: int) -> int:
        """The questions a column asks for; what is no number counts as none."""
        return sum(self.count((row, column)) or 0 for row in range(len(self.scopes)))


def grid_from(form: Mapping[str, str]) -> Grid:
    """A submitted table: ``type-0``, ``band-0``, ``marks-0``; ``scope-0``; ``count-0-0`` …"""
    columns: list[EditorColumn] = []
    for at in numbers():
        if at == MOST_COLUMNS or f"type-{at}" not in form:
            break
        texts = {name: form.get(f"{name}-{at}", "").strip() for name in ("type", "band", "marks")}
        columns.append(EditorColumn(**texts))
    scopes: list[str] = []
    while len(scopes) < MOST_ROWS and f"scope-{len(scopes)}" in form:
        scopes.append(form[f"scope-{len(scopes)}"].strip())
    counts = {
        (row, column): form.get(f"count-{row}-{column}", "").strip()
        for row in range(len(scopes))
        for column in range(len(columns))
    }
    return Grid(columns=tuple(columns), scopes=tuple(scopes), counts=counts)


def grid_of(cells: Sequence[Cell], order: Sequence[str] = ()) -> Grid:
    """The table that shows a blueprint's cells; scopes in ``order``, any scope last."""
    kinds = list(dict.fromkeys((cell.type, cell.band, cell.marks) for cell in cells))
    asked = {cell.scope_code or "" for cell in cells}
    scopes = [code for code in order if code in asked]
    scopes += sorted(asked - set(scopes) - {""})
    if "" in asked or not scopes:
        scopes.append("")
    counts = {
        (scopes.index(cell.scope_code or ""), kinds.index((cell.type, cell.band, cell.marks))): str(
            cell.count
        )
        for cell in cells
    }
    columns = (
        EditorColumn(type=kind.value, band=band.value if band else "", marks=show_mark(marks))
        for kind, band, marks in kinds
    )
    return Grid(columns=tuple(columns), scopes=tuple(scopes), counts=counts)
