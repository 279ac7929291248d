"""Why no papers can be had: which demands conflict, and the smallest change of each that helps.

Pure values; ``explaining`` finds them, ``words`` says them, and they are stored as JSON.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lianbing.papers.assembly.rules import Demand


@dataclass(frozen=True, kw_only=True, slots=True)
class ShortCell:
    """A cell to ask less of: ``fewer`` a paper. ``has``: questions that may fill it."""

    cell: int
    asks: int
    has: int
    fewer: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Remedy:
    """One kind of demand, eased as little as helps.

    ``amount``: the questions two papers must share; the tolerance of the difficulty; the points
    a paper can cover; how often questions are used already; 0 where it has to be left out.
    ``about``: indexes of pairs, or numbers of fixed questions. ``cells`` for Demand.CELLS.
    """

    demand: Demand
    amount: Decimal = Decimal(0)
    about: tuple[int, ...] = ()
    cells: tuple[ShortCell, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Conflict:
    """``demands`` cannot be met together with the blueprint, and none of them can be spared.

    Any one remedy is enough, or all at once when ``together``.
    """

    demands: tuple[Demand, ...]
    remedies: tuple[Remedy, ...]
    together: bool = False


def conflict_to_json(conflict: Conflict) -> dict[str, Any]:
    """As stored beside the papers that could not be had."""
    return {
        "demands": [demand.value for demand in conflict.demands],
        "together": conflict.together,
        "remedies": [
            {
                "demand": remedy.demand.value,
                "amount": str(remedy.amount),
                "about": list(remedy.about),
                "cells": [[one.cell, one.asks, one.has, one.fewer] for one in remedy.cells],
            }
            for remedy in conflict.remedies
        ],
    }


def conflict_from_json(stored: Mapping[str, Any]) -> Conflict:
    """The conflict again."""
    return Conflict(
        demands=tuple(Demand(value) for value in stored["demands"]),
        together=stored["together"],
        remedies=tuple(
            Remedy(
                demand=Demand(entry["demand"]),
                amount=Decimal(entry["amount"]),
                about=tuple(entry["about"]),
                cells=tuple(
                    ShortCell(cell=cell, asks=asks, has=has, fewer=fewer)
                    for cell, asks, has, fewer in entry["cells"]
                ),
            )
            for entry in stored["remedies"]
        ),
    )
