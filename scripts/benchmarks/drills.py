"""The workload of drills: workers who answer one question after the other."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.http_load import Request, Tally, drive

LONGEST_BACKLOG_SECONDS = 30.0
ACKNOWLEDGED = b'"verdict":'
WITH_A_KEY = b'"explanation"'


@dataclass(kw_only=True)
class Drills:
    """Drills of ``length`` questions each; ``answers`` a list a drill, one answer a position.

    Workers come in turn, each with the next question of their drill, so no two requests of one
    worker are ever under way together while the server keeps up.
    """

    port: int
    tokens: Sequence[str]
    answers: Sequence[Sequence[object]]
    acknowledged: int = 0
    _sent: int = 0
    _tally: Tally = field(default_factory=Tally)

    def open_loop(self, *, rate: float, seconds: float, connections: int) -> Tally:
        """Answers arrive at a steady rate a second, whatever the server does."""
        count = int(rate * seconds)
        requests = ((number / rate, *self._request()) for number in range(count))
        return drive(
            self.port,
            self._counted(requests),
            connections=connections,
            follow=self.follow,
            seconds=seconds + LONGEST_BACKLOG_SECONDS,
        )

    def refused(self) -> tuple[int, int, str]:
        """How many were acknowledged, how many were not, and the first one's words."""
        return self.acknowledged, self._tally.errors, self._tally.first_error

    def follow(self, _mark: int, status: int, _head: bytes, body: bytes) -> None:
        """Count an answer that was marked and came back with its key."""
        if status == 200 and ACKNOWLEDGED in body and WITH_A_KEY in body:
            self.acknowledged += 1
        else:
            self._tally.fail(f"{status} {body[:200]!r}")

    def _counted(self, requests: Iterator[Request]) -> Iterator[Request]:
        for request in requests:
            self._sent += 1
            yield request

    def _request(self) -> tuple[bytes, int]:
        turn, drill = divmod(self._sent, len(self.tokens))
        position = turn + 1
        answer = self.answers[drill][turn]
        body = json.dumps(
            {"answers": [{"position": position, "answer": answer}]}, ensure_ascii=False
        ).encode()
        head = (
            b"POST /api/practice/answer HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/json\r\nX-Drill-Token: " + self.tokens[drill].encode()
        )
        return b"%s\r\nContent-Length: %d\r\n\r\n%s" % (head, len(body), body), drill


def make_drills(port: int, tokens: list[str], answers: list[list[object]]) -> Drills:
    """The workload, made in the generator's process."""
    return Drills(port=port, tokens=tokens, answers=answers)
