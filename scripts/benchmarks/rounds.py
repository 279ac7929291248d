"""The workload of a whole round: doors, waiting room, opening, saves every 15 seconds, the end.

Connections are shared, as a reverse proxy shares its own among many browsers.
"""

import heapq
import random
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.entering import CLICK, WAITING_ROOM, Entrants
from benchmarks.http_load import Later, Request, Tally, drive
from benchmarks.saves import Saves
from benchmarks.signing_in import SignIns

SAVE_EVERY_SECONDS = 15.0
CLICK_WITHIN_SECONDS = 30.0
"""How long after the opening the last one clicks; most do at once."""
COME_BACK_SECONDS = 2.0
LAST_ARRIVAL = 0.95
HAND_IN_SHARE = 3
SLACK_SECONDS = 60.0
AT_THE_DOOR = 1 << 62
INDEX = (1 << 32) - 1
SESSION = re.compile(rb"set-cookie: session=([^;]+);", re.IGNORECASE)
ARRIVE, CLICKS, SAVE, HAND_IN = range(4)
PHASES = ("sign_in", "waiting_room", "click", "save")


@dataclass(kw_only=True)
class Round:
    """Candidates of one exam; the first ``signing_in`` of them must sign in at the door.

    In ``saves`` they count from 1, so that no mark can be mistaken.
    """

    entrants: Entrants
    saves: Saves
    door: SignIns
    signing_in: int
    late: int = 0
    by_phase: dict[str, "array[float]"] = field(
        default_factory=lambda: {phase: array("d") for phase in PHASES}
    )
    _tally: Tally = field(default_factory=Tally)
    _plan: list[tuple[float, int, int]] = field(default_factory=list)
    _outside: set[int] = field(default_factory=set)
    _cookies: list[str] = field(default_factory=list)

    def play(self, *, opens_at: float, ends_at: float, connections: int) -> Tally:
        """The round, in seconds from now: doors at 0, the opening, nobody saves after the end."""
        rng = random.Random(2026)
        count = len(self.entrants.cookies)
        self._cookies = list(self.entrants.cookies)
        self.entrants.cookies = self._cookies
        self._outside = set(range(self.signing_in))
        for index in range(count):
            arrives = rng.uniform(0.0, opens_at * LAST_ARRIVAL)
            clicks = opens_at + rng.triangular(0.0, CLICK_WITHIN_SECONDS, 1.0)
            self._plan += [(arrives, ARRIVE, index), (clicks, CLICKS, index)]
        heapq.heapify(self._plan)
        return drive(
            self.entrants.port,
            self._requests(ends_at, rng),
            connections=connections,
            follow=self._follow,
            seconds=ends_at + SLACK_SECONDS,
            tally=self._tally,
        )

    def outcome(self) -> dict[str, object]:
        """What happened, for the report."""
        wrong, first, _done, _size, tokens = self.entrants.outcome()
        refused, refusal = self.saves.refused()
        door = self.door.outcome()
        return {
            "started": len(tokens),
            "errors": wrong + refused + door["wrong"] + door["turned_away"],
            "first": first or refusal or door["first_wrong"],
            "late": self.late,
            "acknowledged": self.saves.acknowledged,
            "by_phase": self.by_phase,
            "door": door,
        }

    def _requests(self, ends_at: float, rng: random.Random) -> Iterator[Request]:
        while self._plan:
            due, kind, index = heapq.heappop(self._plan)
            if kind == ARRIVE and index in self._outside:
                yield (max(due, 1e-6), self.door.press(index), AT_THE_DOOR | index)
            elif kind == ARRIVE:
                yield (max(due, 1e-6), self.entrants.take(index, *WAITING_ROOM), index)
            elif kind == CLICKS:
                request = self._click(due, index, ends_at, rng)
                if request is not None:
                    yield request
            else:
                if kind == SAVE:
                    self._plan_next(due, index, ends_at, rng)
                path = b"save" if kind == SAVE else b"hand-in"
                if index in self.entrants.tokens:
                    yield (due, *self.saves.request(index + 1, path))

    def _click(self, due: float, index: int, ends_at: float, rng: random.Random) -> Request | None:
        if not self.entrants.has_done(index):  # still in line, or on the way into the room
            self.late += 1
            if due + COME_BACK_SECONDS < ends_at:
                heapq.heappush(self._plan, (due + COME_BACK_SECONDS, CLICKS, index))
            return None
        first = due + rng.uniform(2.0, SAVE_EVERY_SECONDS)
        if first < ends_at:
            heapq.heappush(self._plan, (first, SAVE, index))
        return (due, self.entrants.take(index, CLICK), index)

    def _plan_next(self, due: float, index: int, ends_at: float, rng: random.Random) -> None:
        following = due + SAVE_EVERY_SECONDS + rng.uniform(-1.0, 1.0)
        if following < ends_at:
            heapq.heappush(self._plan, (following, SAVE, index))
        elif index % HAND_IN_SHARE == 0:
            heapq.heappush(self._plan, (rng.uniform(due + 0.1, ends_at), HAND_IN, index))

    def _follow(self, mark: int, status: int, head: bytes, body: bytes) -> bytes | Later | None:
        index = mark & INDEX
        if mark & AT_THE_DOOR and index in self._outside:
            self._note("sign_in")
            return self._at_the_door(index, status, head, body)
        if not mark & AT_THE_DOOR and mark >> 32:
            self._note("save")
            self.saves.follow(mark, status, head, body)
            return None
        was_seated = index in self.entrants.tokens
        following = self.entrants.follow(index, status, head, body)
        is_seated = index in self.entrants.tokens
        self._note("click" if is_seated else "waiting_room")
        if is_seated and not was_seated:
            self.saves.admit(index + 1, self.entrants.tokens[index])
        return following

    def _at_the_door(
        self, index: int, status: int, head: bytes, body: bytes
    ) -> bytes | Later | None:
        before = self.door.admitted
        later = self.door.follow(index, status, head, body)
        session = SESSION.search(head)
        if self.door.admitted == before or session is None:
            return later
        self._cookies[index] = session[1].decode()
        self._outside.discard(index)
        return self.entrants.take(index, *WAITING_ROOM)

    def _note(self, phase: str) -> None:
        self.by_phase[phase].append(self._tally.latencies[-1])
