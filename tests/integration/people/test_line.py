"""The line in one process and in a real Redis: first come first served, bounded, rebuilt."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis
from tests.conftest import TestServers, need

from lianbing.infra.redis_client import open_redis
from lianbing.people.accounts.line import Line
from lianbing.people.accounts.line.in_process import LineInProcess
from lianbing.people.accounts.line.in_redis import LineInRedis
from lianbing.people.accounts.line.rules import (
    LONGEST_PAUSE_SECONDS,
    RATE_OVER_SECONDS,
    SLOWEST_PER_SECOND,
    Place,
    Standing,
)

NOW = 1_790_000_000.0
LONGEST = 10
MakeLine = Callable[[], Line]


@pytest.fixture(params=["in process", "in Redis"])
def line(request: pytest.FixtureRequest, servers: TestServers) -> Iterator[Line]:
    if request.param == "in process":
        yield LineInProcess(LONGEST)
        return
    need(servers)
    prefix = request.getfixturevalue("redis_prefix")
    with Redis.from_url(servers.redis) as client:
        yield LineInRedis(client, prefix, LONGEST)
        client.delete(*(f"{prefix}{{line}}:{part}" for part in ("places", "missed", "used")))


def place(number: int, name: str = "") -> Place:
    return Place(
        number=int(NOW * 1_000_000) + number, nonce=f"n{number}", name_key=name or f"k{number}"
    )


def ahead(line: Line, number: int, *, now: float = NOW) -> int:
    sight = line.come_back(place(number), now=now)
    assert sight.standing is Standing.WAIT
    return sight.ahead


def test_the_door_is_open_while_nobody_waits(line: Line) -> None:
    assert line.arrive(place(1), now=NOW).standing is Standing.GO_ON
    assert line.arrive(place(2), now=NOW).standing is Standing.GO_ON
    assert line.length(now=NOW) == 0


def test_nobody_passes_those_who_wait(line: Line) -> None:
    line.arrive(place(1), now=NOW)
    assert line.stand(place(1), now=NOW).ahead == 0
    assert line.arrive(place(3), now=NOW).ahead == 1
    assert line.arrive(place(2), now=NOW).ahead == 1  # came before the third, was slower
    assert ahead(line, 3) == 2
    assert line.let_in(place(1), now=NOW)
    assert ahead(line, 2) == 0
    assert line.length(now=NOW) == 2


def test_a_ticket_is_good_once(line: Line) -> None:
    line.stand(place(1), now=NOW)
    assert line.let_in(place(1), now=NOW)
    assert not line.let_in(place(1), now=NOW)
    assert line.come_back(place(1), now=NOW).standing is Standing.USED


def test_of_one_ticket_shown_twice_at_once_one_is_let_in(line: Line) -> None:
    line.stand(place(1), now=NOW)
    with ThreadPoolExecutor(8) as pool:
        let_in = list(pool.map(lambda _: line.let_in(place(1), now=NOW), range(8)))
    assert let_in.count(True) == 1


def test_a_name_holds_one_place_however_often_it_asks(line: Line) -> None:
    line.stand(place(1, "wang"), now=NOW)
    for number in range(2, 8):
        line.arrive(place(number, "wang"), now=NOW)
    assert line.length(now=NOW) == 1
    assert line.arrive(place(9), now=NOW).ahead == 1


def test_who_stays_away_is_not_waited_for_and_finds_the_place_again(line: Line) -> None:
    line.stand(place(1), now=NOW)
    line.arrive(place(2), now=NOW)
    line.expect(place(1), told=1.0, now=NOW)
    line.expect(place(2), told=LONGEST_PAUSE_SECONDS, now=NOW)
    assert ahead(line, 2, now=NOW + 3) == 1
    assert ahead(line, 2, now=NOW + 6) == 0
    assert ahead(line, 1, now=NOW + 7) == 0
    assert ahead(line, 2, now=NOW + 8) == 1


def test_the_line_is_bounded_and_those_in_it_stay(line: Line) -> None:
    for number in range(LONGEST):
        assert line.stand(place(number), now=NOW).standing is Standing.WAIT
    assert line.arrive(place(LONGEST), now=NOW).standing is Standing.FULL
    assert ahead(line, LONGEST - 1) == LONGEST - 1


def test_the_pace_is_that_of_lately(line: Line) -> None:
    line.stand(place(1000), now=NOW)
    assert line.come_back(place(1000), now=NOW).per_second == SLOWEST_PER_SECOND
    for number in range(100):
        line.let_in(place(number), now=NOW)
    per_second = line.come_back(place(1000), now=NOW + 1).per_second
    assert per_second == 100 / RATE_OVER_SECONDS
    later = line.come_back(place(1000), now=NOW + 1 + RATE_OVER_SECONDS)
    assert later.per_second == SLOWEST_PER_SECOND


def test_a_flushed_redis_gives_the_same_order_again(
    servers: TestServers, redis_prefix: str
) -> None:
    with Redis.from_url(servers.redis) as client:
        line = LineInRedis(client, redis_prefix, LONGEST)
        for number in range(5):
            line.stand(place(number), now=NOW)
        client.delete(*client.keys(f"{redis_prefix}{{line}}*"))
        for number in (4, 2, 0, 1, 3):
            line.come_back(place(number), now=NOW)
        assert [ahead(line, number) for number in range(5)] == [0, 1, 2, 3, 4]
        client.delete(*client.keys(f"{redis_prefix}{{line}}*"))


def test_without_redis_each_process_keeps_a_line_of_its_own() -> None:
    with open_redis("redis://127.0.0.1:1/0") as away:
        line = LineInRedis(away, "x:", LONGEST)
        assert line.arrive(place(1), now=NOW).standing is Standing.GO_ON
        line.stand(place(2), now=NOW)
        assert line.arrive(place(3), now=NOW).ahead == 1
        line.expect(place(3), told=1.0, now=NOW)
        assert line.let_in(place(2), now=NOW)
        assert line.length(now=NOW) == 1
