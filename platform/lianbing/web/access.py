"""Access rules: every route declares who may call it; a route that declares none is refused.

This is the coarse gate. Whether a role held at a node reaches the thing itself is decided in
the use case, so that no adapter goes round it. One test walks all routes for all roles.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import N_, DomainError, Forbidden, Kind

View = TypeVar("View", bound=Callable[..., Any])


class Gate(StrEnum):
    """The sorts of gate a route may have."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    ROLES = "roles"
    ATTEMPT_TOKEN = "attempt_token"  # noqa: S105 - a kind of gate, not a secret


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessRule:
    """What a route demands; ``roles`` only with ``Gate.ROLES``."""

    gate: Gate
    roles: frozenset[Role] = field(default=frozenset())
    before_password_change: bool = False


class SignInFirst(DomainError):
    code = "sign_in_first"
    kind = Kind.FORBIDDEN
    message = N_("Please sign in first.")


class PasswordChangeFirst(DomainError):
    code = "password_change_first"
    kind = Kind.FORBIDDEN
    message = N_("Choose a password of your own before you go on.")


def _declare(view: View, rule: AccessRule) -> View:
    view.access_rule = rule  # type: ignore[attr-defined]  # a function carries its own rule
    return view


def public(view: View) -> View:
    """Anyone may call this."""
    return _declare(view, AccessRule(gate=Gate.PUBLIC, before_password_change=True))


def signed_in(view: View) -> View:
    """Anyone who has signed in may call this."""
    return _declare(view, AccessRule(gate=Gate.SIGNED_IN))


def signed_in_before_password_change(view: View) -> View:
    """Signed in, and reachable even while a one-time code still waits to be replaced."""
    return _declare(view, AccessRule(gate=Gate.SIGNED_IN, before_password_change=True))


def roles(*wanted: Role) -> Callable[[View], View]:
    """Only holders of one of the roles, at whatever node, may call this."""
    rule = AccessRule(gate=Gate.ROLES, roles=frozenset(wanted))
    return lambda view: _declare(view, rule)


def attempt_token(view: View) -> View:
    """Bearers of a signed token of an attempt or a drill, which is verified without a session."""
    return _declare(view, AccessRule(gate=Gate.ATTEMPT_TOKEN))


def current_actor() -> Actor:
    """The signed-in actor; raises SignInFirst for a stranger."""
    if not current_user.is_authenticated:
        raise SignInFirst
    actor: Actor = current_user.actor
    return actor


def find_actor() -> Actor | None:
    """The signed-in actor, or None for a stranger, and where nobody can be looked up."""
    if g.get("nobody_known", False):
        return None
    return current_user.actor if current_user.is_authenticated else None


def forget_actor() -> None:
    """Draw the rest of this request as for a stranger: the database that knows them is away."""
    g.nobody_known = True


def rule_of(app: Flask, endpoint: str) -> AccessRule | None:
    """The rule a route declares; Flask's own static files are public."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return AccessRule(gate=Gate.PUBLIC)
    return getattr(app.view_functions[endpoint], "access_rule", None)


def check_access() -> ResponseReturnValue | None:
    """Before each request: hold the route's rule against the caller."""
    if request.endpoint is None:
        return None  # no such page: the 404 that follows tells nothing to anyone
    rule = rule_of(current_app, request.endpoint)
    if rule is None:
        raise Forbidden
    if rule.gate in (Gate.PUBLIC, Gate.ATTEMPT_TOKEN):
        return None
    actor = find_actor()
    if actor is None:
        return _to_sign_in()
    if actor.must_change_password and not rule.before_password_change:
        if _wants_json():
            raise PasswordChangeFirst
        return redirect(url_for("people.change_password"))
    if rule.gate is Gate.ROLES and not actor.holds(*rule.roles):
        raise Forbidden
    return None


def _wants_json() -> bool:
    return request.path.startswith("/api/")


def _to_sign_in() -> ResponseReturnValue:
    if _wants_json() or request.method != "GET":
        raise SignInFirst
    session["after_sign_in"] = request.full_path.rstrip("?")
    return redirect(url_for("people.sign_in"))


def init_access(app: Flask) -> None:
    """Install the gate before every request."""
    app.before_request(check_access)
