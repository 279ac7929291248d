"""The page that practises without a network, its service worker, and what makes it an app."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from lianbing.kernel.actor import Actor
from lianbing.practice.today import Today
from lianbing.web import access

pages = Blueprint("practice_offline", __name__, url_prefix="/practice")
BUILD_LENGTH = 12
TEMPLATES = Path(__file__).parents[1] / "templates" / "practice" / "offline"
FILES = ("js/*.js", "js/exams/*.js", "js/practice/**/*.js", "css/*.css")


@pages.get("/offline/")
@access.signed_in
def index() -> ResponseReturnValue:
    """The page without a question in it: what it shows lies on the device."""
    return render_template("practice/offline/index.html")


@pages.get("/worker.js")
@access.public
def worker() -> Response:
    """The service worker; its address is what lets it serve everything under /practice/."""
    script = Path(current_app.static_folder or "") / "js" / "practice" / "worker.js"
    answer = Response(script.read_bytes(), mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@pages.get("/app.webmanifest")
@access.public
def manifest() -> ResponseReturnValue:
    """What a phone needs to keep practice as an app of its own."""
    icons = [("icon-192.png", "192x192", "any"), ("icon-512.png", "512x512", "any")]
    icons.append(("icon-maskable.png", "512x512", "maskable"))
    body = {
        "id": "/practice/",
        "name": gettext("Lianbing: post practice"),
        "short_name": gettext("Lianbing"),
        "start_url": url_for("practice.home"),
        "scope": "/practice/",
        "display": "standalone",
        "background_color": "#f7f3ea",
        "theme_color": "#1d1a16",
        "icons": [
            {
                "src": url_for("static", filename=f"img/app/{name}"),
                "sizes": sizes,
                "type": "image/png",
                "purpose": purpose,
            }
            for name, sizes, purpose in icons
        ],
    }
    answer = current_app.json.response(body)
    answer.mimetype = "application/manifest+json"
    return answer


def panel(_actor: Actor, _today: Today) -> Markup:
    """The practice home's word on practising without a network; its script fills it."""
    return Markup(render_template("practice/offline/_panel.html"))  # noqa: S704 - a template


@pages.app_template_global()
def practice_app_build() -> str:
    """The version of the page: a hash over its scripts, styles and templates."""
    return _build(current_app.static_folder or "")


@cache
def _build(static_folder: str) -> str:
    static = Path(static_folder)
    files = {path for pattern in FILES for path in static.glob(pattern)}
    digest = hashlib.sha256()
    for path in sorted(files | set(TEMPLATES.glob("*.html"))):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:BUILD_LENGTH]
