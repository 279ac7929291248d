"""Https only: production refuses plain http beyond this machine, and says what plain http costs.

A browser gives a page its cryptography, its offline reload and its encrypted answer files only
over https or from the same machine; and on plain http anybody on the way reads along.
"""

import re
from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from lianbing.infra.settings import Settings
from lianbing.kernel.actor import Role
from lianbing.kernel.errors import N_, DomainError, Kind
from lianbing.web import access

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REFUSAL_PATH = "/https-only"
OPEN_PATHS = ("/static/", "/healthz", REFUSAL_PATH)
"""What plain http may fetch: the refusal itself, how it looks, and the sign of life."""

blueprint = Blueprint("transport", __name__)


class PlainHttpRefused(DomainError):
    code = "plain_http_refused"
    kind = Kind.FORBIDDEN
    message = N_(
        "This address takes encrypted connections only. Open it again with https:// in front. "
        "If it still says so, ask the administrator: the proxy in front must say that it "
        "speaks https."
    )


class HttpsOnly:
    """WSGI middleware, inside the proxies' headers: shows the refusal for plain http."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if not is_protected(environ) and not environ["PATH_INFO"].startswith(OPEN_PATHS):
            environ = {**environ, "PATH_INFO": REFUSAL_PATH, "REQUEST_METHOD": "GET"}
        return self._app(environ, start_response)


def is_protected(environ: "WSGIEnvironment") -> bool:
    """Whether nobody on the way can read a request: https, or it never left this machine."""
    if environ["wsgi.url_scheme"] == "https":
        return True
    host = environ.get("HTTP_HOST") or environ.get("SERVER_NAME", "")
    return is_loopback(host)


def is_loopback(host: str) -> bool:
    """Whether a Host header names the machine itself, as browsers judge it."""
    with_port = re.fullmatch(r"\[(.+)\](?::\d*)?|([^:]*):\d*", host)
    name = ((with_port and (with_port[1] or with_port[2])) or host).lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


@blueprint.get(REFUSAL_PATH)
@access.public
def refused() -> ResponseReturnValue:
    raise PlainHttpRefused


@blueprint.get("/connection")
@access.roles(Role.ADMINISTRATOR)
def connection() -> ResponseReturnValue:
    """How this installation is reached, and what is lost on plain http."""
    settings: Settings = current_app.extensions["lianbing_settings"]
    return render_template(
        "transport/connection.html",
        is_https=request.is_secure,
        is_protected=is_protected(request.environ),
        settings=settings,
    )
