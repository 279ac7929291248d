"""The one interface of a board, whatever holds it, and the values it takes and gives."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from lianbing.kernel.ids import BoardId, PersonId
from lianbing.leaderboards.rules import ALL


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A result to record; ``groups`` beside the whole board, ``shown`` JSON scalars."""

    person_id: PersonId
    sort_key: int
    shown: Mapping[str, object] = field(default_factory=dict)
    groups: Collection[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A person's place in a group; equal keys share the rank."""

    person_id: PersonId
    rank: int
    sort_key: int


class Board(Protocol):
    """Writes join the caller's transaction; reads show what has been committed."""

    def record_many(self, board_id: BoardId, entries: Collection[Entry], *, now: datetime) -> None:
        """Set each person's result, replacing an earlier one; idempotent."""

    def record(self, board_id: BoardId, entry: Entry, *, now: datetime) -> None:
        """Set one person's result."""

    def remove(self, board_id: BoardId, person_id: PersonId) -> None:
        """Take a person off the board; nothing happens when absent."""

    def top(self, board_id: BoardId, n: int, *, group: str = ALL) -> tuple[Standing, ...]:
        """The best ``n``, best first."""

    def place(self, board_id: BoardId, person_id: PersonId, *, group: str = ALL) -> Standing | None:
        """Where a person stands; None when not on the board or not in the group."""

    def around(
        self, board_id: BoardId, person_id: PersonId, k: int, *, group: str = ALL
    ) -> tuple[Standing, ...]:
        """The person with up to ``k`` neighbours on each side; empty when absent."""

    def count(self, board_id: BoardId, *, group: str = ALL) -> int:
        """How many stand in the group."""

    def rebuild(self, board_id: BoardId) -> None:
        """Make the fast copy anew from SQL, where there is one."""
