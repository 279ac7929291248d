"""The load: many keep-alive HTTP/1.1 connections of one process, driven by epoll.

It must cost far less than the server it measures, so it knows only what the product answers
with: a status, a content length or chunks. Latency counts from when a request was due, so an
open loop that falls behind says so.
"""

import heapq
import select
import socket
from array import array
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import monotonic

READ = 262_144
PATIENCE_SECONDS = 30.0

Request = tuple[float, bytes, int]
"""When it is due (seconds after the start; 0.0: at once), the bytes, and the caller's mark."""
Later = tuple[float, bytes]
"""Seconds from now, and what is sent then."""
Follow = Callable[[int, int, bytes, bytes], bytes | Later | None]
"""(mark, status, head, body) → the next request of the same caller, if there is one."""


@dataclass(slots=True)
class Tally:
    """What a run saw; latencies in seconds."""

    latencies: "array[float]" = field(default_factory=lambda: array("d"))
    errors: int = 0
    seconds: float = 0.0
    first_error: str = ""

    def fail(self, what: str) -> None:
        """Count something that went wrong; the first is kept for the report."""
        self.errors += 1
        self.first_error = self.first_error or what[:300]


class _Connection:
    __slots__ = (
        "body_from",
        "buffer",
        "due",
        "has_served",
        "length",
        "mark",
        "payload",
        "sent_at",
        "socket",
    )

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.body_from = self.length = -1
        self.due = self.sent_at = 0.0
        self.mark = 0
        self.payload = b""
        self.has_served = False


def drive(
    port: int,
    requests: Iterator[Request],
    *,
    connections: int,
    follow: Follow,
    seconds: float | None = None,
    tally: Tally | None = None,
) -> Tally:
    """Send what ``requests`` yields, in order of when it is due, until it ends or time is up.

    ``tally``, where given, is filled; its last latency is that of the answer ``follow`` is told of.
    """
    driver = _Driver(("127.0.0.1", port), requests, connections, follow, seconds)
    return driver.run(tally or Tally())


class _Driver:
    def __init__(
        self,
        address: tuple[str, int],
        requests: Iterator[Request],
        connections: int,
        follow: Follow,
        seconds: float | None,
    ) -> None:
        self._address = address
        self._requests = requests
        self._follow = follow
        self._seconds = seconds
        self._epoll = select.epoll()
        self._by_number: dict[int, _Connection] = {}
        self._idle: deque[_Connection] = deque()
        self._chained: deque[Request] = deque()
        self._count = 0
        self._timed: list[tuple[float, int, bytes, int]] = []
        self._next: Request | None = None
        for _ in range(connections):
            self._open()

    def run(self, tally: Tally) -> Tally:
        self._tally = tally
        start = self._start = monotonic()
        ends = start + self._seconds if self._seconds is not None else float("inf")
        looked = start
        self._next = next(self._requests, None)
        while True:
            now = monotonic()
            if now >= ends:
                self._next = None
                self._requests = iter(())
                self._timed.clear()
            self._hand_out(now)
            if self._next is None and not self._waits() and not self._busy():
                break
            if now - looked > 1.0:
                looked = now
                self._give_up_on_old(now)
            for number, _ in self._epoll.poll(self._pause(now)):
                self._receive(self._by_number[number])
        self._tally.seconds = monotonic() - start
        for connection in self._by_number.values():
            connection.socket.close()
        self._epoll.close()
        return self._tally

    def _waits(self) -> bool:
        return bool(self._chained or self._timed)

    def _hand_out(self, now: float) -> None:
        while self._idle:
            if self._timed and self._timed[0][0] <= now:
                due, _, payload, mark = heapq.heappop(self._timed)
                request = (due - self._start, payload, mark)
            elif self._chained:
                request = self._chained.popleft()
            elif self._next is not None and self._start + self._next[0] <= now:
                request = self._next
                self._next = next(self._requests, None)
            else:
                return
            self._send(self._idle.popleft(), request, now)

    def _send(self, connection: _Connection, request: Request, now: float) -> None:
        due, payload, mark = request
        connection.due = self._start + due if due else now
        connection.sent_at = now
        connection.mark = mark
        connection.payload = payload
        connection.buffer = b""
        connection.length = -1
        try:
            connection.socket.sendall(payload)
        except OSError as error:
            self._lose(connection, f"{type(error).__name__} while sending")

    def _receive(self, connection: _Connection) -> None:
        try:
            got = connection.socket.recv(READ)
        except OSError as error:
            self._lose(connection, f"{type(error).__name__} while receiving")
            return
        if not got:
            self._lose(connection, "the server closed the connection")
            return
        buffer = connection.buffer = connection.buffer + got if connection.buffer else got
        if connection.length < 0:
            end = buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            connection.body_from = end + 4
            connection.length = _length(buffer[:end])
        if connection.length == CHUNKED:
            if buffer.endswith(b"0\r\n\r\n"):
                self._finish(connection)
        elif len(buffer) - connection.body_from >= connection.length:
            self._finish(connection)

    def _finish(self, connection: _Connection) -> None:
        now = monotonic()
        buffer = connection.buffer
        self._tally.latencies.append(now - connection.due)
        mark = connection.mark
        connection.has_served = True
        self._idle.append(connection)
        connection.sent_at = 0.0
        head = buffer[: connection.body_from]
        body = buffer[connection.body_from :]
        following = self._follow(mark, int(buffer[9:12]), head, body)
        if isinstance(following, tuple):
            self._count += 1
            heapq.heappush(self._timed, (now + following[0], self._count, following[1], mark))
        elif following is not None:
            self._chained.append((0.0, following, mark))
        self._hand_out(now)

    def _busy(self) -> bool:
        return len(self._idle) < len(self._by_number)

    def _give_up_on_old(self, now: float) -> None:
        for connection in list(self._by_number.values()):
            if connection.sent_at and now - connection.sent_at > PATIENCE_SECONDS:
                self._lose(connection, f"no answer in {PATIENCE_SECONDS:.0f} s", stale=False)

    def _pause(self, now: float) -> float:
        if not self._idle:
            return 1.0
        due = self._start + self._next[0] if self._next is not None else now + 1.0
        if self._timed:
            due = min(due, self._timed[0][0])
        return max(0.0, min(1.0, due - now))

    def _lose(self, connection: _Connection, why: str, *, stale: bool = True) -> None:
        may_be_stale = stale and connection.has_served and not connection.buffer
        if connection.sent_at and may_be_stale:
            # The server closed an idle connection just as it was used again: like a browser or a
            # proxy, once more on another. Its latency still counts from when it was due.
            due = connection.due - self._start
            self._chained.append((due, connection.payload, connection.mark))
        elif connection.sent_at:
            self._tally.fail(why)
        else:  # the server may close what is idle
            self._idle.remove(connection)
        self._epoll.unregister(connection.socket.fileno())
        del self._by_number[connection.socket.fileno()]
        connection.socket.close()
        self._open()

    def _open(self) -> None:
        connection = _Connection(self._address)
        self._by_number[connection.socket.fileno()] = connection
        self._epoll.register(connection.socket.fileno(), select.EPOLLIN)
        self._idle.append(connection)


CHUNKED = -2


def _length(head: bytes) -> int:
    lower = head.lower()
    at = lower.find(b"content-length:")
    if at >= 0:
        return int(lower[at + 15 :].split(b"\r\n", 1)[0])
    return CHUNKED if b"transfer-encoding: chunked" in lower else 0
