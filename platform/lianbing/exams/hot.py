"""What everybody asks at the same second, answered ahead of Flask's dispatch.

A route of this WSGI callable does the whole work of a request and answers itself where all is
plain. What needs words or a log (a refusal, a late entry, an error) it leaves to the Flask view
of the same address, which says it like every other view; that view carries the access rule.
docs/hot-path.md shows what it saves.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

import orjson

from lianbing.exams.errors import MalformedSave
from lianbing.kernel.ids import ExamId
from lianbing.web.security import HEADERS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

OUTCOME = "lianbing.hot_outcome"
"""Where a route leaves what it found, or the error it met, for the view."""
MOST_BYTES = 256 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class HotAnswer:
    """A plain answer: status 200, and what headers it has beside those that every answer has."""

    body: bytes
    content_type: str = "application/json"
    caching: str = "no-store"
    headers: tuple[tuple[str, str], ...] = ()


Route = Callable[["WSGIEnvironment"], HotAnswer | None]
"""Answers a request; None leaves it to the view, as does any error it raises."""
Admit = Callable[[ExamId, "WSGIEnvironment"], None]
"""Asked at every request of a sitting; raises a DomainError for who may not send it."""


class HotPath:
    """WSGI middleware that takes the routes it knows and lets everything else through, by turns.

    Pages that are computed at the same time slow each other down and what is hot with them, so only
    ``pages`` of them are; the others wait before they have begun (ADR 0105).
    """

    def __init__(
        self, app: "WSGIApplication", routes: Mapping[tuple[str, str], Route], *, pages: int
    ) -> None:
        """``routes`` by method and path; a path that ends in a slash stands for all below it."""
        self._app = app
        self._routes = routes
        self._pages = BoundedSemaphore(pages)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        route = self._find(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        if route is None:
            return self._page(environ, start_response)
        try:
            answer = route(environ)
        except Exception as error:  # the view raises it again, for the one mapping of errors
            environ[OUTCOME] = error
            return self._page(environ, start_response)
        if answer is None:
            return self._page(environ, start_response)
        start_response("200 OK", _headers(answer))
        return [answer.body]  # a list: granian sends it whole, any other iterable as a stream

    def _page(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with self._pages:
            return self._app(environ, start_response)

    def _find(self, method: str, path: str) -> Route | None:
        found = self._routes.get((method, path))
        return found or self._routes.get((method, path[: path.rfind("/") + 1]))


def read_body(environ: "WSGIEnvironment") -> dict[str, Any]:
    """The request's JSON object; MalformedSave for anything else and for more than 256 kB."""
    announced = environ.get("CONTENT_LENGTH") or str(MOST_BYTES + 1)
    if not announced.isdecimal():
        raise MalformedSave
    raw = environ["wsgi.input"].read(min(int(announced), MOST_BYTES + 1))
    if len(raw) > MOST_BYTES:
        raise MalformedSave
    try:
        body = orjson.loads(raw or b"{}")
    except orjson.JSONDecodeError as error:
        raise MalformedSave from error
    if not isinstance(body, dict):
        raise MalformedSave
    return body


def _headers(answer: HotAnswer) -> list[tuple[str, str]]:
    return [
        ("Content-Type", answer.content_type),
        *HEADERS.items(),
        ("Cache-Control", answer.caching),
        *answer.headers,
        ("Content-Length", str(len(answer.body))),
    ]
