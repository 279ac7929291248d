"""Names and shapes in Redis: every key of a board carries one hash tag, so it stays together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from lianbing.kernel.ids import BoardId, PersonId


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardKeys:
    """The keys of one board under the installation's prefix."""

    prefix: str
    board_id: BoardId

    @property
    def state(self) -> str:
        """The hash that says which copy is current; without it there is no copy."""
        return f"{self.root}:state"

    def group(self, token: str, group: str) -> str:
        """The sorted set of a group in one copy."""
        return f"{self.root}:{token}:g:{group}"

    def groups(self, token: str) -> str:
        """The set of group names in one copy, for its end."""
        return f"{self.root}:{token}:groups"

    @property
    def root(self) -> str:
        """What every key of the board begins with."""
        return f"{self.prefix}{{board:{self.board_id}}}"


@dataclass(frozen=True, kw_only=True, slots=True)
class CopyState:
    """Which copy is current, and up to where it follows SQL."""

    token: str
    epoch: int
    revision: int

    @classmethod
    def parse(cls, found: Mapping[Any, Any]) -> Self | None:
        """The state in a hash; None when it is missing or incomplete."""
        try:
            return cls(
                token=found[b"token"].decode(),
                epoch=int(found[b"epoch"]),
                revision=int(found[b"revision"]),
            )
        except KeyError:
            return None

    def serves(self, epoch: int, revision: int) -> bool:
        """Whether a copy in this state may answer for SQL's."""
        return self.epoch == epoch and self.revision >= revision


def member_of(order: str, person_id: PersonId) -> str:
    """A person's member: ties stand in the order of the leading digest, as in SQL."""
    return f"{order}:{person_id}"


def person_of(member: str) -> PersonId:
    """The person of a member."""
    return PersonId(int(member[member.index(":") + 1 :]))
