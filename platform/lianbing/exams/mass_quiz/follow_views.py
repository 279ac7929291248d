"""How a quiz goes, for those who lead: units and teams, participants, who has not taken part."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from lianbing.exams.mass_quiz import following, queries, rolls
from lianbing.exams.mass_quiz.errors import QuizNotFound
from lianbing.exams.mass_quiz.following import PlaceOrder
from lianbing.exams.mass_quiz.forms import ReasonForm
from lianbing.exams.mass_quiz.places import TEAM, UNIT
from lianbing.exams.mass_quiz.queries import LEADERS, QuizRow
from lianbing.exams.mass_quiz.views import read_order
from lianbing.infra import audit
from lianbing.infra.calendar import local_date
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import OrganisationId
from lianbing.leaderboards.rules import show_seconds
from lianbing.people.authority import reaches
from lianbing.people.queries import OrganisationRow, list_reachable_organisations
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.workbook import send_workbook

pages = Blueprint(
    "quiz_follow",
    __name__,
    url_prefix="/quizzes/desk/<int:quiz_id>",
    template_folder="../templates",
)


def _number() -> int:
    return request.args.get("page", 1, type=int)


def _read_kind() -> str:
    return TEAM if request.args.get("kind") == TEAM else UNIT


@pages.get("/")
@access.roles(*LEADERS)
def show(quiz_id: int) -> ResponseReturnValue:
    """One quiz with its boards of units or teams, whole."""
    session, actor = db.session(), current_actor()
    row = queries.get_led(session, actor, quiz_id, now=utc_now())
    kind, by = _read_kind(), read_order()
    place = row.organisation_id
    return render_template(
        "exams/mass_quiz/led.html",
        row=row,
        kind=kind,
        by=by,
        sums=following.sum_up(session, quiz_id),
        page=following.page_of_places(session, quiz_id, kind, by, _number()),
        organises=reaches(session, actor, Role.ORGANISER, organisation_id=place),
        form=ReasonForm(formdata=None),
    )


@pages.post("/places/export")
@access.roles(*LEADERS)
def export_places(quiz_id: int) -> Response:
    """The board of units or teams as a workbook."""
    now, actor = utc_now(), current_actor()
    kind = _read_kind()
    with transaction() as session:
        row = queries.get_led(session, actor, quiz_id, now=now)
        lines = following.all_places(session, quiz_id, kind, PlaceOrder.SHARE)
        _record(session, actor, row, f"places_{kind}")
    headings = [
        gettext("Place"),
        gettext("Work team") if kind == TEAM else gettext("Unit"),
        gettext("Head count"),
        gettext("Took part"),
        gettext("Participation, %%"),
        gettext("Average marks"),
        gettext("Marks in all"),
    ]
    rows = [
        (
            line.rank,
            line.name,
            line.heads,
            line.participants,
            line.percent,
            line.average,
            line.total,
        )
        for line in lines
    ]
    return send_workbook(row.plan.title, headings, rows)


@pages.get("/people")
@access.roles(*LEADERS)
def people(quiz_id: int) -> ResponseReturnValue:
    """The participants below a node, the best first."""
    row, nodes, place = _chosen(quiz_id)
    session, actor, on = db.session(), current_actor(), local_date(utc_now())
    return render_template(
        "exams/mass_quiz/people.html",
        row=row,
        nodes=nodes,
        chosen=place,
        page=rolls.page_of_people(session, row, place, _number(), on=on),
        organises=reaches(session, actor, Role.ORGANISER, organisation_id=row.organisation_id),
    )


@pages.post("/people/export")
@access.roles(*LEADERS)
def export_people(quiz_id: int) -> Response:
    """The participants below a node as a workbook."""
    row, _nodes, place = _chosen(quiz_id)
    db.session.rollback()
    with transaction() as session:
        lines = rolls.all_people(session, row, place, on=local_date(utc_now()))
        _record(session, current_actor(), row, "people", place)
    headings = [
        gettext("Place"),
        gettext("Name"),
        gettext("Work team"),
        gettext("Marks"),
        gettext("Time used"),
        gettext("Tries"),
    ]
    rows = [
        (one.rank, one.name, one.team, one.marks, show_seconds(one.seconds), one.tries)
        for one in lines
    ]
    return send_workbook(row.plan.title, headings, rows)


@pages.get("/missing")
@access.roles(*LEADERS)
def missing(quiz_id: int) -> ResponseReturnValue:
    """Who below a node has not taken part yet, and the text for a chat group."""
    row, nodes, place = _chosen(quiz_id)
    roll = rolls.get_roll(db.session(), quiz_id, place, _number(), on=local_date(utc_now()))
    return render_template(
        "exams/mass_quiz/missing.html", row=row, nodes=nodes, chosen=place, roll=roll
    )


@pages.post("/missing/export")
@access.roles(*LEADERS)
def export_missing(quiz_id: int) -> Response:
    """Who has not taken part yet as a workbook."""
    row, _nodes, place = _chosen(quiz_id)
    db.session.rollback()
    with transaction() as session:
        lines = rolls.all_absent(session, quiz_id, place, on=local_date(utc_now()))
        _record(session, current_actor(), row, "missing", place)
    headings = [gettext("Name"), gettext("Work team")]
    return send_workbook(row.plan.title, headings, [(one.name, one.team) for one in lines])


def _chosen(quiz_id: int) -> tuple[QuizRow, list[OrganisationRow], OrganisationId]:
    """The quiz, the nodes of it within the leader's reach, and the one asked for, else the whole;
    QuizNotFound for a node that is not among them."""
    session, actor = db.session(), current_actor()
    row = queries.get_led(session, actor, quiz_id, now=utc_now())
    below = following.nodes_of(session, row.organisation_id)
    nodes = [
        node for node in list_reachable_organisations(session, actor, *LEADERS) if node.id in below
    ]
    offered: list[int] = [node.id for node in nodes]
    own = int(row.organisation_id)
    whole = own if own in offered else next(iter(offered), None)
    place = request.args.get("organisation", type=int) or whole
    if place is None or place not in offered:
        raise QuizNotFound
    return row, nodes, OrganisationId(place)


def _record(
    session: Session,
    actor: Actor,
    row: QuizRow,
    what: str,
    place: OrganisationId | None = None,
) -> None:
    audit.record(
        session,
        actor,
        "exam.export_quiz",
        subject=("mass_quiz", row.id),
        now=utc_now(),
        details={"what": what, "organisation_id": place or row.organisation_id},
    )
