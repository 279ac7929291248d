"""The map of mastery as shapes: a strip a scope, as high as it weighs, a tile a point; pure.

A tile is as wide as its point's share of the scope and filled as far as the point is mastered.
Places are in thousandths of the strip's width; a strip's height is in pixels.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lianbing.practice.mastery.rules import Standing, weakest_first
from lianbing.subjects.queries import ScopeRow

WIDTH = 1000.0
GAP = 4.0
LEAST_HEIGHT = 28
HEIGHT_OF_ALL = 320
"""Pixels that the strips share out by weight, above the least."""
SURE_WITHIN = 0.2
"""A margin up to which an estimate is drawn as sure."""
FULL = 100.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Tile:
    """A point on the map; ``filled`` 0 to 100, from the bottom."""

    point_id: int
    title: str
    x: float
    width: float
    filled: float
    percent: int
    is_met: bool
    is_sure: bool

    @property
    def top(self) -> float:
        """Where the filled part begins, from the top."""
        return FULL - self.filled


@dataclass(frozen=True, kw_only=True, slots=True)
class Strip:
    """A top scope on the map; ``expected`` of ``possible`` marks of a paper of 100.

    ``first``: which of its points would raise the mark most.
    """

    scope_id: int
    title: str
    expected: float
    possible: float
    height: int
    tiles: tuple[Tile, ...]
    first: Tile

    @property
    def met(self) -> int:
        """How many of its points were ever answered."""
        return sum(tile.is_met for tile in self.tiles)


def draw_map(scopes: Sequence[ScopeRow], standings: Mapping[int, Standing]) -> tuple[Strip, ...]:
    """The strips of an outline's top scopes, in its order; those without points left out."""
    strips = []
    for scope in scopes:
        points = scope.all_points()
        own = [standings[point.id] for point in points if point.id in standings]
        share = sum(each.share for each in own)
        if not own or not share:
            continue
        titles = {point.id: point.title for point in points}
        tiles = {tile.point_id: tile for tile in _tiles(own, titles, share)}
        strips.append(
            Strip(
                scope_id=scope.id,
                title=scope.title,
                expected=sum(each.expected for each in own),
                possible=FULL * share,
                height=LEAST_HEIGHT + round(HEIGHT_OF_ALL * share),
                tiles=tuple(tiles.values()),
                first=tiles[weakest_first(own)[0].point_id],
            )
        )
    return tuple(strips)


def _tiles(points: Sequence[Standing], titles: Mapping[int, str], share: float) -> Iterable[Tile]:
    weighty = [point for point in points if point.share]
    gap = min(GAP, WIDTH / len(weighty) / 3)
    room = WIDTH - gap * (len(weighty) - 1)
    x = 0.0
    for point in weighty:
        width = room * point.share / share
        yield Tile(
            point_id=point.point_id,
            title=titles[point.point_id],
            x=round(x, 2),
            width=round(width, 2),
            filled=round(FULL * point.estimate.mean, 1) if point.estimate.answers else 0.0,
            percent=round(FULL * point.estimate.mean),
            is_met=point.estimate.answers > 0,
            is_sure=point.estimate.margin <= SURE_WITHIN,
        )
        x += width + gap
