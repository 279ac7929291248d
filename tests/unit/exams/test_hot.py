"""The hot path ahead of the application: pages wait for each other, hot requests for no page."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Semaphore
from typing import TYPE_CHECKING, Any

from lianbing.exams.hot import HotAnswer, HotPath

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATIENCE_SECONDS = 30


class SlowPages:
    """An application whose pages last until they are let go."""

    def __init__(self) -> None:
        self.begun, self.go = Semaphore(0), Event()
        self.inside = self.most = 0

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.begun.release()
        assert self.go.wait(PATIENCE_SECONDS)
        self.inside -= 1
        return (b"page",)


def ask(hot: HotPath, path: str) -> bytes:
    environ: dict[str, Any] = {"REQUEST_METHOD": "GET", "PATH_INFO": path}
    return b"".join(hot(environ, lambda *_: lambda _: None))


def test_hot_requests_are_answered_while_pages_wait_for_their_turn() -> None:
    pages = SlowPages()
    routes = {("GET", "/hot"): lambda _: HotAnswer(body=b"hot"), ("GET", "/left"): lambda _: None}
    hot = HotPath(pages, routes, pages=2)
    with ThreadPoolExecutor(6) as threads:
        asked = [threads.submit(ask, hot, path) for path in ("/a", "/b", "/left", "/d", "/e")]
        for _ in range(2):
            assert pages.begun.acquire(timeout=PATIENCE_SECONDS)
        assert ask(hot, "/hot") == b"hot"
        assert not pages.begun.acquire(timeout=0.1)
        pages.go.set()
        assert [one.result(PATIENCE_SECONDS) for one in asked] == [b"page"] * 5
    assert pages.most <= 2
