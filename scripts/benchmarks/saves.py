"""The workload of saves: what candidates send, and which answers were acknowledged."""

import json
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.http_load import Request, Tally, drive

LONGEST_BACKLOG_SECONDS = 30.0
ACKNOWLEDGED = b'"outcome":"counted"'


@dataclass(kw_only=True)
class Saves:
    """Candidates who save one answer at a time, each with a sequence of their own.

    What a candidate answers at a sequence number follows from both, so an acknowledgement is
    remembered as two numbers and still says which content must be stored.
    """

    port: int
    tokens: Sequence[str]
    answers: Sequence[Sequence[object]]
    first_seq: int = 1
    acknowledged: "array[int]" = field(default_factory=lambda: array("Q"))
    _next: list[int] = field(default_factory=list)
    _heads: list[bytes] = field(default_factory=list)
    _texts: list[list[bytes]] = field(default_factory=list)
    _tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        self._next = [self.first_seq] * len(self.tokens)
        self._heads = [_head(token) for token in self.tokens]
        self._texts = [
            [json.dumps(answer, ensure_ascii=False).encode() for answer in choices]
            for choices in self.answers
        ]

    def admit(self, candidate: int, token: str) -> None:
        """Give a candidate the token of a seat taken since."""
        self._heads[candidate] = _head(token)

    def open_loop(self, *, rate: float, seconds: float, connections: int) -> Tally:
        """Saves arrive at a steady rate a second, whatever the server does."""
        requests = (
            (number / rate, *self.request(number % len(self.tokens)))
            for number in range(int(rate * seconds))
        )
        return drive(
            self.port,
            requests,
            connections=connections,
            follow=self.follow,
            seconds=seconds + LONGEST_BACKLOG_SECONDS,
        )

    def closed_loop(self, *, seconds: float, connections: int) -> Tally:
        """As many saves as the server answers, one at a time a connection."""
        return drive(
            self.port,
            self._endless(),
            connections=connections,
            follow=self.follow,
            seconds=seconds,
        )

    def some(self, *, count: int, rate: float, connections: int) -> Tally:
        """One save each of the first ``count`` candidates, at a steady rate a second."""
        requests = ((number / rate, *self.request(number)) for number in range(count))
        return drive(
            self.port,
            requests,
            connections=connections,
            follow=self.follow,
            seconds=count / rate + LONGEST_BACKLOG_SECONDS,
        )

    def hand_ins(self, *, first: int, count: int, rate: float, connections: int) -> Tally:
        """Candidates ``first`` and on hand in with one unsent answer each."""
        requests = (
            (number / rate, *self.request(first + number, b"hand-in")) for number in range(count)
        )
        return drive(
            self.port,
            requests,
            connections=connections,
            follow=self.follow,
            seconds=count / rate + LONGEST_BACKLOG_SECONDS,
        )

    def refused(self) -> tuple[int, str]:
        """How many answers were not acknowledged so far, and the first one's words."""
        return self._tally.errors, self._tally.first_error

    def acknowledgements(self) -> "array[int]":
        """Every acknowledged (candidate, sequence), packed as candidate << 32 | sequence."""
        return self.acknowledged

    def content(self, candidate: int, seq: int) -> tuple[int, bytes]:
        """What a candidate answers at a sequence number: question and answer as JSON text."""
        question = (candidate + seq) % len(self._texts)
        choices = self._texts[question]
        return question + 1, choices[seq % len(choices)]

    def follow(self, mark: int, status: int, head: bytes, body: bytes) -> None:
        """Remember an acknowledgement, or count what was no acknowledgement."""
        if status == 200 and ACKNOWLEDGED in body:
            self.acknowledged.append(mark)
        else:
            self._tally.fail(f"{status} {body[:200]!r}")

    def _endless(self) -> Iterator[Request]:
        while True:
            for candidate in range(len(self.tokens)):
                yield (0.0, *self.request(candidate))

    def request(self, candidate: int, path: bytes = b"save") -> tuple[bytes, int]:
        """A candidate's next answer as a request, and its mark."""
        seq = self._next[candidate]
        self._next[candidate] = seq + 1
        question, answer = self.content(candidate, seq)
        body = b'{"entries":[{"seq":%d,"question":%d,"answer":%s,"at":"2026-11-20T08:00:00.000Z"}]}'
        body = body % (seq, question, answer)
        head = b"POST /api/exams/" + path + self._heads[candidate]
        return b"%s%d\r\n\r\n%s" % (head, len(body), body), candidate << 32 | seq


def _head(token: str) -> bytes:
    return (
        b" HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"X-Attempt-Token: " + token.encode() + b"\r\nContent-Length: "
    )


def make_saves(
    port: int, tokens: list[str], answers: list[list[object]], first_seq: int = 1
) -> Saves:
    """The workload, made in the generator's process."""
    return Saves(port=port, tokens=tokens, answers=answers, first_seq=first_seq)
