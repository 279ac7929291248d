"""What Redis loses, delays or keeps too long never shows: SQL answers, then a rebuild."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from flask import Flask
from redis import Redis
from redis.exceptions import ConnectionError as RedisAway
from tests.integration.leaderboards.conftest import NOW, World

from lianbing.infra.database import db, transaction
from lianbing.infra.redis_client import find_redis, prefixed
from lianbing.leaderboards import projection
from lianbing.leaderboards.board import Entry
from lianbing.leaderboards.redis_board import RedisBoard
from lianbing.leaderboards.redis_keys import BoardKeys
from lianbing.leaderboards.rules import ALL, KEY_LIMIT, encode
from lianbing.leaderboards.sql_board import SqlBoard
from lianbing.leaderboards.tasks import project_due

UNIT = "org:12"


def client() -> Redis:
    found = find_redis()
    assert found is not None
    return found


def lose_everything() -> None:
    keys = list(client().scan_iter(match=prefixed("*")))
    client().delete(*keys)


def ranks_shown(world: World, group: str = ALL) -> list[tuple[int, int]]:
    shown = world.reader().top(world.board_id, 20, group=group)
    return [(standing.rank, world.people.index(standing.person_id)) for standing in shown]


@pytest.fixture
def only_redis(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From the call on, an answer from SQL is a failure."""

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("SQL answered")

    def forbid() -> None:
        for name in ("top", "place", "around", "count"):
            monkeypatch.setattr(SqlBoard, name, refuse)

    return forbid


def test_reads_come_from_redis(redis_world: World, only_redis: Callable[[], None]) -> None:
    redis_world.record((0, 90, 600, (UNIT,)), (1, 95, 600, ()))
    redis_world.record((2, 99, 600, (UNIT,)))
    only_redis()
    board = redis_world.reader()
    assert ranks_shown(redis_world) == [(1, 2), (2, 1), (3, 0)]
    assert ranks_shown(redis_world, UNIT) == [(1, 2), (2, 0)]
    place = board.place(redis_world.board_id, redis_world.people[1])
    assert place is not None
    assert place.rank == 2
    assert len(board.around(redis_world.board_id, redis_world.people[1], 1)) == 3
    assert board.count(redis_world.board_id) == 3


def test_flushed_redis_is_noticed_and_rebuilt(
    redis_world: World, only_redis: Callable[[], None]
) -> None:
    redis_world.record((0, 90, 600, (UNIT,)), (1, 95, 600, (UNIT,)))
    lose_everything()
    assert ranks_shown(redis_world) == [(1, 1), (2, 0)]
    assert project_due() == 2
    only_redis()
    assert ranks_shown(redis_world, UNIT) == [(1, 1), (2, 0)]


def test_redis_back_from_an_old_snapshot_is_not_believed(redis_world: World) -> None:
    redis_world.record((0, 90, 600, ()))
    snapshot = {key: client().dump(key) for key in client().scan_iter(match=prefixed("*"))}
    redis_world.record((1, 95, 600, ()))
    lose_everything()
    for key, value in snapshot.items():
        client().restore(key, 0, value)
    assert ranks_shown(redis_world) == [(1, 1), (2, 0)]
    project_due()
    assert ranks_shown(redis_world) == [(1, 1), (2, 0)]


def test_removal_counts_from_its_commit_not_from_the_projection(redis_world: World) -> None:
    redis_world.record((0, 90, 600, ()), (1, 95, 600, ()))
    with transaction() as session:
        redis_world.board_in(session).remove(redis_world.board_id, redis_world.people[1])
    assert ranks_shown(redis_world) == [(1, 0)]


def test_changed_marks_never_show_beside_the_old_place(redis_world: World) -> None:
    redis_world.record((0, 90, 600, ()), (1, 95, 600, ()))
    better = Entry(person_id=redis_world.people[0], sort_key=KEY_LIMIT - 1, shown={"marks": "99"})
    with transaction() as session:
        redis_world.board_in(session).record(redis_world.board_id, better, now=NOW)
    assert ranks_shown(redis_world) == [(1, 0), (2, 1)]


def test_redis_away_leaves_the_board_readable(redis_world: World) -> None:
    redis_world.record((0, 90, 600, ()))
    away = Redis(host="127.0.0.1", port=1, socket_connect_timeout=0.2)
    with pytest.raises(RedisAway):
        away.ping()
    with transaction() as session:
        board = RedisBoard(away, prefixed(""), session)
        assert board.count(redis_world.board_id) == 1


def test_projector_killed_after_redis_and_before_commit_does_it_again(
    redis_world: World, only_redis: Callable[[], None]
) -> None:
    redis_world.record((0, 90, 600, ()))
    entry = Entry(person_id=redis_world.people[1], sort_key=KEY_LIMIT - 1)
    with transaction() as session:
        redis_world.board_in(session).record(redis_world.board_id, entry, now=NOW)

    def die_before_commit() -> None:
        keys = BoardKeys(prefix=prefixed(""), board_id=redis_world.board_id)
        with transaction() as session:
            projection.project(session, client(), keys)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        die_before_commit()
    assert project_due() == 1
    only_redis()
    assert ranks_shown(redis_world) == [(1, 1), (2, 0)]


def test_copy_lost_while_it_is_written_is_rebuilt(redis_world: World) -> None:
    redis_world.record((0, 90, 600, ()))
    keys = BoardKeys(prefix=prefixed(""), board_id=redis_world.board_id)
    client().hdel(keys.state, "token")
    redis_world.record((1, 95, 600, ()))
    assert ranks_shown(redis_world) == [(1, 1), (2, 0)]
    assert client().hlen(keys.state) == 3


def test_recorders_and_projectors_at_once_leave_copy_and_truth_equal(
    redis_world: World, production_app: Flask, only_redis: Callable[[], None]
) -> None:
    def record_some(worker: int) -> None:
        with production_app.app_context():
            for marks in range(10):
                entries = [
                    Entry(
                        person_id=person,
                        sort_key=encode(Decimal(marks * 7 % 10 + worker), 60 * index),
                        groups=(UNIT, f"team:{(marks + index) % 2}"),
                    )
                    for index, person in enumerate(redis_world.people)
                ]
                with transaction() as session:
                    SqlBoard(session).record_many(redis_world.board_id, entries, now=NOW)
            db.session.remove()

    def project_some(_worker: int) -> None:
        with production_app.app_context():
            for _ in range(15):
                project_due()
            db.session.remove()

    with ThreadPoolExecutor(5) as pool:
        writing = [pool.submit(record_some, worker) for worker in range(3)]
        projecting = [pool.submit(project_some, worker) for worker in range(2)]
        for future in (*writing, *projecting):
            future.result()
    project_due()
    groups = (ALL, UNIT, "team:0", "team:1")
    truth = SqlBoard(db.session())
    expected = [truth.top(redis_world.board_id, 20, group=group) for group in groups]
    only_redis()
    board = redis_world.reader()
    assert [board.top(redis_world.board_id, 20, group=group) for group in groups] == expected
