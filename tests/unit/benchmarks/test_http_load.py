"""The load generator: it reads answers as they come, counts what fails, and ends in time."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = str(Path(__file__).resolve().parents[3] / "scripts")


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(SCRIPTS)
    return import_module("benchmarks.http_load")


@contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that answers each request of each connection by hand."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

        def serve(connection: socket.socket) -> None:
            with connection:
                while connection.recv(4096):
                    answer(connection)

        threading.Thread(target=accept, daemon=True).start()
        yield int(listening.getsockname()[1])
        listening.shutdown(socket.SHUT_RDWR)


REQUESTS = [(0.0, b"GET / HTTP/1.1\r\n\r\n", mark) for mark in range(6)]


def test_answers_in_pieces_and_in_chunks_are_read_whole(load: Any) -> None:
    def answer(connection: socket.socket) -> None:
        for piece in (b"HTTP/1.1 200 OK\r\nContent-", b"Length: 5\r\n\r\nhe", b"llo"):
            connection.sendall(piece)

    def chunked(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        connection.sendall(b"0\r\n\r\n")

    for way in (answer, chunked):
        seen: list[tuple[int, int, bool]] = []

        def follow(mark: int, status: int, _head: bytes, body: bytes) -> None:
            seen.append((mark, status, b"hello" in body))  # noqa: B023 - used within the turn

        with server(way) as port:
            tally = load.drive(port, iter(REQUESTS), connections=2, follow=follow)
        assert sorted(seen) == [(mark, 200, True) for mark in range(6)]
        assert (len(tally.latencies), tally.errors) == (6, 0)


def test_request_that_follows_an_answer_is_sent_too(load: Any) -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    steps: dict[int, int] = {}

    def follow(mark: int, _status: int, _head: bytes, _body: bytes) -> bytes | None:
        steps[mark] = steps.get(mark, 0) + 1
        return REQUESTS[0][1] if steps[mark] < 3 else None

    with server(answer) as port:
        load.drive(port, iter(REQUESTS), connections=2, follow=follow)
    assert steps == dict.fromkeys(range(6), 3)


def test_connection_that_breaks_is_counted_and_replaced(load: Any) -> None:
    broken = threading.Event()

    def answer(connection: socket.socket) -> None:
        if not broken.is_set():
            broken.set()
            connection.shutdown(socket.SHUT_RDWR)
            return
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with server(answer) as port:
        tally = load.drive(port, iter(REQUESTS), connections=1, follow=lambda *_: None)
    assert (len(tally.latencies), tally.errors) == (5, 1)


def test_a_request_met_by_a_closing_connection_is_sent_once_more(load: Any) -> None:
    served: list[socket.socket] = []

    def answer_once_a_connection(connection: socket.socket) -> None:
        if connection in served:
            connection.shutdown(socket.SHUT_RDWR)
            return
        served.append(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    marks: list[int] = []
    with server(answer_once_a_connection) as port:
        tally = load.drive(
            port,
            iter(REQUESTS),
            connections=1,
            follow=lambda mark, _status, _head, _body: marks.append(mark),
            seconds=10,
        )
    assert tally.errors == 0
    assert sorted(marks) == [0, 1, 2, 3, 4, 5]


def test_a_request_no_connection_answers_is_counted_as_failed(load: Any) -> None:
    with server(lambda connection: connection.shutdown(socket.SHUT_RDWR)) as port:
        tally = load.drive(
            port, iter(REQUESTS[:2]), connections=1, follow=lambda *_: None, seconds=10
        )
    assert tally.errors == 2


def test_who_is_told_to_come_back_does_so_then_and_not_before(load: Any) -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    seen: list[int] = []

    def follow(mark: int, *_rest: object) -> tuple[float, bytes] | None:
        seen.append(mark)
        return (0.05, b"GET / HTTP/1.1\r\n\r\n") if seen.count(mark) < 3 else None

    with server(answer) as port:
        tally = load.drive(port, iter(REQUESTS[:2]), connections=2, follow=follow, seconds=10)
    assert sorted(seen) == [0, 0, 0, 1, 1, 1]
    assert tally.seconds >= 0.1
