"""The line of an installation with Redis: one for all web processes, in arrival order.

Nothing here must last: whoever waits carries a ticket with the number, and stands in the same
order again after Redis forgot everything. While Redis is away each process keeps a line of its
own.
"""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from redis import Redis
from redis.exceptions import RedisError

from lianbing.people.accounts.line.in_process import LineInProcess
from lianbing.people.accounts.line.rules import (
    LONGEST_LINE,
    LONGEST_PAUSE_SECONDS,
    RATE_OVER_SECONDS,
    TICKET_LIFETIME,
    Place,
    Sight,
    Standing,
    missed_at,
    pace,
)

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")

LOOK = """
local line, missed, used = KEYS[1], KEYS[2], KEYS[3]
local how, now, number, name, nonce = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local gone = redis.call('ZRANGEBYSCORE', missed, '-inf', now, 'LIMIT', 0, 500)
if #gone > 0 then
  redis.call('ZREM', missed, unpack(gone))
  redis.call('ZREM', line, unpack(gone))
end
redis.call('ZREMRANGEBYSCORE', used, '-inf', ARGV[6])
if how == 'arrive' and redis.call('ZCARD', line) == 0 then
  redis.call('ZADD', used, now, nonce)
  redis.call('EXPIRE', used, ARGV[10])
  return {-1, 0}
end
if how == 'stand' then
  redis.call('ZREM', used, nonce)
elseif redis.call('ZSCORE', used, nonce) then
  return {-2, 0}
end
if redis.call('ZCARD', line) >= tonumber(ARGV[9]) and not redis.call('ZSCORE', line, name) then
  return {-3, 0}
end
redis.call('ZADD', line, 'LT', number, name)
redis.call('ZADD', missed, ARGV[8], name)
redis.call('EXPIRE', line, ARGV[10])
redis.call('EXPIRE', missed, ARGV[10])
return {redis.call('ZCOUNT', line, '-inf', '(' .. number),
        redis.call('ZCOUNT', used, ARGV[7], '+inf')}
"""
LET_IN = """
if redis.call('ZADD', KEYS[3], 'NX', ARGV[1], ARGV[3]) == 0 then return 0 end
redis.call('EXPIRE', KEYS[3], ARGV[4])
redis.call('ZREM', KEYS[1], ARGV[2])
redis.call('ZREM', KEYS[2], ARGV[2])
return 1
"""


class LineInRedis:
    """The same as ``LineInProcess``, shared by every process under one key prefix."""

    def __init__(self, client: Redis, prefix: str, longest: int = LONGEST_LINE) -> None:
        root = f"{prefix}{{line}}"
        self._keys = [f"{root}:places", f"{root}:missed", f"{root}:used"]
        self._client = client
        self._longest = longest
        self._look_script = client.register_script(LOOK)
        self._let_in_script = client.register_script(LET_IN)
        self._own = LineInProcess(longest)

    def arrive(self, place: Place, *, now: float) -> Sight:
        """Go on when nobody waits, else stand in line."""
        return self._look("arrive", place, now)

    def stand(self, place: Place, *, now: float) -> Sight:
        """Stand in line after all, because every place at the door was taken."""
        return self._look("stand", place, now)

    def come_back(self, place: Place, *, now: float) -> Sight:
        """See from a place where one stands now; a place that was given up counts again."""
        return self._look("come_back", place, now)

    def expect(self, place: Place, *, told: float, now: float) -> None:
        """Note that the holder was told to come back in so many seconds."""
        mapping = {place.name_key: missed_at(told, now=now)}
        self._try(
            lambda: self._client.zadd(self._keys[1], mapping, xx=True),
            lambda: self._own.expect(place, told=told, now=now),
        )

    def let_in(self, place: Place, *, now: float) -> bool:
        """Take the holder out of the line; False when the ticket was used already."""
        arguments: list[str | float] = [now, place.name_key, place.nonce, _lifetime()]
        return self._try(
            lambda: bool(self._let_in_script(keys=self._keys, args=arguments)),
            lambda: self._own.let_in(place, now=now),
        )

    def length(self, *, now: float) -> int:
        """How many wait."""
        found: Any = self._try(
            lambda: self._client.zcount(self._keys[1], now, "+inf"),
            lambda: self._own.length(now=now),
        )
        return int(found)

    def _look(self, how: str, place: Place, now: float) -> Sight:
        arguments: list[str | float] = [how, now, place.number, place.name_key, place.nonce]
        arguments += [now - _lifetime(), now - RATE_OVER_SECONDS]
        arguments += [missed_at(LONGEST_PAUSE_SECONDS, now=now), self._longest, _lifetime()]
        own: Callable[..., Sight] = getattr(self._own, how)
        return self._try(
            lambda: _sight(*self._look_script(keys=self._keys, args=arguments)),
            lambda: own(place, now=now),
        )

    def _try(self, shared: Callable[[], Answer], own: Callable[[], Answer]) -> Answer:
        try:
            return shared()
        except RedisError as error:
            log.warning("the line at the door is this process's own: %s", type(error).__name__)
            return own()


def _lifetime() -> int:
    return int(TICKET_LIFETIME.total_seconds())


def _sight(ahead: int, recent: int) -> Sight:
    match ahead:
        case -1:
            return Sight(standing=Standing.GO_ON)
        case -2:
            return Sight(standing=Standing.USED)
        case -3:
            return Sight(standing=Standing.FULL)
        case _:
            return Sight(standing=Standing.WAIT, ahead=ahead, per_second=pace(recent))
