"""Curves as points in a drawing of a fixed size, for the page and for the PDF alike; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 480, 220
LEFT, RIGHT, TOP, BOTTOM = 40, 12, 12, 32
TICKS_UP = 4
STEPS = (1, 2, 5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    """A mark on an axis: where, in drawing units, and its text."""

    at: float
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """Curves laid over each other. ``curves``: "x,y x,y …" a paper; ``mark``: an upright line."""

    curves: tuple[str, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    mark: float | None = None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def chart(
    xs: Sequence[float], series: Sequence[Sequence[float]], *, mark: float | None = None
) -> Chart:
    """The chart of several series over common places ``xs``, from zero upwards."""
    highest = max((value for values in series for value in values), default=0.0)
    step = _step(highest / TICKS_UP)
    top = step * max(1, -int(-highest // step))
    low, high = xs[0], xs[-1]

    def across(value: float) -> float:
        return round(LEFT + (value - low) / (high - low) * (WIDTH - LEFT - RIGHT), 1)

    def up(value: float) -> float:
        return round(HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM), 1)

    return Chart(
        curves=tuple(
            " ".join(f"{across(x)},{up(y)}" for x, y in zip(xs, values, strict=True))
            for values in series
        ),
        across=tuple(Tick(at=across(x), text=f"{x:g}") for x in _ticks(low, high)),
        up=tuple(
            Tick(at=up(step * tick), text=f"{step * tick:g}")
            for tick in range(round(top / step) + 1)
        ),
        mark=None if mark is None else across(mark),
    )


def _ticks(low: float, high: float) -> list[float]:
    parts = 5 if high - low <= 1 else 6  # fifths of a share, whole abilities
    return [round(low + (high - low) * tick / parts, 2) for tick in range(parts + 1)]


def _step(wanted: float) -> float:
    """The least of 1, 2, 5 times a power of ten that is not below ``wanted``."""
    power = 1.0
    if wanted <= 0:
        return power
    while power > wanted:
        power /= 10
    while power * 10 <= wanted:
        power *= 10
    return next((power * step for step in STEPS if power * step >= wanted), power * 10)
