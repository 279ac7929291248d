"""Letting someone in: the cookie after a password, a one-time code or a registration."""

from flask import current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lianbing.infra.settings import Settings
from lianbing.people.accounts.errors import WrongSignIn
from lianbing.people.accounts.rules import device_name
from lianbing.people.accounts.signing_in import Admitted
from lianbing.people.login import find_signed_in, remember_token
from lianbing.web.preferences import remember_language, safe_target


def let_in_by_token(token: str) -> ResponseReturnValue:
    """Let in who came otherwise than by the password."""
    signed_in = find_signed_in(token)
    if signed_in is None:
        raise WrongSignIn
    actor = signed_in.actor
    return let_in(
        Admitted(token=token, must_change_password=actor.must_change_password, locale=actor.locale)
    )


def let_in(admitted: Admitted) -> Response:
    """Give the browser its token, in a cookie that knows nothing of before."""
    target = safe_target(session.get("after_sign_in"))
    session.clear()
    remember_token(admitted.token)
    if admitted.must_change_password:
        session["after_sign_in"] = target
        target = url_for("people.change_password")
    response = redirect(target)
    remember_language(response, admitted.locale)
    return response


def can_register() -> bool:
    """Whether people may register themselves here."""
    settings: Settings = current_app.extensions["lianbing_settings"]
    return settings.self_registration


def this_device() -> str:
    """What the person would call the browser that asks."""
    return device_name(request.user_agent.string)
