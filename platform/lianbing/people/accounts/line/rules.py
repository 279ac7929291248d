"""Rules of the line at the door: who may come in, when to ask again, how long it will take.

Places are ordered by arrival, so nothing is counted out and every process agrees without asking.
A place counts while its holder keeps coming back; who stays away is no longer waited for, and
finds the place again by its number, until the ticket is too old.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LONGEST_LINE = 20_000
TICKET_LIFETIME = timedelta(minutes=15)
MISSED_AFTER_SECONDS = 3.0
SHORTEST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
RATE_OVER_SECONDS = 5.0
SLOWEST_PER_SECOND = 5.0
"""What people are told of a door that has not shown its pace yet."""
LEAST_CALLED_PER_SECOND = 80.0
HEADROOM = 1.25
"""More are called than came in lately: else a slow moment would make itself last."""
CALLED_SECONDS = 1.0
"""Those whose turn comes within this time are called together, so that no place stands empty."""


class Standing(StrEnum):
    """What the line says to someone at its door."""

    GO_ON = "go_on"
    WAIT = "wait"
    USED = "used"
    FULL = "full"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A place: ``number`` is its arrival in microseconds, ``name_key`` stands for who holds it.

    A name holds one place, however often its form is sent; ``nonce`` makes a ticket good once.
    """

    number: int
    nonce: str
    name_key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Sight:
    """What one sees from a place; ``per_second``: sign-ins a second lately, over all processes."""

    standing: Standing
    ahead: int = 0
    per_second: float = 0.0


def number_of(arrived_at: datetime) -> int:
    """The number of who arrived then."""
    return int(arrived_at.timestamp() * 1_000_000)


def is_expired(place: Place, *, now: datetime) -> bool:
    """Whether a ticket is too old, or from the future."""
    age = number_of(now) - place.number
    return not 0 <= age <= TICKET_LIFETIME / timedelta(microseconds=1)


def pace(recent: int) -> float:
    """Sign-ins a second, from how many there were of late."""
    return max(SLOWEST_PER_SECOND, recent / RATE_OVER_SECONDS)


def called_per_second(sight: Sight) -> float:
    """How many a second are let come to the door."""
    return max(LEAST_CALLED_PER_SECOND, sight.per_second * HEADROOM)


def is_called(sight: Sight) -> bool:
    """Whether it is this place's turn, as soon as there is room."""
    return sight.ahead < called_per_second(sight) * CALLED_SECONDS


def seconds_left(sight: Sight) -> int:
    """About how long it will take, rounded up so that nobody is promised too much."""
    left = int(sight.ahead / max(sight.per_second, SLOWEST_PER_SECOND)) + 1
    return left if left < 20 else -(-left // 10) * 10


def pause(sight: Sight) -> float:
    """After how many seconds to ask again: when the turn may have come, half-way if that is far."""
    left = sight.ahead / called_per_second(sight)
    wanted = left if left < 2 * LONGEST_PAUSE_SECONDS / 3 else left / 2
    return round(min(max(wanted, SHORTEST_PAUSE_SECONDS), LONGEST_PAUSE_SECONDS), 1)


def missed_at(told: float, *, now: float) -> float:
    """Until when, in seconds, a place counts whose holder was told to come back."""
    return now + told + MISSED_AFTER_SECONDS
