"""The workload of a sign-in rush: people with the form open who press its button."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import urlencode

from benchmarks.http_load import Later, Tally, drive

PLACE_IN_LINE = b"data-place-in-line"
"""What a page carries that tells someone their place in the line at the door."""
TICKET = re.compile(rb"set-cookie: place_in_line=([^;]+);", re.IGNORECASE)
AGAIN_IN = re.compile(rb'"again_in": ?([0-9.]+)|data-again-in="([0-9.]+)"')
ACCEPTED = 202
SLACK_SECONDS = 30.0


@dataclass(kw_only=True)
class SignIns:
    """One sign-in a person; who is asked to wait comes back when told, as the page's script does.

    ``admitted`` counts those who came in, ``asked_to_wait`` those who were not let in at once.
    """

    port: int
    names: Sequence[str]
    password: str
    cookie: str
    csrf_token: str
    admitted: int = 0
    admitted_by: int = 0
    asked_to_wait: int = 0
    shown_a_place: int = 0
    polls: int = 0
    turned_away: int = 0
    furthest: int = 0
    _until: float = 0.0
    _next: int = 0
    _tickets: dict[int, bytes] = field(default_factory=dict)
    _wrong: Tally = field(default_factory=Tally)

    def open_loop(
        self, *, rate: float, seconds: float, connections: int, drain: float = SLACK_SECONDS
    ) -> Tally:
        """People press the button at a steady rate a second; then the line empties."""
        first = self._next
        requests = (
            (number / rate, self._press(), first + number) for number in range(int(rate * seconds))
        )
        self.admitted = self.admitted_by = self.asked_to_wait = self.shown_a_place = 0
        self.polls = self.turned_away = self.furthest = 0
        self._wrong = Tally()
        self._tickets.clear()
        self._until = monotonic() + seconds
        return drive(
            self.port,
            requests,
            connections=connections,
            follow=self.follow,
            seconds=seconds + drain,
        )

    def outcome(self) -> dict[str, Any]:
        """How many came in, were asked to wait, and were shown their place meanwhile."""
        return {
            "admitted": self.admitted,
            "admitted_while_pressed": self.admitted_by,
            "asked_to_wait": self.asked_to_wait,
            "shown_a_place": self.shown_a_place,
            "polls": self.polls,
            "turned_away": self.turned_away,
            "furthest_back": self.furthest,
            "wrong": self._wrong.errors,
            "first_wrong": self._wrong.first_error,
        }

    def follow(self, mark: int, status: int, head: bytes, body: bytes) -> Later | None:
        """What became of a press or of coming back."""
        if status == 302 or (status == 200 and b'"go"' in body and b"sign-in" not in body):
            self.admitted += 1
            self.admitted_by += monotonic() < self._until
            return None
        if status == ACCEPTED:
            return self._wait(mark, head, body)
        if status == 503:
            self.turned_away += 1
        else:
            self._wrong.fail(f"{status} {head[:200]!r} {body[:200]!r}")
        return None

    def _wait(self, mark: int, head: bytes, body: bytes) -> Later:
        again = AGAIN_IN.search(body)
        if mark not in self._tickets:
            ticket = TICKET.search(head)
            self.asked_to_wait += 1
            self.shown_a_place += PLACE_IN_LINE in body and again is not None
            self._tickets[mark] = ticket[1] if ticket else b""
        self.polls += 1
        seconds = float(again[1] or again[2]) if again else 5.0
        return seconds, (
            b"GET /sign-in/line HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n"
            b"Cookie: session=%s; place_in_line=%s\r\n\r\n"
            % (self.cookie.encode(), self._tickets[mark])
        )

    def _press(self) -> bytes:
        number = self._next
        self._next += 1
        return self.press(number)

    def press(self, number: int) -> bytes:
        """The button pressed by the person of a number."""
        name = self.names[number % len(self.names)]
        fields = {"csrf_token": self.csrf_token, "name": name, "password": self.password}
        body = urlencode(fields).encode()
        return (
            b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nCookie: session=%s\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s"
            % (self.cookie.encode(), len(body), body)
        )
