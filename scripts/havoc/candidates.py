"""Honest candidates: each writes answers into a journal of its own, sends, retries, keeps books.

Like the exam page, an entry keeps its number and content for ever, leaves the journal only when
the server has answered for it, and is sent again until then, oldest first.
"""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from time import monotonic, sleep
from typing import Any

from havoc.weather import Weather

REQUEST_SECONDS = 20.0
MOST_ENTRIES = 200
STORED = {"counted", "late", "superseded", "after_hand_in"}
LONGEST_BACKOFF = 3.0

Content = tuple[int, Any]
"""Question number and answer."""


@dataclass(kw_only=True)
class Candidate:
    """One candidate's books. ``acknowledged``: sequence → outcome; ``made_at``: monotonic times."""

    index: int
    attempt_id: int
    token: str
    contents: dict[int, Content] = field(default_factory=dict)
    clocks: dict[int, str] = field(default_factory=dict)
    pending: list[int] = field(default_factory=list)
    made_at: dict[int, float] = field(default_factory=dict)
    acknowledged: dict[int, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    delayed: list[tuple[float, list[int]]] = field(default_factory=list)
    wants_hand_in: bool = False
    handed_in: bool = False
    next_at: float = 0.0
    failures: int = 0
    last_ack_made_at: float = 0.0


class Crowd:
    """Candidates of one exam, driven by threads; ``answering`` switches whether they answer on."""

    def __init__(
        self,
        port: int,
        candidates: Sequence[Candidate],
        answers: Sequence[Sequence[object]],
        weather: Weather,
        *,
        pace: float,
        threads: int,
    ) -> None:
        self.candidates = candidates
        self.answering = True
        self.retries = 0
        self._port = port
        self._answers = answers
        self._weather = weather
        self._pace = pace
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._drive, args=(candidates[number::threads],), daemon=True)
            for number in range(threads)
        ]

    def start(self) -> None:
        """Set off."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop sending, whatever is still in the journals."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(REQUEST_SECONDS + 5)

    def unsent(self) -> int:
        """Entries that no server has answered for yet, and hand-ins that none has confirmed."""
        waiting = sum(len(each.pending) for each in self.candidates)
        return waiting + sum(each.wants_hand_in and not each.handed_in for each in self.candidates)

    def served_since(self, moment: float) -> int:
        """How many candidates had an answer acknowledged that they gave after a moment."""
        return sum(each.last_ack_made_at > moment for each in self.candidates)

    def _drive(self, mine: Sequence[Candidate]) -> None:
        connection = None
        while not self._stopping.is_set():
            now = monotonic()
            due = [each for each in mine if each.next_at <= now]
            if not due:
                sleep(0.02)
            for each in due:
                if self._stopping.is_set():
                    break
                connection = self._turn(connection, each)
        if connection is not None:
            connection.close()

    def _turn(self, connection: HTTPConnection | None, who: Candidate) -> HTTPConnection | None:
        if self.answering and not who.handed_in and not who.wants_hand_in:
            self._answer(who)
        who.next_at = monotonic() + self._pace * self._weather.dice.uniform(0.8, 1.2)
        if self._weather.is_cut(who.index):
            return connection
        try:
            connection = connection or HTTPConnection(
                "127.0.0.1", self._port, timeout=REQUEST_SECONDS
            )
            self._send_all(connection, who)
            who.failures = 0
        except (OSError, HTTPException, ValueError):
            self.retries += 1
            who.failures += 1
            backoff = min(LONGEST_BACKOFF, 0.2 * 2**who.failures)
            who.next_at = monotonic() + self._weather.dice.uniform(0.5, 1.0) * backoff
            if connection is not None:
                connection.close()
            return None
        return connection

    def _answer(self, who: Candidate) -> None:
        seq = len(who.contents) + 1
        number = (who.index + seq) % len(self._answers)
        choices = self._answers[number]
        who.contents[seq] = (number + 1, choices[seq % len(choices)])
        clock = datetime.now(UTC) + self._weather.skew(who.index)
        who.clocks[seq] = clock.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        who.made_at[seq] = monotonic()
        who.pending.append(seq)

    def _send_all(self, connection: HTTPConnection, who: Candidate) -> None:
        for batch in self._batches(who):
            self._post(connection, who, "save", batch)
        if who.wants_hand_in and not who.handed_in and not who.pending:
            self._post(connection, who, "hand-in", [])
            who.handed_in = True

    def _batches(self, who: Candidate) -> list[list[int]]:
        """Requests to send now: as the page would, or duplicated, reordered and held back."""
        pending = who.pending[:MOST_ENTRIES]
        if not self._weather.garbled:
            return [pending] if pending else []
        now, dice = monotonic(), self._weather.dice
        ripe = [batch for due, batch in who.delayed if due <= now]
        who.delayed = [(due, batch) for due, batch in who.delayed if due > now]
        batches = [pending] if pending else []
        match dice.randrange(4):
            case 0:
                batches = batches * 3
            case 1:
                batches = [[seq] for seq in reversed(pending)]
            case 2 if pending:
                who.delayed.append((now + dice.uniform(0.5, 3.0), pending))
                batches = []
        return batches + ripe

    def _post(
        self, connection: HTTPConnection, who: Candidate, path: str, batch: Sequence[int]
    ) -> None:
        entries = [
            {
                "seq": seq,
                "question": who.contents[seq][0],
                "answer": who.contents[seq][1],
                "at": who.clocks[seq],
            }
            for seq in batch
        ]
        body = json.dumps({"entries": entries}).encode()
        headers = {"Content-Type": "application/json", "X-Attempt-Token": who.token}
        connection.request("POST", f"/api/exams/{path}", body=body, headers=headers)
        response = connection.getresponse()
        said = response.read()
        if response.status >= 500 or response.status == 429:
            raise HTTPException(f"{response.status}")  # later, says the server
        if response.status != 200:
            who.refused.append(f"{path}: {response.status} {said[:120]!r}")
            return
        self._take_in(who, json.loads(said))

    def _take_in(self, who: Candidate, answer: dict[str, Any]) -> None:
        for result in answer["results"]:
            seq, outcome = result["seq"], result["outcome"]
            if outcome not in STORED:
                who.refused.append(f"{seq}: {outcome} {result.get('code')}")
                continue
            who.acknowledged[seq] = outcome
            who.last_ack_made_at = max(who.last_ack_made_at, who.made_at[seq])
            if seq in who.pending:
                who.pending.remove(seq)
