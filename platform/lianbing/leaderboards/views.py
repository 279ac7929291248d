"""Board pages: the boards open to me, one board with its groups, the next and the own place."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lianbing.infra.database import db
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BoardId
from lianbing.leaderboards import queries, reading
from lianbing.leaderboards.ladder import draw_ladder
from lianbing.leaderboards.rules import ALL, show_seconds
from lianbing.web import access
from lianbing.web.access import current_actor

blueprint = Blueprint("leaderboards", __name__, url_prefix="/boards", template_folder="templates")
blueprint.add_app_template_filter(show_seconds, "minutes")


@blueprint.get("/")
@access.signed_in
def index() -> ResponseReturnValue:
    now = utc_now()
    number = request.args.get("page", 1, type=int)
    page = queries.list_boards(db.session(), current_actor(), number=number, now=now)
    return render_template("leaderboards/index.html", page=page, now=now)


@blueprint.get("/<int:board_id>")
@access.signed_in
def show(board_id: int) -> ResponseReturnValue:
    now = utc_now()
    group = request.args.get("group", ALL)
    session, actor = db.session(), current_actor()
    board = queries.get_board(session, actor, BoardId(board_id), now=now)
    view = reading.read_board(session, actor, board, group=group, now=now)
    if view is None:
        return render_template("leaderboards/waiting.html", board=board)
    return render_template(
        "leaderboards/show.html",
        board=board,
        view=view,
        tabs=reading.tabs_of(session, actor, board),
        group=group,
        ladder=draw_ladder(view, board.pass_mark),
    )
