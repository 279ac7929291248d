"""Who sits where and when, and who may come in: pure, with seed and clock as arguments.

Seats are dealt, not drawn one by one: first every (batch, room) gets its share of the
candidates, then each share is laid out so that people of one unit, and inside it of one work
team, sit as far apart by seat number as their count allows.
"""

import heapq
import random
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from lianbing.kernel.errors import N_

DOORS_OPEN_BEFORE = timedelta(minutes=60)
"""How long before a batch opens its candidates may check in."""
MOST_ROOMS = 1000
MOST_BATCHES = 20
MOST_SEATS = 2000


class CheckInRule(StrEnum):
    """What a missing check-in means for entering."""

    RECORDED = "recorded"
    REQUIRED = "required"


class IncidentKind(StrEnum):
    """What an entry of a room's sheet is about."""

    DEVICE = "device"
    NETWORK = "network"
    HEALTH = "health"
    CONDUCT = "conduct"
    IDENTITY = "identity"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sitter:
    """A candidate to be seated; ``unit`` and ``team`` tell whom to keep apart."""

    candidate_id: int
    unit: int = 0
    team: int = 0
    accommodated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomPlan:
    """A room: how many seats, and whether persons with accommodations sit in it."""

    room_id: int
    seats: int
    for_accommodated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Dealt:
    """One candidate's seat."""

    candidate_id: int
    batch_id: int
    room_id: int
    number: int


@dataclass(kw_only=True, slots=True)
class _Share:
    batch_id: int
    room: RoomPlan
    sitters: list[Sitter]

    @property
    def free(self) -> int:
        return self.room.seats - len(self.sitters)


class DealState(StrEnum):
    """How far seats dealt in the background are."""

    WAITING = "waiting"
    RUNNING = "running"
    REFUSED = "refused"

    @property
    def is_under_way(self) -> bool:
        return self is not DealState.REFUSED


class TooFewSeats(Exception):
    """More candidates than seats; ``accommodated`` when it is the rooms set apart that lack."""

    def __init__(self, *, wanted: int, seats: int, accommodated: bool) -> None:
        super().__init__(wanted, seats, accommodated)
        self.wanted, self.seats, self.accommodated = wanted, seats, accommodated


def deal_seats(
    sitters: Sequence[Sitter], rooms: Sequence[RoomPlan], batch_ids: Sequence[int], *, seed: int
) -> list[Dealt]:
    """Deal every candidate one seat; the same input and seed deal the same. Raises TooFewSeats.

    Where a room is set apart, persons with accommodations sit in such rooms and nowhere else.
    """
    rng = random.Random(f"seats:{seed}")  # noqa: S311 - a reproducible deal, not a secret
    shares = [
        _Share(batch_id=batch_id, room=room, sitters=[]) for batch_id in batch_ids for room in rooms
    ]
    apart = any(room.for_accommodated for room in rooms)
    special = [one for one in sitters if apart and one.accommodated]
    others = [one for one in sitters if not (apart and one.accommodated)]
    _share_out(special, [one for one in shares if one.room.for_accommodated], rng, special=True)
    _share_out(others, shares, rng, special=False)
    return [
        Dealt(
            candidate_id=sitter.candidate_id,
            batch_id=share.batch_id,
            room_id=share.room.room_id,
            number=number,
        )
        for share in shares
        for number, sitter in enumerate(_laid_out(share.sitters, rng), start=1)
    ]


def _share_out(
    sitters: Sequence[Sitter], shares: Sequence[_Share], rng: random.Random, *, special: bool
) -> None:
    """Give each share its part by its free seats, and each unit and team an even part of it."""
    if not sitters:
        return
    free = sum(share.free for share in shares)
    if len(sitters) > free:
        raise TooFewSeats(wanted=len(sitters), seats=free, accommodated=special)
    turns = _turns([share.free for share in shares], len(sitters))
    ordered = sorted(sitters, key=lambda one: one.candidate_id)
    rng.shuffle(ordered)
    ordered.sort(key=lambda one: (one.unit, one.team))
    for place, sitter in zip(turns, ordered, strict=True):
        shares[place].sitters.append(sitter)


