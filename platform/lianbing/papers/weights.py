"""Spreading questions over scopes by the standard's weights (鉴定比重); pure.

Whole questions rarely fit a weight exactly. Each column is rounded by the largest remainder,
and what a scope got too little of in one column, in marks, it is owed in the next: so the
scopes' marks stay as near to their weights as whole questions allow.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """What a scope got in a column: ``exact`` questions by its weight alone, ``given`` whole."""

    exact: Decimal
    given: int


def spread(
    columns: Sequence[tuple[int, Decimal]], weights: Mapping[str, Decimal]
) -> list[dict[str, Share]]:
    """Each column's (questions, marks each) over the scopes; a column's questions stay as many."""
    whole = sum(weights.values(), Decimal(0))
    if whole <= 0:
        raise ValueError("weights that add up to nothing spread nothing")
    owed = dict.fromkeys(weights, Decimal(0))
    found: list[dict[str, Share]] = []
    for count, marks in columns:
        exact = {code: count * weight / whole for code, weight in weights.items()}
        given = _round(count, exact, {code: owed[code] / marks for code in weights})
        for code in weights:
            owed[code] += (exact[code] - given[code]) * marks
        found.append({code: Share(exact=exact[code], given=given[code]) for code in weights})
    return found


def _round(count: int, exact: Mapping[str, Decimal], owed: Mapping[str, Decimal]) -> dict[str, int]:
    """Floors first; one more each to the largest remainders, ``owed`` questions counted in.

    A scope whose share is whole already gets no more, whatever it is owed: one question off its
    exact share would be as far as rounding ever goes.
    """
    given = {
        code: int(share.to_integral_value(rounding=ROUND_FLOOR)) for code, share in exact.items()
    }
    open_ones = [code for code in given if exact[code] > given[code]]
    order = sorted(open_ones, key=lambda code: given[code] - exact[code] - owed[code])
    for code in order[: count - sum(given.values())]:
        given[code] += 1
    return given
