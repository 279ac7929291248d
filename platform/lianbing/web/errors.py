"""The one mapping from errors to what a user sees: what happened, and what to do.

HTML pages for people, ``{"error": {"code", "message", "params"}}`` for ``/api/``. The code
is stable; the message is in the user's language.
"""

import logging
import uuid
from collections.abc import Mapping
from functools import cache

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException

from lianbing.infra.database import Base
from lianbing.kernel.errors import N_, DomainError, Kind, Msgid
from lianbing.web.access import find_actor, forget_actor

log = logging.getLogger(__name__)

STATUS = {
    Kind.INVALID: 400,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.TOO_MANY: 429,
    Kind.UNAVAILABLE: 503,
}

HTTP_MESSAGES = {
    400: N_("The request was incomplete. Go back, check your input and send it again."),
    403: N_("You may not do this here."),
    404: N_("There is no such page. Check the address, or start from the home page."),
    405: N_("This page cannot be used in that way. Go back and use its buttons."),
    413: N_("The file is too large. Split it and send the parts."),
    429: N_("Too many tries. Wait a minute, then try again."),
}
CRASHED = N_(
    "Something went wrong on our side. Nothing was half-saved. Try again; "
    "if it persists, give your administrator this number: %(number)s"
)
CSRF_EXPIRED = N_("This page had been open too long. Reload it and send again.")
BUSY = N_("The database is busy or away. Nothing was lost; try again in a moment.")

_constraints: dict[str, type[DomainError]] = {}


def map_constraint(name: str, error: type[DomainError]) -> None:
    """Let a named database constraint speak as a domain error."""
    _constraints[name] = error


def message_of(error: DomainError) -> str:
    """The error's message in the user's language."""
    return gettext(error.message, **translated(error.params))


def message_of_why(error: DomainError) -> str:
    """An error's message; a reason inside it, plain text as rules give it, is worded too."""
    if "why" in error.params:
        return gettext(error.message, why=gettext(str(error.params["why"])))
    return message_of(error)


def translated(params: Mapping[str, object]) -> dict[str, object]:
    """The parameters, those that are messages themselves in the user's language."""
    return {
        name: gettext(str.__str__(value), **translated(value.params))
        if isinstance(value, Msgid)
        else value
        for name, value in params.items()
    }


def answer(
    status: int, code: str, message: str, params: dict[str, object] | None = None
) -> Response:
    """The same refusal as a page or as JSON."""
    if request.path.startswith("/api/"):
        body = {"error": {"code": code, "message": message, "params": params or {}}}
        response = jsonify(body)
    else:
        response = make_response(
            render_template("layout/error.html", status=status, message=message)
        )
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def init_errors(app: Flask) -> None:
    """Install every handler."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(IntegrityError, _integrity)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(NoConnectionFree, _database)
    app.register_error_handler(Exception, _crash)


def _domain(error: DomainError) -> Response:
    params = {name: str(value) for name, value in error.params.items()}
    return answer(STATUS[error.kind], error.code, message_of(error), dict(params))


def _csrf(_error: CSRFError) -> Response:
    return answer(400, "csrf", gettext(CSRF_EXPIRED))


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return Response(error.get_response().response, status, error.get_headers())
    message = gettext(HTTP_MESSAGES.get(status, HTTP_MESSAGES[400]))
    return answer(status, f"http_{status}", message)


def _integrity(error: IntegrityError) -> Response:
    violated = find_constraint_error(error)
    return _domain(violated) if violated is not None else _crash(error)


def find_constraint_error(error: IntegrityError) -> DomainError | None:
    """The domain error a violated constraint stands for; None for one that is not mapped.

    PostgreSQL names the constraint. SQLite names the columns, so its words are looked up.
    """
    text = str(error.orig)
    columns = text.partition("UNIQUE constraint failed: ")[2]
    for name, domain_error in _constraints.items():
        if name in text or (columns and columns == _unique_columns().get(name)):
            return domain_error()
    return None


@cache
def _unique_columns() -> dict[str, str]:
    """Each unique constraint's or index's columns, as SQLite writes them."""
    found = {}
    for table in Base.metadata.tables.values():
        for rule in (*table.indexes, *table.constraints):
            if isinstance(rule, UniqueConstraint) or (isinstance(rule, Index) and rule.unique):
                names = [f"{table.name}.{column.name}" for column in rule.columns]
                found[str(rule.name)] = ", ".join(names)
    return found


def _database(error: OperationalError | NoConnectionFree) -> Response:
    log.error("database away", exc_info=error)
    forget_actor()
    return answer(503, "database_away", gettext(BUSY))


def _crash(error: Exception) -> Response:
    number = uuid.uuid4().hex[:8]
    log.error("unexpected error %s", number, exc_info=error)
    try:
        find_actor()
    except Exception:  # whatever broke the lookup must not break the page that reports it
        forget_actor()
    return answer(500, "crash", gettext(CRASHED, number=number))
