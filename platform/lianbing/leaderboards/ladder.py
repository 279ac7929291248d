"""The ladder picture: marks as a height, one rung a line shown, the pass mark drawn across."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lianbing.leaderboards.reading import BoardView, Line

WIDTH, HEIGHT, MARGIN = 320, 132, 14


@dataclass(frozen=True, kw_only=True, slots=True)
class Rung:
    """One result in the picture's own units."""

    x: float
    y: float
    is_me: bool
    rank: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Ladder:
    """What the picture draws; ``pass_y`` is None where no pass mark lies in the span."""

    rungs: tuple[Rung, ...]
    step: float
    pass_y: float | None
    low: Decimal
    high: Decimal


def draw_ladder(view: BoardView, pass_mark: Decimal | None) -> Ladder | None:
    """The ladder of the lines shown, best on the left; None for fewer than three."""
    lines = _distinct(view)
    if len(lines) < 3:
        return None
    marks = [line.marks for line in lines]
    if pass_mark is not None:
        marks.append(pass_mark)
    low, high = min(marks), max(marks)
    span = high - low or Decimal(1)
    step = (WIDTH - 2 * MARGIN) / len(lines)

    def height(value: Decimal) -> float:
        return round(HEIGHT - MARGIN - float((value - low) / span) * (HEIGHT - 2 * MARGIN), 1)

    return Ladder(
        rungs=tuple(
            Rung(
                x=round(MARGIN + step * (index + 0.5), 1),
                y=height(line.marks),
                is_me=line.is_me,
                rank=line.rank,
            )
            for index, line in enumerate(lines)
        ),
        step=round(step, 1),
        pass_y=None if pass_mark is None else height(pass_mark),
        low=low,
        high=high,
    )


def _distinct(view: BoardView) -> Sequence[Line]:
    if view.mine is None or any(line.is_me for line in view.top):
        return view.top
    return [*view.top, view.mine]
