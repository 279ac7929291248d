"""Projecting boards from SQL into Redis: one projector a board at a time, idempotent.

An entry carries ``projected = false`` until its present value is in Redis. The projector
holds the board's row, flips a batch, writes it to Redis and commits; killed in between, it
does the same again. What Redis lost, or holds from before a removal, is rebuilt whole.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from redis import Redis
from redis.exceptions import WatchError
from sqlalchemy import Row, false, select, update
from sqlalchemy.orm import Session

from lianbing.kernel.ids import BoardId, PersonId
from lianbing.leaderboards.models import BoardEntry, BoardGroup, BoardTable
from lianbing.leaderboards.redis_keys import BoardKeys, CopyState, member_of
from lianbing.leaderboards.rules import ALL

BATCH = 2000
OLD_COPY_SECONDS = 60
"""How long a replaced copy stays for readers that had already begun with it."""

Needed = Row[int, int]
Placed = tuple[str, str, int]  # group, member, sort key


def wanted_key(prefix: str) -> str:
    """The set of boards whose readers found no copy they could believe."""
    return f"{prefix}boards:wanted"


def find_unprojected(session: Session) -> list[BoardId]:
    """The boards that have entries Redis has not seen."""
    found = session.scalars(
        select(BoardEntry.board_id).where(BoardEntry.projected == false()).distinct()
    )
    return [BoardId(board_id) for board_id in found]


def project(session: Session, client: Redis, keys: BoardKeys) -> int:
    """Bring a copy forward by one batch; return how many entries went over.

    Raises redis' WatchError when the copy changed meanwhile: roll back and try again.
    """
    needed = _hold(session, keys.board_id)
    if needed is None:
        return 0
    state = CopyState.parse(client.hgetall(keys.state))
    if state is None or not state.serves(needed.epoch, needed.revision):
        return rebuild(session, client, keys)
    placed = _take_unprojected(session, keys.board_id, limit=BATCH)
    if placed:
        revision = max(needed.revision, state.revision) + 1
        _add(client, keys, state, placed, revision)
        _set_revision(session, keys.board_id, revision)
    return sum(group == ALL for group, _, _ in placed)


def rebuild(session: Session, client: Redis, keys: BoardKeys) -> int:
    """Make a copy anew beside the old one and switch to it; return how many entries it has."""
    needed = _hold(session, keys.board_id)
    if needed is None:
        return 0
    old = CopyState.parse(client.hgetall(keys.state))
    _take_unprojected(session, keys.board_id, limit=None)
    state = CopyState(
        token=secrets.token_hex(6),
        epoch=needed.epoch,
        revision=max(needed.revision, old.revision if old else 0) + 1,
    )
    total = _fill(client, keys, state.token, _everyone(session, keys.board_id))
    _switch(client, keys, state, old)
    _set_revision(session, keys.board_id, state.revision)
    return total


def _hold(session: Session, board_id: BoardId) -> Needed | None:
    """Lock the board against other projectors and removals, not against new entries."""
    return session.execute(
        select(BoardTable.epoch, BoardTable.revision)
        .where(BoardTable.id == board_id)
        .with_for_update(key_share=True)
    ).one_or_none()


def _take_unprojected(session: Session, board_id: BoardId, *, limit: int | None) -> list[Placed]:
    # An entry being written right now is skipped; its writer leaves it unprojected.
    waiting = (
        select(BoardEntry.person_id)
        .where(BoardEntry.board_id == board_id, BoardEntry.projected == false())
        .order_by(BoardEntry.person_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = session.execute(
        update(BoardEntry)
        .where(BoardEntry.board_id == board_id, BoardEntry.person_id.in_(waiting))
        .values(projected=True)
        .returning(BoardEntry.person_id, BoardEntry.tie_order, BoardEntry.sort_key)
        .execution_options(synchronize_session=False)
    ).all()
    if limit is None or not taken:
        return []
    entries = {row.person_id: (row.tie_order, row.sort_key) for row in taken}
    groups = session.execute(
        select(BoardGroup.group_key, BoardGroup.person_id).where(
            BoardGroup.board_id == board_id, BoardGroup.person_id.in_(entries)
        )
    ).all()
    wanted = [(ALL, person_id) for person_id in entries]
    wanted += [(row.group_key, row.person_id) for row in groups]
    return [_placed(group, person_id, *entries[person_id]) for group, person_id in wanted]


def _everyone(session: Session, board_id: BoardId) -> Iterator[Placed]:
    entries = select(BoardEntry.person_id, BoardEntry.tie_order, BoardEntry.sort_key).where(
        BoardEntry.board_id == board_id
    )
    for row in session.execute(entries.execution_options(yield_per=BATCH)):
        yield _placed(ALL, row.person_id, row.tie_order, row.sort_key)
    grouped = entries.add_columns(BoardGroup.group_key).join(
        BoardGroup,
        (BoardGroup.board_id == BoardEntry.board_id)
        & (BoardGroup.person_id == BoardEntry.person_id),
    )
    for row in session.execute(grouped.execution_options(yield_per=BATCH)):
        yield _placed(row.group_key, row.person_id, row.tie_order, row.sort_key)


def _placed(group: str, person_id: int, order: str, sort_key: int) -> Placed:
    return group, member_of(order, PersonId(person_id)), sort_key


def _add(
    client: Redis, keys: BoardKeys, state: CopyState, placed: Sequence[Placed], revision: int
) -> None:
    with client.pipeline(transaction=True) as pipe:
        pipe.watch(keys.state)
        if CopyState.parse(pipe.hgetall(keys.state)) != state:
            raise WatchError("the copy was replaced or lost")
        pipe.multi()
        for group, member, sort_key in placed:
            pipe.zadd(keys.group(state.token, group), {member: sort_key})
        pipe.sadd(keys.groups(state.token), *{group for group, _, _ in placed})
        pipe.hset(keys.state, "revision", str(revision))
        pipe.execute()


def _fill(client: Redis, keys: BoardKeys, token: str, everyone: Iterable[Placed]) -> int:
    total = 0
    remaining = iter(everyone)
    while batch := list(islice(remaining, BATCH)):
        with client.pipeline(transaction=False) as pipe:
            for group, member, sort_key in batch:
                pipe.zadd(keys.group(token, group), {member: sort_key})
            pipe.sadd(keys.groups(token), *{group for group, _, _ in batch})
            pipe.execute()
        total += sum(group == ALL for group, _, _ in batch)
    return total


def _switch(client: Redis, keys: BoardKeys, state: CopyState, old: CopyState | None) -> None:
    with client.pipeline(transaction=True) as pipe:
        pipe.delete(keys.state)
        pipe.hset(
            keys.state,
            mapping={
                "token": state.token,
                "epoch": str(state.epoch),
                "revision": str(state.revision),
            },
        )
        pipe.execute()
    if old is None:
        return
    for group in client.smembers(keys.groups(old.token)):
        name = group.decode() if isinstance(group, bytes) else group
        client.expire(keys.group(old.token, name), OLD_COPY_SECONDS)
    client.expire(keys.groups(old.token), OLD_COPY_SECONDS)


def _set_revision(session: Session, board_id: BoardId, revision: int) -> None:
    session.execute(update(BoardTable).where(BoardTable.id == board_id).values(revision=revision))
