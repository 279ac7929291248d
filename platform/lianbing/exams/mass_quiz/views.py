"""A worker's pages: the quizzes, one of them with one's place, the try, its result, the boards."""

import secrets
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy.orm import Session

from lianbing.exams.mass_quiz import queries, results, tries, trying
from lianbing.exams.mass_quiz.errors import NoTriesToday, QuizCannotAsk, QuizNotFound, QuizNotOpen
from lianbing.exams.mass_quiz.following import PlaceOrder, board_of_places
from lianbing.exams.mass_quiz.models import MassQuizTry
from lianbing.exams.mass_quiz.passes import tokens
from lianbing.exams.mass_quiz.places import TEAM, UNIT
from lianbing.exams.mass_quiz.queries import QuizRow
from lianbing.exams.mass_quiz.rules import GRACE
from lianbing.exams.mass_quiz.taking_up import take_up
from lianbing.exams.result_views import worded_items
from lianbing.exams.scratch import Seat, standing_of
from lianbing.exams.scratch_page import scratch_data
from lianbing.infra.arrival import arrived_at
from lianbing.infra.database import db, transaction
from lianbing.infra.tasks import kick
from lianbing.kernel.actor import Actor
from lianbing.kernel.clock import utc_now
from lianbing.leaderboards.errors import BoardNotFound
from lianbing.leaderboards.queries import get_board
from lianbing.leaderboards.reading import BoardView, read_board
from lianbing.people.queries import homes_of
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of

SEED_BITS = 48
KINDS = (UNIT, TEAM)

pages = Blueprint("mass_quiz", __name__, url_prefix="/quizzes", template_folder="../templates")


def _number() -> int:
    return request.args.get("page", 1, type=int)


@pages.get("/")
@access.signed_in
def index() -> ResponseReturnValue:
    """The quizzes meant for the reader."""
    page = queries.page_of_own(db.session(), current_actor(), _number(), now=utc_now())
    return render_template("exams/mass_quiz/index.html", page=page)


@pages.get("/<int:quiz_id>")
@access.signed_in
def show(quiz_id: int) -> ResponseReturnValue:
    """One quiz: tries left today, the own score and place, the own tries."""
    now = arrived_at(request.environ)
    with transaction() as session:
        _settle(session, current_actor(), quiz_id, now)
    session, actor = db.session(), current_actor()
    own = queries.get_own(session, actor, quiz_id, now=now)
    identities = tries.own_identities(session, actor)
    return render_template(
        "exams/mass_quiz/show.html",
        own=own,
        board=_board(session, actor, own.row, now),
        page=tries.page_of_tries(session, quiz_id, identities, _number(), per_page=10),
    )


def _settle(session: Session, actor: Actor, quiz_id: int, now: datetime) -> None:
    trying.settle_own(session, actor, quiz_id, now=now)
    people = tries.own_identities(session, actor)
    take_up(session, now=now, quiz_id=quiz_id, people=people)


def _board(session: Session, actor: Actor, row: QuizRow, now: datetime) -> BoardView | None:
    if row.board_id is None:
        return None
    try:
        board = get_board(session, actor, row.board_id, now=now)
    except BoardNotFound:  # of who has moved away and stands on no board
        return None
    return read_board(session, actor, board, now=now)


@pages.post("/<int:quiz_id>/start")
@access.signed_in
def start(quiz_id: int) -> ResponseReturnValue:
    """Begin a try, or go on with the one under way."""
    seed, now = secrets.randbits(SEED_BITS), arrived_at(request.environ)
    try:
        with transaction() as session:
            try_id = trying.begin_try(session, current_actor(), quiz_id, seed=seed, now=now)
    except (QuizNotOpen, NoTriesToday, QuizCannotAsk) as error:
        flash(message_of(error), "warning")
        return redirect(url_for("mass_quiz.show", quiz_id=quiz_id))
    return redirect(url_for("mass_quiz.sit", try_id=try_id))


