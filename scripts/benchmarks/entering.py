"""The workload of a start: what a candidate's browser asks for, in its order, from lobby to paper.

With the waiting room (``web/static/js/exams/waiting_room.js``): the lobby page, the sealed copy,
the empty exam page; at the opening one POST with the lobby's ticket, whose answer holds the key
and all the page needs. Without it (``FORM_WAY``): the form, the page it leads to, the copy, the
state. Static files are left out: their addresses are versioned, so a browser asks for each once.
"""

import gzip
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.http_load import Tally, drive

SEAT = re.compile(rb"set-cookie: seat=([^;]+);", re.IGNORECASE)
TICKET = re.compile(rb'data-ticket="([^"]+)"')
COPY_URL = re.compile(rb'data-copy="([^"]+)"')
PACKED = b"content-encoding: gzip"
EXAM_DATA = re.compile(rb'id="exam-data">(.*?)</script>', re.DOTALL)
LONGEST_BACKLOG_SECONDS = 90.0
LOBBY, COPY, SHELL, CLICK = "lobby", "copy", "shell", "click"
FORM, PAGE, STATE = "form", "page", "state"
WAITING_ROOM = (LOBBY, COPY, SHELL)
FORM_WAY = (LOBBY, FORM, PAGE, COPY, STATE)
BROWSER = (
    b"User-Agent: Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/116.0 Mobile\r\n"
    b"Accept-Language: zh-CN,zh;q=0.9\r\nAccept-Encoding: gzip, deflate\r\n"
)


@dataclass(kw_only=True)
class Entrants:
    """Candidates and how far each has come; ``tokens`` of those who have a seat."""

    port: int
    exam_id: int
    cookies: Sequence[str]
    csrf_token: str
    tokens: dict[int, str] = field(default_factory=dict)
    done: int = 0
    paper_bytes: int = 0
    _left: dict[int, tuple[str, ...]] = field(default_factory=dict)
    _tickets: dict[int, bytes] = field(default_factory=dict)
    _seats: dict[int, bytes] = field(default_factory=dict)
    _copy: bytes = b""
    _wrong: Tally = field(default_factory=Tally)

    def open_loop(
        self, *, steps: Sequence[str], first: int, count: int, rate: float, connections: int
    ) -> Tally:
        """Candidates ``first`` and on take the steps, each beginning at a steady rate a second."""
        marks = [first + number for number in range(count)]
        if steps[0] == CLICK:
            for mark in set(marks) - self._tickets.keys():
                self._wrong.fail(f"candidate {mark} has no ticket")
            marks = [mark for mark in marks if mark in self._tickets]
        requests = (
            (number / rate, self.take(mark, *steps), mark) for number, mark in enumerate(marks)
        )
        return drive(
            self.port,
            requests,
            connections=connections,
            follow=self.follow,
            seconds=count / rate + LONGEST_BACKLOG_SECONDS,
        )

    def outcome(self) -> tuple[int, str, int, int, dict[int, str]]:
        """Wrong answers, the first one's words, walks done, bytes of a paper, attempt tokens."""
        wrong, self._wrong = self._wrong, Tally()
        done, self.done = self.done, 0
        return wrong.errors, wrong.first_error, done, self.paper_bytes, self.tokens

    def enter(self, mark: int) -> bytes:
        """The whole way of somebody who comes when the doors are open already."""
        return self.take(mark, *WAITING_ROOM, CLICK)

    def take(self, mark: int, *steps: str) -> bytes:
        """The first of some steps as a request; ``follow`` makes the others."""
        self._left[mark] = steps
        return self._request(mark, steps[0])

    def follow(self, mark: int, status: int, head: bytes, body: bytes) -> bytes | None:
        """The browser's next request, or none when the last step has been answered."""
        step, *left = self._left[mark]
        if PACKED in head.lower():
            body = gzip.decompress(body)
        if status != (302 if step == FORM else 200) or not self._learn(mark, step, head, body):
            self._wrong.fail(f"{step}: {status} {head[:200]!r} {body[-300:]!r}")
            return None
        self._left[mark] = tuple(left)
        if left:
            return self._request(mark, left[0])
        self.done += 1
        return None

    def has_done(self, mark: int) -> bool:
        """Whether somebody's last step has been answered."""
        return self._left.get(mark) == ()

    def _learn(self, mark: int, step: str, head: bytes, body: bytes) -> bool:
        """Keep what a later step needs; False when the answer is not what it should be."""
        if step == LOBBY:
            ticket, copy = TICKET.search(body), COPY_URL.search(body)
            if ticket is None or copy is None:
                return False
            self._tickets[mark], self._copy = ticket[1], copy[1]
        elif step == COPY:
            self.paper_bytes = len(body)
        elif step in (CLICK, FORM):
            seat = SEAT.search(head)
            if seat is None:
                return False
            self._seats[mark] = seat[1]
            if step == CLICK:
                return self._seated(mark, body)
        elif step == PAGE:
            data = EXAM_DATA.search(body)
            return data is not None and self._seated(mark, data[1])
        return True

    def _seated(self, mark: int, data: bytes) -> bool:
        told = json.loads(data)
        self.tokens[mark] = told["token"]
        return bool(told["sealed"]["content_key"] and told["order"] and told["due_at"])

    def _request(self, mark: int, step: str) -> bytes:
        exam = b"/exams/%d" % self.exam_id
        if step == LOBBY:
            return _get(exam + b"/", self._cookies(mark))
        if step == COPY:
            return _get(self._copy)
        if step == SHELL:
            ticket = b"X-Exam-Ticket: %s\r\n" % self._tickets[mark]
            return _get(b"/api/exams/shell/%d" % self.exam_id, self._cookies(mark) + ticket)
        if step == PAGE:
            return _get(exam + b"/sit", self._cookies(mark))
        if step == STATE:
            token = b"X-Attempt-Token: " + self.tokens[mark].encode() + b"\r\n"
            return _get(b"/api/exams/state", self._cookies(mark) + token)
        if step == FORM:
            body = b"csrf_token=" + self.csrf_token.encode()
            return _post(exam + b"/enter", self._cookies(mark), b"x-www-form-urlencoded", body)
        ticket = b"X-Exam-Ticket: " + self._tickets[mark] + b"\r\n"
        path = b"/api/exams/enter"
        return _post(path, self._cookies(mark) + ticket, b"json", b'{"access_code":""}')

    def _cookies(self, mark: int) -> bytes:
        cookies = b"Cookie: session=" + self.cookies[mark].encode()
        if mark in self._seats:
            cookies += b"; seat=" + self._seats[mark]
        return cookies + b"\r\n"


def _get(path: bytes, headers: bytes = b"") -> bytes:
    return b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\n" + BROWSER + headers + b"\r\n"


def _post(path: bytes, headers: bytes, kind: bytes, body: bytes) -> bytes:
    return b"POST %s HTTP/1.1\r\nHost: localhost\r\n%s%sContent-Type: application/%s\r\n" % (
        path,
        BROWSER,
        headers,
        kind,
    ) + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
