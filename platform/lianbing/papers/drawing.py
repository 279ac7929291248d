"""Drawing a paper: a matching of questions to cells that is found whenever one exists; pure.

Cells overlap (a cell for any scope with a cell for one scope), so taking what fits first
could strand a later cell though the bank holds enough. Each place is filled by an augmenting
path instead: a question taken by one cell moves to another of its cells when that frees one.
"""

import random
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass

from lianbing.banks.queries import DrawItem
from lianbing.banks.rules import QuestionType, band_of
from lianbing.papers.blueprints import Cell


@dataclass(frozen=True, kw_only=True, slots=True)
class Shortage:
    """Cells that together ask for more questions than fit any of them."""

    cells: tuple[int, ...]
    asks: int
    has: int


class CannotFill(Exception):
    """The bank cannot fill the cells."""

    def __init__(self, shortage: Shortage) -> None:
        super().__init__(shortage)
        self.shortage = shortage


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """A question in its place: ``marks`` are its cell's."""

    item: DrawItem
    cell: Cell


def fits(item: DrawItem, cell: Cell) -> bool:
    """Whether the question answers what the cell asks for."""
    return (
        item.type is cell.type
        and (cell.scope_code is None or cell.scope_code in item.scope_codes)
        and (cell.band is None or cell.band is band_of(item.difficulty))
    )


def draw(items: Sequence[DrawItem], cells: Sequence[Cell], *, seed: int) -> tuple[Drawn, ...]:
    """The questions of a paper, types in their usual order; raises CannotFill.

    The same items, cells and seed give the same paper. Within what the cells ask, points that
    are not in the paper yet come before points that are.
    """
    ordered = sorted(items, key=lambda item: item.question_id)
    rng = random.Random(f"draw:{seed}")  # noqa: S311 - a reproducible draw, not a secret
    rng.shuffle(ordered)
    matching = _Matching(ordered, cells)
    for index in sorted(range(len(cells)), key=matching.slack):
        for _place in range(cells[index].count):
            matching.fill_one(index)
    drawn = [Drawn(item=ordered[item], cell=cells[cell]) for item, cell in matching.taken.items()]
    return in_paper_order(drawn, [item.question_id for item in ordered])


def in_paper_order(drawn: Sequence[Drawn], shuffled: Sequence[int]) -> tuple[Drawn, ...]:
    """Types in their usual order, then marks, then as the question numbers were shuffled."""
    place = {number: at for at, number in enumerate(shuffled)}
    kinds = list(QuestionType)

    def key(one: Drawn) -> tuple[object, ...]:
        return (kinds.index(one.item.type), one.cell.marks, place[one.item.question_id])

    return tuple(sorted(drawn, key=key))


def draw_apart(
    items: Sequence[DrawItem],
    cells: Sequence[Cell],
    enemies: Sequence[tuple[int, int]],
    *,
    seed: int,
) -> tuple[Drawn, ...]:
    """As ``draw``, but no two enemies in the paper; raises CannotFill.

    Of a pair that met, one is left out and the draw repeated. That may miss a paper that
    assembling would find; it never makes one that it should not.
    """
    left = list(items)
    while True:
        drawn = draw(left, cells, seed=seed)
        taken = {one.item.question_id for one in drawn}
        out = {high for low, high in enemies if low in taken and high in taken}
        if not out:
            return drawn
        left = [item for item in left if item.question_id not in out]


def find_shortage(items: Sequence[DrawItem], cells: Sequence[Cell]) -> Shortage | None:
    """What keeps the bank from filling the cells, None when it can."""
    try:
        draw(items, cells, seed=0)
    except CannotFill as refusal:
        return refusal.shortage
    return None


class _Matching:
    """``taken``: item index to cell index; a taken item stays taken, its cell may change."""

    def __init__(self, items: Sequence[DrawItem], cells: Sequence[Cell]) -> None:
        self._items, self._cells = items, cells
        self._fitting = [
            [index for index, item in enumerate(items) if fits(item, cell)] for cell in cells
        ]
        self._points: Counter[int] = Counter()
        self.taken: dict[int, int] = {}

    def slack(self, cell: int) -> int:
        """How many more questions fit the cell than it asks for."""
        return len(self._fitting[cell]) - self._cells[cell].count

    def fill_one(self, wanting: int) -> None:
        """Give the cell one more question, moving others if need be; raises CannotFill."""
        came_by: dict[int, tuple[int, int]] = {}  # cell -> who reached it, for which item
        reached = {wanting}
        queue = deque([wanting])
        while queue:
            cell = queue.popleft()
            free = self._best_free(cell)
            if free is not None:
                self._hand_back(free, cell, wanting, came_by)
                self._points[self._items[free].point_id] += 1
                return
            for item in self._fitting[cell]:
                holder = self.taken[item]
                if holder not in reached:
                    reached.add(holder)
                    came_by[holder] = (cell, item)
                    queue.append(holder)
        raise CannotFill(self._shortage(reached))

    def _best_free(self, cell: int) -> int | None:
        free = (item for item in self._fitting[cell] if item not in self.taken)
        return min(
            free, key=lambda item: (self._points[self._items[item].point_id], item), default=None
        )

    def _hand_back(
        self, free: int, cell: int, wanting: int, came_by: dict[int, tuple[int, int]]
    ) -> None:
        """Give ``free`` to ``cell``; what it gives up goes back along the path to ``wanting``."""
        while cell != wanting:
            self.taken[free] = cell
            cell, free = came_by[cell]
        self.taken[free] = wanting

    def _shortage(self, reached: set[int]) -> Shortage:
        """The reached cells hold every question that fits any of them: Hall's condition fails."""
        short_alone = [cell for cell in sorted(reached) if self.slack(cell) < 0]
        cells = tuple(short_alone[:1] or sorted(reached))
        fitting = {item for cell in cells for item in self._fitting[cell]}
        asks = sum(self._cells[cell].count for cell in cells)
        return Shortage(cells=cells, asks=asks, has=len(fitting))
