"""``/healthz``: whether this process answers and reaches its database, for whoever watches it."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from lianbing.infra.database import db
from lianbing.web import access

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@access.public
def healthz() -> ResponseReturnValue:
    """200 and ``ok``; a database that is away is answered like on every page, with 503."""
    db.session.execute(text("SELECT 1"))
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}
