"""When a request arrived: stamped once by the outermost layer, before any queue or lock.

One time decides everything in a request, so an answer cannot be timely for one rule and late
for the next.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lianbing.kernel.clock import utc_now

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

KEY = "lianbing.arrived_at"


class ArrivalStamp:
    """WSGI middleware that stamps the arrival into the environment."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        environ[KEY] = utc_now()
        return self._app(environ, start_response)


def arrived_at(environ: dict[str, Any]) -> datetime:
    """The stamp of this request; aware UTC."""
    stamp: datetime = environ[KEY]
    return stamp
