"""The board in Redis: sorted sets projected from SQL, read only when known to be current.

A copy of a board is a state hash (token, epoch, revision) and one sorted set a group under
the token. A question is one script in Redis, which finds copy and answer at the same instant,
and one statement in SQL, which says whether that copy may answer: SQL holds the epoch and the
revision it must have, and knows whose results have not gone over yet. A copy that is missing or
behind is not believed, and SQL answers instead.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TypeVar

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.orm import Session

from lianbing.kernel.ids import BoardId, PersonId
from lianbing.leaderboards import projection
from lianbing.leaderboards.board import Entry, Standing
from lianbing.leaderboards.queries import Currency, find_currency
from lianbing.leaderboards.redis_keys import BoardKeys, member_of, person_of
from lianbing.leaderboards.redis_scripts import QUESTIONS
from lianbing.leaderboards.rules import ALL, ranks, tie_order
from lianbing.leaderboards.sql_board import SqlBoard

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")


class CopyNotCurrent(Exception):
    """The copy cannot be believed; ``rebuild`` says whether it must be made anew."""

    def __init__(self, *, rebuild: bool) -> None:
        super().__init__("the Redis copy of a board is not current")
        self.rebuild = rebuild


class RedisBoard:
    """``Board`` that writes SQL and reads Redis, or SQL whenever Redis cannot be believed."""

    def __init__(self, client: Redis, prefix: str, session: Session) -> None:
        self._client = client
        self._prefix = prefix
        self._session = session
        self._truth = SqlBoard(session)

    def record(self, board_id: BoardId, entry: Entry, *, now: datetime) -> None:
        """Set one person's result; Redis follows after the commit."""
        self._truth.record(board_id, entry, now=now)

    def record_many(self, board_id: BoardId, entries: Collection[Entry], *, now: datetime) -> None:
        """Set each person's result; Redis follows after the commit."""
        self._truth.record_many(board_id, entries, now=now)

    def remove(self, board_id: BoardId, person_id: PersonId) -> None:
        """Take a person off the board; every copy made before is void at the commit."""
        self._truth.remove(board_id, person_id)

    def top(self, board_id: BoardId, n: int, *, group: str = ALL) -> tuple[Standing, ...]:
        """The best ``n``, best first."""
        return self._read(
            board_id,
            lambda: self._standings(board_id, "top", group, n) if n > 0 else (),
            lambda: self._truth.top(board_id, n, group=group),
        )

    def place(self, board_id: BoardId, person_id: PersonId, *, group: str = ALL) -> Standing | None:
        """Where a person stands; None when not on the board or not in the group."""
        member = member_of(tie_order(board_id, person_id), person_id)
        return self._read(
            board_id,
            lambda: next(iter(self._standings(board_id, "place", group, member)), None),
            lambda: self._truth.place(board_id, person_id, group=group),
        )

    def around(
        self, board_id: BoardId, person_id: PersonId, k: int, *, group: str = ALL
    ) -> tuple[Standing, ...]:
        """The person with up to ``k`` neighbours on each side; empty when absent."""
        member = member_of(tie_order(board_id, person_id), person_id)
        return self._read(
            board_id,
            lambda: self._standings(board_id, "around", group, member, k),
            lambda: self._truth.around(board_id, person_id, k, group=group),
        )

    def count(self, board_id: BoardId, *, group: str = ALL) -> int:
        """How many stand in the group."""
        return self._read(
            board_id,
            lambda: self._ask(board_id, "count", group)[0],
            lambda: self._truth.count(board_id, group=group),
        )

    def rebuild(self, board_id: BoardId) -> None:
        """Make the copy anew; joins the caller's transaction, which must write."""
        projection.rebuild(self._session, self._client, self._keys(board_id))

    def _keys(self, board_id: BoardId) -> BoardKeys:
        return BoardKeys(prefix=self._prefix, board_id=board_id)

    def _read(
        self,
        board_id: BoardId,
        from_copy: Callable[[], Answer],
        from_truth: Callable[[], Answer],
    ) -> Answer:
        try:
            try:
                return from_copy()
            except CopyNotCurrent as stale:
                if not stale.rebuild:
                    raise
                return from_copy()  # unless it was only brought forward between the two looks
        except CopyNotCurrent as stale:
            if stale.rebuild:
                self._ask_for_rebuild(board_id)
        except RedisError as error:
            log.warning("board %s answered from SQL: %s", board_id, type(error).__name__)
        return from_truth()

    def _standings(
        self, board_id: BoardId, question: str, group: str, *details: str | int
    ) -> tuple[Standing, ...]:
        above, first_position, people, keys = self._ask(board_id, question, group, *details)
        places = ranks(keys, first_rank=above + 1, first_position=first_position)
        return tuple(
            Standing(person_id=person, rank=rank, sort_key=key)
            for person, rank, key in zip(people, places, keys, strict=True)
        )

    def _ask(
        self, board_id: BoardId, question: str, group: str, *details: str | int
    ) -> tuple[int, int, list[PersonId], list[int]]:
        keys = self._keys(board_id)
        found = QUESTIONS[question].ask(self._client, keys.state, keys.root, group, *details)
        if found is None:
            is_open = find_currency(self._session, board_id, ()) is not None
            raise CopyNotCurrent(rebuild=is_open)
        epoch, revision, first, second, text = found
        rows = text.decode().split()
        people = [person_of(member) for member in rows[::2]]
        self._require_current(board_id, int(epoch), int(revision), people)
        return int(first), int(second), people, [int(score) for score in rows[1::2]]

    def _require_current(
        self, board_id: BoardId, epoch: int, revision: int, people: Sequence[PersonId]
    ) -> None:
        needed: Currency | None = find_currency(self._session, board_id, people)
        if needed is None:
            raise CopyNotCurrent(rebuild=False)
        if epoch != needed.epoch or revision < needed.revision:
            raise CopyNotCurrent(rebuild=True)
        # Between a commit and its projection the copy is behind by a moment: let SQL answer.
        if needed.awaits_projection:
            raise CopyNotCurrent(rebuild=False)

    def _ask_for_rebuild(self, board_id: BoardId) -> None:
        try:
            self._client.sadd(projection.wanted_key(self._prefix), board_id)
        except RedisError:  # asked again by the next reader
            log.warning("could not ask for a rebuild of board %s", board_id)
