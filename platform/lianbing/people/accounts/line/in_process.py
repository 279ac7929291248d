"""The line of one process: what the embedded shape has, and production while Redis is away."""

import threading
from bisect import bisect_left, insort
from collections import deque

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

TIDY_EVERY_SECONDS = 0.5


class LineInProcess:
    """A line in memory, safe to use from many threads; times are seconds since the epoch."""

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self._longest = longest
        self._lock = threading.Lock()
        self._tidied = 0.0
        self._numbers: list[int] = []
        self._places: dict[str, tuple[int, float]] = {}  # name → number, counts until
        self._used: dict[str, None] = {}
        self._used_at: deque[tuple[float, str]] = deque()

    def arrive(self, place: Place, *, now: float) -> Sight:
        """Go on when nobody waits, else stand in line."""
        with self._lock:
            self._tidy(now)
            if not self._places:
                self._use(place, now)
                return Sight(standing=Standing.GO_ON)
            return self._stand(place, now)

    def stand(self, place: Place, *, now: float) -> Sight:
        """Stand in line after all, because every place at the door was taken."""
        with self._lock:
            self._tidy(now)
            self._used.pop(place.nonce, None)
            return self._stand(place, now)

    def come_back(self, place: Place, *, now: float) -> Sight:
        """See from a place where one stands now; a place that was given up counts again."""
        with self._lock:
            self._tidy(now)
            if place.nonce in self._used:
                return Sight(standing=Standing.USED)
            return self._stand(place, now)

    def expect(self, place: Place, *, told: float, now: float) -> None:
        """Note that the holder was told to come back in so many seconds."""
        with self._lock:
            held = self._places.get(place.name_key)
            if held is not None:
                self._places[place.name_key] = (held[0], missed_at(told, now=now))

    def let_in(self, place: Place, *, now: float) -> bool:
        """Take the holder out of the line; False when the ticket was used already."""
        with self._lock:
            if place.nonce in self._used:
                return False
            self._use(place, now)
            self._give_up(place.name_key)
            return True

    def length(self, *, now: float) -> int:
        """How many wait."""
        with self._lock:
            self._tidy(now)
            return len(self._places)

    def _stand(self, place: Place, now: float) -> Sight:
        held = self._places.get(place.name_key)
        if held is None and len(self._places) >= self._longest:
            return Sight(standing=Standing.FULL)
        if held is not None:
            self._give_up(place.name_key)
        number = min(place.number, held[0]) if held is not None else place.number
        insort(self._numbers, number)
        self._places[place.name_key] = (number, missed_at(LONGEST_PAUSE_SECONDS, now=now))
        since = now - RATE_OVER_SECONDS
        recent = 0
        for at, _nonce in reversed(self._used_at):
            if at < since:
                break
            recent += 1
        return Sight(
            standing=Standing.WAIT,
            ahead=bisect_left(self._numbers, place.number),
            per_second=pace(recent),
        )

    def _use(self, place: Place, now: float) -> None:
        self._used[place.nonce] = None
        self._used_at.append((now, place.nonce))

    def _give_up(self, name_key: str) -> None:
        held = self._places.pop(name_key, None)
        if held is not None:
            del self._numbers[bisect_left(self._numbers, held[0])]

    def _tidy(self, now: float) -> None:
        if abs(now - self._tidied) < TIDY_EVERY_SECONDS:
            return
        self._tidied = now
        for name_key in [name for name, (_, until) in self._places.items() if until < now]:
            self._give_up(name_key)
        oldest = now - TICKET_LIFETIME.total_seconds()
        while self._used_at and self._used_at[0][0] < oldest:
            self._used.pop(self._used_at.popleft()[1], None)
