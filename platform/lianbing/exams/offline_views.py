"""What the exam page needs to open again without a network: its service worker, its build."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, current_app

from lianbing.web import access

pages = Blueprint("exams_offline", __name__, url_prefix="/exams")
BUILD_LENGTH = 12
TEMPLATES = Path(__file__).parent / "templates" / "exams"


@pages.get("/offline.js")
@access.public
def worker() -> Response:
    """The service worker; its address is what lets it serve everything under /exams/."""
    script = Path(current_app.static_folder or "") / "js" / "exams" / "offline_worker.js"
    answer = Response(script.read_bytes(), mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@pages.app_template_global()
def exam_page_build() -> str:
    """The version of the exam page: a hash over its scripts, styles and templates."""
    return _build(current_app.static_folder or "")


@cache
def _build(static_folder: str) -> str:
    static = Path(static_folder)
    files = [*static.glob("js/*.js"), *static.glob("js/exams/*.js"), *static.glob("css/*.css")]
    files += [TEMPLATES / "sit.html", TEMPLATES / "_sit_words.html"]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:BUILD_LENGTH]