def _turns(free: Sequence[int], count: int) -> list[int]:
    """Which share each of ``count`` takes in turn: by largest remainder, evenly interleaved."""
    total = sum(free)
    quotas = [count * seats // total for seats in free]
    by_remainder = sorted(
        range(len(free)), key=lambda place: (-(count * free[place] % total), place)
    )
    for place in by_remainder[: count - sum(quotas)]:
        quotas[place] += 1
    turns = [
        ((turn + 0.5) / quota, place) for place, quota in enumerate(quotas) for turn in range(quota)
    ]
    return [place for _, place in sorted(turns)]


def _laid_out(sitters: Sequence[Sitter], rng: random.Random) -> list[Sitter]:
    """Units as far apart as can be; the seats of each unit are taken by its teams in turn."""
    mixed = sorted(sitters, key=lambda one: one.candidate_id)
    rng.shuffle(mixed)
    return spread(spread(mixed, lambda one: (one.unit, one.team)), lambda one: one.unit)


Item = TypeVar("Item")


def spread(items: Sequence[Item], group: Callable[[Item], Hashable]) -> list[Item]:
    """Reorder so that equal groups keep the widest least distance their counts allow.

    Inside a group the given order stays. Of n items whose largest group counts m, and k groups
    as large, the distance is ⌊(n − k) / (m − 1)⌋: always the most numerous group that has waited
    long enough comes next.
    """
    waiting: dict[Hashable, deque[Item]] = {}
    for item in items:
        waiting.setdefault(group(item), deque()).append(item)
    distance = widest_distance([len(queue) for queue in waiting.values()])
    names = list(waiting)
    ready = [(-len(waiting[name]), place) for place, name in enumerate(names)]
    heapq.heapify(ready)
    resting: deque[tuple[int, int]] = deque()
    out: list[Item] = []
    while len(out) < len(items):
        while resting and resting[0][0] <= len(out):
            place = resting.popleft()[1]
            heapq.heappush(ready, (-len(waiting[names[place]]), place))
        place = heapq.heappop(ready)[1]
        out.append(waiting[names[place]].popleft())
        if waiting[names[place]]:
            resting.append((len(out) - 1 + distance, place))
    return out


def widest_distance(counts: Sequence[int]) -> int:
    """The least distance between two of one group that a row of these groups can keep."""
    largest = max(counts, default=0)
    if largest <= 1:
        return max(1, sum(counts))
    as_large = Counter(counts)[largest]
    return max(1, (sum(counts) - as_large) // (largest - 1))


def free_places(
    rooms: Sequence[RoomPlan],
    batch_ids: Sequence[int],
    taken: set[tuple[int, int, int]],
    *,
    accommodated: bool,
) -> Iterator[tuple[int, int, int]]:
    """The free (batch, room, seat number) for who came late, one after another.

    The latest batch first, since whoever enrols late may have missed the first; ``taken`` may
    grow while the places are given out.
    """
    apart = accommodated and any(room.for_accommodated for room in rooms)
    suited = [room for room in rooms if room.for_accommodated or not apart]
    suited.sort(key=lambda room: room.for_accommodated)
    for batch_id in reversed(batch_ids):
        for room in suited:
            for number in range(1, room.seats + 1):
                if (batch_id, room.room_id, number) not in taken:
                    yield batch_id, room.room_id, number


class Refusal(StrEnum):
    """Why a candidate may not begin yet, or not any more."""

    NO_SEAT = "no_seat"
    BATCH_NOT_OPEN = "batch_not_open"
    BATCH_OVER = "batch_over"
    NOT_CHECKED_IN = "not_checked_in"


@dataclass(frozen=True, kw_only=True, slots=True)
class SeatFacts:
    """What decides whether a candidate may begin: the batch's window, and the check-in."""

    opens_at: datetime
    closes_at: datetime
    check_in: CheckInRule
    checked_in: bool


def decide_admission(seat: SeatFacts | None, *, at: datetime) -> Refusal | None:
    """Whether a candidate of an exam with a published seating plan may begin; None lets in."""
    if seat is None:
        return Refusal.NO_SEAT
    if at < seat.opens_at:
        return Refusal.BATCH_NOT_OPEN
    if at >= seat.closes_at:
        return Refusal.BATCH_OVER
    if seat.check_in is CheckInRule.REQUIRED and not seat.checked_in:
        return Refusal.NOT_CHECKED_IN
    return None


class DoorRefusal(StrEnum):
    """Why an invigilator cannot check a candidate in."""

    WRONG_ROOM = "wrong_room"
    TOO_EARLY = "too_early"
    BATCH_OVER = "batch_over"


def decide_check_in(
    *,
    rooms: frozenset[int] | None,
    room_id: int,
    opens_at: datetime,
    closes_at: datetime,
    at: datetime,
) -> DoorRefusal | None:
    """Whether a candidate of this seat may check in; ``rooms`` are the invigilator's, None: all."""
    if rooms is not None and room_id not in rooms:
        return DoorRefusal.WRONG_ROOM
    if at < opens_at - DOORS_OPEN_BEFORE:
        return DoorRefusal.TOO_EARLY
    return DoorRefusal.BATCH_OVER if at >= closes_at else None


def batch_faults(
    *, opens_at: datetime, closes_at: datetime, exam_opens_at: datetime, exam_closes_at: datetime
) -> list[str]:
    """Why a batch cannot be planned like this, as English msgids; empty when it can."""
    faults = []
    if closes_at <= opens_at:
        faults.append(N_("a batch must last some minutes"))
    if opens_at < exam_opens_at or closes_at > exam_closes_at:
        faults.append(N_("a batch must lie inside the exam's own window"))
    return faults
