"""Marks (分数): decimals, never floats. Half marks are common; rounding has one home."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

HUNDREDTH = Decimal("0.01")
ZERO = Decimal(0)


def to_mark(value: Decimal | int | str) -> Decimal:
    """A mark to the hundredth, halves up. Floats are refused, since 0.1 is not a tenth in them."""
    if isinstance(value, float):
        raise TypeError("marks are never floats")
    return Decimal(value).quantize(HUNDREDTH, rounding=ROUND_HALF_UP)


def share_marks(marks: Decimal, weights: Sequence[int]) -> tuple[Decimal, ...]:
    """Marks split by weight, each to the hundredth; the last takes what rounding leaves."""
    whole = sum(weights)
    shares = [to_mark(marks * weight / whole) for weight in weights[:-1]]
    return (*shares, marks - sum(shares, ZERO))


def show_mark(value: Decimal) -> str:
    """A mark as people write it: ``92.5``, ``60``, never ``60.00``."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
