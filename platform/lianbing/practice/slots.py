"""Places in the practice pages that features above the core fill; ``entry/wiring.py`` lists who.

On the practice home: panels (order below 100 stand first, what to do today; from 100 below the
modes) and tiles, one a mode. Below the feedback on an answer: extras. On leaving a drill's last
question: a mode's own page instead of the common summary.
"""

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import QuestionId
from lianbing.practice.drill_pages import DrillRow
from lianbing.practice.rules import DrillMode
from lianbing.practice.today import Today

BELOW_MODES = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Tile:
    """A way to practise on the home page; ``posts`` when it starts something at once."""

    icon: str
    title: str
    note: str
    address: str
    posts: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """Where a mode of its own leads: while it runs, after its last question, to begin it again."""

    running: Callable[[DrillRow], str] | None = None
    ending: Callable[[DrillRow], str] | None = None
    again: Callable[[DrillRow], str] | None = None


RenderPanel = Callable[[Actor, Today], Markup | str]
MakeTile = Callable[[Actor, Today], Tile | None]
RenderExtra = Callable[[Actor, QuestionId, str], Markup | str]

_panels: dict[str, tuple[int, RenderPanel]] = {}
_tiles: dict[str, tuple[int, MakeTile]] = {}
_extras: dict[str, tuple[int, RenderExtra]] = {}
_ways: dict[DrillMode, Way] = {}


def register_panel(order: int, render: RenderPanel) -> None:
    """Put a panel on the practice home; registering it again replaces it."""
    _panels[_name(render)] = (order, render)


def register_tile(order: int, make: MakeTile) -> None:
    """Put a mode among the tiles of the practice home."""
    _tiles[_name(make)] = (order, make)


def register_extra(order: int, render: RenderExtra) -> None:
    """Put something below the feedback; it is given the question and the page's own address."""
    _extras[_name(render)] = (order, render)


def register_way(mode: DrillMode, way: Way) -> None:
    """Say where a mode leads."""
    _ways[mode] = way


def panels(actor: Actor, today: Today, *, below: bool) -> list[Markup | str]:
    """The panels above the modes, or those below them."""
    chosen = [row for row in _panels.values() if (row[0] >= BELOW_MODES) is below]
    rendered = (render(actor, today) for _, render in sorted(chosen, key=_order))
    return [text for text in rendered if text]


def tiles(actor: Actor, today: Today) -> list[Tile]:
    """The modes open to a person, in order."""
    made = (make(actor, today) for _, make in sorted(_tiles.values(), key=_order))
    return [tile for tile in made if tile is not None]


def extras(actor: Actor, question_id: QuestionId, here: str) -> list[Markup | str]:
    """What stands below the feedback on a question."""
    rendered = (
        render(actor, question_id, here) for _, render in sorted(_extras.values(), key=_order)
    )
    return [text for text in rendered if text]


def way_of(mode: DrillMode) -> Way:
    """Where a mode leads; a plain ``Way`` for one of the core."""
    return _ways.get(mode, Way())


def _order(row: tuple[int, object]) -> int:
    return row[0]


def _name(registered: Callable[..., object]) -> str:
    return f"{registered.__module__}.{registered.__qualname__}"
