"""The board as JSON for the page that is open: the same lines, with an ETag, or nothing yet."""

import hashlib
import json
from collections.abc import Sequence

from flask import Blueprint, Response, request

from lianbing.infra.database import db
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BoardId
from lianbing.kernel.marks import show_mark
from lianbing.leaderboards import queries, reading
from lianbing.leaderboards.rules import ALL, show_seconds
from lianbing.web import access
from lianbing.web.access import current_actor

blueprint = Blueprint("leaderboards_api", __name__, url_prefix="/api/boards")


@blueprint.get("/<int:board_id>")
@access.signed_in
def show(board_id: int) -> Response:
    now = utc_now()
    session, actor = db.session(), current_actor()
    board = queries.get_board(session, actor, BoardId(board_id), now=now)
    group = request.args.get("group", ALL)
    view = reading.read_board(session, actor, board, group=group, now=now)
    if view is None:
        return _answer({"visible": False})
    return _answer(
        {
            "visible": True,
            "closed": board.closed,
            "count": view.count,
            "top": _lines(view.top),
            "mine": _lines([view.mine])[0] if view.mine else None,
            "around": _lines(view.around),
        }
    )


def _lines(lines: Sequence[reading.Line]) -> list[dict[str, object]]:
    return [
        {
            "rank": line.rank,
            "name": line.name,
            "me": line.is_me,
            "marks": show_mark(line.marks),
            "time": show_seconds(line.seconds),
        }
        for line in lines
    ]


def _answer(body: dict[str, object]) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    response = Response(text, mimetype="application/json")
    response.set_etag(hashlib.blake2b(text.encode(), digest_size=12).hexdigest())
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response
