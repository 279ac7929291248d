"""The board in SQL: the truth in both shapes, and the whole board in the embedded one."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, Row, Select, Table, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from lianbing.infra.upsert import insert_for
from lianbing.kernel.ids import BoardId, PersonId
from lianbing.leaderboards.board import Entry, Standing
from lianbing.leaderboards.models import BoardEntry, BoardGroup, BoardTable
from lianbing.leaderboards.rules import ALL, ranks, tie_order

BATCH = 500
Found = Row[int, int, str]


class SqlBoard:
    """``Board`` over one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def record(self, board_id: BoardId, entry: Entry, *, now: datetime) -> None:
        """Set one person's result."""
        self.record_many(board_id, (entry,), now=now)

    def record_many(self, board_id: BoardId, entries: Collection[Entry], *, now: datetime) -> None:
        """Set each person's result; the last one counts when a person comes twice."""
        # In person order, so that two batches that meet wait for each other and never deadlock.
        latest = sorted({entry.person_id: entry for entry in entries}.items())
        for start in range(0, len(latest), BATCH):
            self._store(board_id, [entry for _, entry in latest[start : start + BATCH]], now)

    def _store(self, board_id: BoardId, entries: Sequence[Entry], now: datetime) -> None:
        # A row a parameter set: one long VALUES would be compiled anew for every batch.
        statement = insert_for(self._session, cast(Table, BoardEntry.__table__))
        changing = ("sort_key", "shown", "recorded_at", "projected")
        self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["board_id", "person_id"],
                set_={name: statement.excluded[name] for name in changing},
            ),
            [
                {
                    "board_id": board_id,
                    "person_id": entry.person_id,
                    "sort_key": entry.sort_key,
                    "tie_order": tie_order(board_id, entry.person_id),
                    "shown": json.dumps(dict(entry.shown), ensure_ascii=False),
                    "recorded_at": now,
                    "projected": False,
                }
                for entry in entries
            ],
        )
        self._store_groups(board_id, entries)

    def _store_groups(self, board_id: BoardId, entries: Sequence[Entry]) -> None:
        wanted = {(entry.person_id, group) for entry in entries for group in entry.groups}
        people = [entry.person_id for entry in entries]
        found = self._session.execute(
            select(BoardGroup.person_id, BoardGroup.group_key).where(
                BoardGroup.board_id == board_id, BoardGroup.person_id.in_(people)
            )
        )
        held = {(PersonId(row.person_id), row.group_key) for row in found}
        added = sorted((person, group) for person, group in wanted - held if group != ALL)
        if added:
            table = cast(Table, BoardGroup.__table__)
            self._session.execute(
                insert_for(self._session, table).on_conflict_do_nothing(),
                [
                    {"board_id": board_id, "group_key": group, "person_id": person}
                    for person, group in added
                ],
            )
        if held - wanted:
            self._leave_groups(board_id, sorted(held - wanted))

    def _leave_groups(self, board_id: BoardId, left: Sequence[tuple[PersonId, str]]) -> None:
        for person_id, group in left:
            self._session.execute(
                delete(BoardGroup).where(
                    BoardGroup.board_id == board_id,
                    BoardGroup.person_id == person_id,
                    BoardGroup.group_key == group,
                )
            )
        self._void_copies(board_id)

    def remove(self, board_id: BoardId, person_id: PersonId) -> None:
        """Take a person off the board; nothing happens when absent."""
        for table in (BoardEntry, BoardGroup):
            self._session.execute(
                delete(table).where(table.board_id == board_id, table.person_id == person_id)
            )
        self._void_copies(board_id)

    def _void_copies(self, board_id: BoardId) -> None:
        self._session.execute(
            update(BoardTable).where(BoardTable.id == board_id).values(epoch=BoardTable.epoch + 1)
        )

    def top(self, board_id: BoardId, n: int, *, group: str = ALL) -> tuple[Standing, ...]:
        """The best ``n``, best first."""
        rows = self._rows(_in_order(_entries(board_id, group)).limit(n))
        return _standings(rows, first_rank=1, first_position=0)

    def place(self, board_id: BoardId, person_id: PersonId, *, group: str = ALL) -> Standing | None:
        """Where a person stands; None when not on the board or not in the group."""
        found = self._find(board_id, person_id, group)
        if found is None:
            return None
        rank = 1 + self._count(board_id, group, BoardEntry.sort_key > found.sort_key)
        return _standings([found], first_rank=rank, first_position=rank - 1)[0]

    def around(
        self, board_id: BoardId, person_id: PersonId, k: int, *, group: str = ALL
    ) -> tuple[Standing, ...]:
        """The person with up to ``k`` neighbours on each side; empty when absent."""
        found = self._find(board_id, person_id, group)
        if found is None:
            return ()
        before = self._count(board_id, group, _stands_before(found))
        start = max(0, before - k)
        statement = _in_order(_entries(board_id, group)).offset(start).limit(before - start + k + 1)
        rows = self._rows(statement)
        above = self._count(board_id, group, BoardEntry.sort_key > rows[0].sort_key)
        return _standings(rows, first_rank=above + 1, first_position=start)

    def count(self, board_id: BoardId, *, group: str = ALL) -> int:
        """How many stand in the group."""
        return self._count(board_id, group)

    def rebuild(self, board_id: BoardId) -> None:
        """Nothing to rebuild: this is the truth itself."""

    def _rows(self, statement: Select[int, int, str]) -> Sequence[Found]:
        return self._session.execute(statement).all()

    def _find(self, board_id: BoardId, person_id: PersonId, group: str) -> Found | None:
        return self._session.execute(
            _entries(board_id, group).where(BoardEntry.person_id == person_id)
        ).one_or_none()

    def _count(self, board_id: BoardId, group: str, *where: ColumnElement[bool]) -> int:
        found = _entries(board_id, group).where(*where).with_only_columns(func.count())
        return self._session.execute(found).scalar_one()


def _entries(board_id: BoardId, group: str) -> Select[int, int, str]:
    statement = select(BoardEntry.person_id, BoardEntry.sort_key, BoardEntry.tie_order).where(
        BoardEntry.board_id == board_id
    )
    if group == ALL:
        return statement
    return statement.join(
        BoardGroup,
        and_(
            BoardGroup.board_id == BoardEntry.board_id,
            BoardGroup.person_id == BoardEntry.person_id,
            BoardGroup.group_key == group,
        ),
    )


def _in_order(
    statement: Select[int, int, str],
) -> Select[int, int, str]:
    return statement.order_by(
        BoardEntry.sort_key.desc(), BoardEntry.tie_order.desc(), BoardEntry.person_id.desc()
    )


def _stands_before(found: Found) -> ColumnElement[bool]:
    ties = BoardEntry.sort_key == found.sort_key
    return or_(
        BoardEntry.sort_key > found.sort_key,
        and_(ties, BoardEntry.tie_order > found.tie_order),
        and_(
            ties,
            BoardEntry.tie_order == found.tie_order,
            BoardEntry.person_id > found.person_id,
        ),
    )


def _standings(
    rows: Sequence[Found], *, first_rank: int, first_position: int
) -> tuple[Standing, ...]:
    places = ranks(
        [row.sort_key for row in rows], first_rank=first_rank, first_position=first_position
    )
    return tuple(
        Standing(
            person_id=PersonId(row.person_id),
            rank=rank,
            sort_key=row.sort_key,
        )
        for row, rank in zip(rows, places, strict=True)
    )
