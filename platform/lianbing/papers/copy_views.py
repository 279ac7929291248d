"""The sealed copies, for whoever asks: the same bytes for everybody, for good, without a key."""

from flask import Blueprint, Response, abort

from lianbing.infra.database import db
from lianbing.papers.queries import find_sealed_copy
from lianbing.web import access
from lianbing.web.static_files import FOR_GOOD

blueprint = Blueprint("paper_copies", __name__, url_prefix="/papers/sealed")


@blueprint.get("/<name>")
@access.public
def sealed_copy(name: str) -> Response:
    """A sealed copy under the SHA-256 of its bytes; a proxy in front may keep it too."""
    copy = find_sealed_copy(db.session(), name)
    if copy is None:
        abort(404)
    response = Response(copy, mimetype="application/octet-stream")
    response.headers["Cache-Control"] = FOR_GOOD
    return response
