"""What is counted: requests by route and status, batches of saves and what became of entries."""

from collections.abc import Callable, Iterable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request

from lianbing.exams.journal import Save, Saved
from lianbing.exams.rules import Standing
from lianbing.infra.metrics import Metrics

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ROUTE = "lianbing.route"
NO_ROUTE = "none"
STATUSES = (
    *("200", "201", "202", "204", "206", "301", "302", "303", "304", "308", "400", "401", "403"),
    *("404", "405", "409", "410", "413", "415", "416", "422", "429", "500", "502", "503", "504"),
)
BATCH_SIZES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0)
BATCH_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
CONFLICT = "other_content"
Store = Callable[[Sequence[Save]], list[Saved]]


class CountRequests:
    """WSGI middleware that counts every answer, those given ahead of Flask's dispatch too."""

    def __init__(
        self, app: "WSGIApplication", paths: dict[str, str], count: Callable[..., None]
    ) -> None:
        self._app = app
        self._paths = paths
        self._count = count

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        def counted(status: str, headers: Any, *error: Any) -> Any:
            route = environ.get(ROUTE) or self._route(environ["PATH_INFO"])
            self._count(route, status[:3])
            return start_response(status, headers, *error)

        return self._app(environ, counted)

    def _route(self, path: str) -> str:
        found = self._paths.get(path) or self._paths.get(path[: path.rfind("/") + 1])
        return found or NO_ROUTE


def count_requests(app: Flask, metrics: Metrics) -> None:
    """Count requests by their route's template; call when all routes are registered."""
    rules = sorted({rule.rule for rule in app.url_map.iter_rules()})
    count = metrics.counter(
        "lianbing_requests",
        "Requests answered, by route and status",
        ("route", "status"),
        [(route, status) for route in (*rules, NO_ROUTE) for status in STATUSES],
    )
    # By their whole path, or by all but its last part: what is answered ahead of Flask.
    paths = {rule.partition("<")[0]: rule for rule in rules if rule.startswith("/api/exams/")}

    @app.after_request
    def note_route(response: Response) -> Response:
        request.environ[ROUTE] = request.url_rule.rule if request.url_rule else NO_ROUTE
        return response

    app.wsgi_app = CountRequests(app.wsgi_app, paths, count)  # type: ignore[method-assign]


def count_saves(metrics: Metrics, store: Store) -> Store:
    """The journal's ``store``, with its batches measured and the entries' standings counted."""
    size = metrics.histogram("lianbing_save_batch_size", "Saves stored by one commit", BATCH_SIZES)
    seconds = metrics.histogram(
        "lianbing_save_batch_seconds", "Time of one such commit", BATCH_SECONDS
    )
    standings = [*(standing.value for standing in Standing), CONFLICT]
    entry = metrics.counter(
        "lianbing_entries",
        "Entries of answers that came, by what became of them",
        ("standing",),
        [(standing,) for standing in standings],
    )

    def counted(saves: Sequence[Save]) -> list[Saved]:
        began = perf_counter()
        stored = store(saves)
        seconds(perf_counter() - began)
        size(len(saves))
        tally: dict[str, int] = {}
        for saved in stored:
            for standing in saved.standings.values():
                name = CONFLICT if standing is None else standing.value
                tally[name] = tally.get(name, 0) + 1
        for name, number in tally.items():
            entry(name, by=number)
        return stored

    return counted
