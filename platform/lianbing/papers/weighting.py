"""The editor's button that spreads a table's questions by the weights of the standard."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from lianbing.banks.queries import BankRow
from lianbing.papers.forms import Grid
from lianbing.papers.use_cases import scope_weights
from lianbing.papers.weights import Share, spread


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighting:
    """The new table, and how each column was rounded; columns as in the table."""

    grid: Grid
    weights: dict[str, Decimal]
    shares: tuple[dict[str, Share], ...]


def spread_grid(session: Session, bank: BankRow, grid: Grid) -> Weighting | None:
    """Each column's questions over the outline's top scopes; None when there is nothing to spread.

    Counts on other rows, any scope included, join the column's total; no question is lost.
    """
    weights = scope_weights(session, bank.id)
    kinds = [column.means() for column in grid.columns]
    totals = [grid.column_total(column) for column in range(grid.width)]
    readable = all(kind is not None and kind[2] > 0 for kind in kinds)
    if not weights or not any(totals) or not readable:
        return None
    marks = [kind[2] for kind in kinds if kind is not None]
    shares = spread(list(zip(totals, marks, strict=True)), weights)
    counts = {
        (row, column): str(given) if (given := shares[column][scope].given) else ""
        for row, scope in enumerate(weights)
        for column in range(grid.width)
    }
    spread_out = Grid(columns=grid.columns, scopes=tuple(weights), counts=counts)
    return Weighting(grid=spread_out, weights=weights, shares=tuple(shares))