@pages.get("/tries/<int:try_id>/sit")
@access.signed_in
def sit(try_id: int) -> ResponseReturnValue:
    """The real exam's page on the try's paper; opening it puts an earlier page out."""
    now = arrived_at(request.environ)
    with transaction() as session:
        one = tries.own_try(session, current_actor(), try_id)
        if not one.is_open or now > one.due_at:
            return redirect(url_for("mass_quiz.result", try_id=try_id))
        seat = trying.open_page(session, current_actor(), try_id)
    one = tries.own_try(db.session(), current_actor(), try_id)
    return render_template("exams/sit.html", exam_data=_exam_data(seat, one, now))


@pages.get("/tries/<int:try_id>")
@access.signed_in
def result(try_id: int) -> ResponseReturnValue:
    """The marks of a try and what was weak; keys and explanations when they may be shown."""
    now = arrived_at(request.environ)
    with transaction() as session:
        one = tries.own_try(session, current_actor(), try_id)
        _settle(session, current_actor(), one.quiz_id, now)
    kick("deliver_outbox")
    session = db.session()
    one = tries.own_try(session, current_actor(), try_id)
    if one.is_open and now <= one.due_at:
        return redirect(url_for("mass_quiz.sit", try_id=try_id))
    own = queries.get_own(session, current_actor(), one.quiz_id, now=now)
    explained = results.may_explain(own.row, now) and not one.is_open
    return render_template(
        "exams/mass_quiz/result.html",
        own=own,
        one=tries.try_row(one),
        points=[] if one.is_open else results.list_points(session, one),
        explained=explained,
        items=worded_items(results.explain(session, one)) if explained else [],
    )


@pages.get("/<int:quiz_id>/places")
@access.signed_in
def places(quiz_id: int) -> ResponseReturnValue:
    """The boards of units and work teams: their top and the neighbours of the own."""
    now, session, actor = utc_now(), db.session(), current_actor()
    own = queries.get_own(session, actor, quiz_id, now=now)
    kind = request.args.get("kind", UNIT)
    if kind not in KINDS:
        raise QuizNotFound
    by = read_order()
    person_id = tries.own_identities(session, actor)[0]
    home = homes_of(session, [person_id]).get(person_id)
    mine = None if home is None else (home.unit_id if kind == UNIT else home.team_id)
    return render_template(
        "exams/mass_quiz/places.html",
        row=own.row,
        kind=kind,
        by=by,
        board=board_of_places(session, quiz_id, kind, by, mine),
    )


def read_order() -> PlaceOrder:
    """What the address asks a board of places to compare; the participation rate otherwise."""
    try:
        return PlaceOrder(request.args.get("by", PlaceOrder.SHARE))
    except ValueError:
        return PlaceOrder.SHARE


def panel(actor: Actor) -> Markup | str:
    """Home: the quizzes open now, tries left today, what one has so far."""
    if actor.person_id is None:
        return ""
    found = queries.list_open(db.session(), actor, now=utc_now())
    if not found:
        return ""
    return Markup(render_template("exams/mass_quiz/_panel.html", quizzes=found))  # noqa: S704 - own template


def _exam_data(seat: Seat, one: MassQuizTry, now: datetime) -> dict[str, Any]:
    session = db.session()
    row = queries.get_quiz(session, one.quiz_id, now=now)
    paper = tries.paper_of(session, one)
    order = tries.order_of(paper, one)
    name = f"quiz-{one.id}"
    result_url = url_for("mass_quiz.result", try_id=one.id)
    title = gettext("%(title)s, try %(number)d of the day", title=row.plan.title, number=one.try_no)
    standing = standing_of(one, now=now)
    return scratch_data(standing, order, grace_seconds=int(GRACE.total_seconds())) | {
        "exam": {"id": name, "title": title, "total_marks": str(paper.total_marks)},
        "attempt": {"id": name},
        "mock": True,
        "quiz": True,
        "trial": False,
        "lobby_url": url_for("mass_quiz.show", quiz_id=one.quiz_id),
        "token": tokens().issue(seat),
        "paper_url": url_for("mass_quiz_api.paper"),
        "save_url": url_for("mass_quiz_api.save"),
        "hand_in_url": url_for("mass_quiz_api.hand_in"),
        "state_url": url_for("mass_quiz_api.state"),
        "result_url": result_url,
    }
