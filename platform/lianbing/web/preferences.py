"""What a visitor may choose without signing in: the language and the light of the page.

Kept in cookies of this device. Signing in and saving one's settings rewrite them, so a
device follows the person who uses it.
"""

from urllib.parse import urlsplit

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lianbing.web import access
from lianbing.web.i18n import LANGUAGE_COOKIE, LANGUAGES

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"
ONE_YEAR = 365 * 24 * 3600

blueprint = Blueprint("preferences", __name__)


def remember(response: Response, cookie: str, value: str) -> None:
    """Keep a harmless choice on this device for a year."""
    response.set_cookie(
        cookie, value, max_age=ONE_YEAR, samesite="Lax", httponly=True, secure=request.is_secure
    )


def remember_language(response: Response, code: str | None) -> None:
    """Let this device speak the person's language; does nothing for an unknown code."""
    if code in LANGUAGES:
        remember(response, LANGUAGE_COOKIE, str(code))


def chosen_theme() -> str:
    """The theme this device asked for: ``auto``, ``light`` or ``dark``."""
    theme = request.cookies.get(THEME_COOKIE, "auto")
    return theme if theme in THEMES else "auto"


def safe_target(target: str | None) -> str:
    """A path of this site to return to; the home page for anything else."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return url_for("home.index")
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else url_for("home.index")


def _came_from() -> str:
    if "next" in request.args:
        return safe_target(request.args["next"])
    before = urlsplit(request.referrer or "")
    if before.netloc != request.host:
        return url_for("home.index")
    return safe_target(f"{before.path}?{before.query}" if before.query else before.path)


@blueprint.get("/language/<code>")
@access.public
def language(code: str) -> ResponseReturnValue:
    """Choose the language of this device and go back to where one was."""
    response = redirect(_came_from())
    remember_language(response, code)
    return response


@blueprint.get("/theme/<code>")
@access.public
def theme(code: str) -> ResponseReturnValue:
    """Choose light, dark or the device's own habit, and go back to where one was."""
    response = redirect(_came_from())
    if code in THEMES:
        remember(response, THEME_COOKIE, code)
    return response
