"""The pages of the challenge; each works as plain HTML, a script counts the seconds."""

import secrets

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from lianbing.infra.arrival import arrived_at
from lianbing.infra.calendar import local_date
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Actor
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BankId
from lianbing.practice import drill_pages, slots
from lianbing.practice.challenge import queries, use_cases
from lianbing.practice.challenge.errors import NoRunsLeft
from lianbing.practice.challenge.queries import RunRow
from lianbing.practice.challenge.rules import RUNS_A_DAY, SECONDS_A_QUESTION, Ending
from lianbing.practice.drill_pages import DrillRow
from lianbing.practice.errors import AnswerMisshapen, NothingChosen, NothingToDrill
from lianbing.practice.forms import read_given
from lianbing.practice.rules import RIGHT_TO_LEAVE
from lianbing.practice.slots import Tile
from lianbing.practice.start_views import SEED_BITS
from lianbing.practice.today import Today, get_today
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of

blueprint = Blueprint(
    "practice_challenge", __name__, url_prefix="/practice/challenge", template_folder="../templates"
)


@blueprint.get("/")
@access.signed_in
def index() -> ResponseReturnValue:
    """The rules, the runs left today, the best run, and those before."""
    session, actor, now = db.session(), current_actor(), utc_now()
    today = get_today(session, actor, now=now)
    if today.bank is None:
        return redirect(url_for("practice.home"))
    return render_template(
        "practice/challenge/index.html",
        bank=today.bank,
        standing=queries.get_standing(session, actor, today.bank.id, on=local_date(now)),
        page=queries.page_of_runs(session, actor, request.args.get("page", 1, type=int)),
        seconds=SECONDS_A_QUESTION,
        a_day=RUNS_A_DAY,
    )


@blueprint.post("/banks/<int:bank_id>")
@access.signed_in
def begin(bank_id: int) -> ResponseReturnValue:
    """Begin a run and show its first question."""
    now = arrived_at(request.environ)
    try:
        with transaction() as session:
            drill_id = use_cases.begin_run(
                session,
                current_actor(),
                BankId(bank_id),
                seed=secrets.randbits(SEED_BITS),
                now=now,
            )
            use_cases.ask(session, current_actor(), drill_id, now=utc_now())
    except (NoRunsLeft, NothingToDrill) as error:
        flash(message_of(error), "warning")
        return redirect(url_for("practice_challenge.index"))
    return redirect(url_for("practice_challenge.run", drill_id=drill_id))


@blueprint.get("/<int:drill_id>")
@access.signed_in
def run(drill_id: int) -> ResponseReturnValue:
    """The question with its clock, the last answer with the way on, or how the run went."""
    now = arrived_at(request.environ)
    with transaction() as session:
        use_cases.settle(session, current_actor(), drill_id, now=now)
    actor = current_actor()
    row = queries.get_run(db.session(), actor, drill_id)
    drill = drill_pages.get_drill(db.session(), actor, drill_id)
    if row.ending is not None:
        return _ended(actor, row, drill)
    if row.clock.asked_at is None:
        return _between(actor, row, drill)
    page = drill_pages.get_page(db.session(), actor, drill_id, drill.position, by_own_rules=True)
    if page.question is None:
        return _between(actor, row, drill)
    return render_template(
        "practice/challenge/question.html",
        run=row,
        page=page,
        left=row.clock.seconds_left(now),
        seconds=SECONDS_A_QUESTION,
    )


@blueprint.post("/<int:drill_id>/next")
@access.signed_in
def ask(drill_id: int) -> ResponseReturnValue:
    """Ask for the next question: its clock starts."""
    with transaction() as session:
        use_cases.ask(session, current_actor(), drill_id, now=arrived_at(request.environ))
    return redirect(url_for("practice_challenge.run", drill_id=drill_id))


@blueprint.post("/<int:drill_id>/<int:position>")
@access.signed_in
def answer(drill_id: int, position: int) -> ResponseReturnValue:
    """Take an answer; what is right or not is shown by the page it leads back to."""
    now = arrived_at(request.environ)
    try:
        with transaction() as session:
            use_cases.answer_run(
                session, current_actor(), drill_id, position, read_given(request.form), now=now
            )
    except (NothingChosen, AnswerMisshapen) as error:
        flash(message_of(error), "warning")
    return redirect(url_for("practice_challenge.run", drill_id=drill_id))


def tile(actor: Actor, today: Today) -> Tile | None:
    """The challenge among the ways to practise."""
    if today.bank is None:
        return None
    standing = queries.get_standing(db.session(), actor, today.bank.id, on=local_date(utc_now()))
    note = ngettext("%(num)d run left today", "%(num)d runs left today", standing.left)
    if standing.open_run is not None:
        note = gettext("A run is under way")
    return Tile(
        icon="lightning-charge",
        title=gettext("Challenge"),
        note=note,
        address=url_for("practice_challenge.index"),
    )


def running(row: DrillRow) -> str:
    """The page of a run."""
    return url_for("practice_challenge.run", drill_id=row.id)


def _between(actor: Actor, row: RunRow, drill: DrillRow) -> str:
    """After a right answer, or before the first question: no clock runs."""
    answered = None
    if drill.position > 1:
        answered = drill_pages.get_page(db.session(), actor, drill.id, drill.position - 1)
    return render_template(
        "practice/challenge/between.html",
        run=row,
        drill=drill,
        page=answered,
        needed=RIGHT_TO_LEAVE,
        seconds=SECONDS_A_QUESTION,
        extras=_extras(actor, drill, answered),
    )


def _ended(actor: Actor, row: RunRow, drill: DrillRow) -> str:
    last = None
    if row.ending is not Ending.TIME:
        last = drill_pages.get_page(db.session(), actor, drill.id, drill.position - 1)
    return render_template(
        "practice/challenge/ended.html",
        run=row,
        drill=drill,
        page=last,
        missed=queries.find_missed(db.session(), drill) if last is None else None,
        before=queries.best_before(db.session(), actor, drill.id),
        standing=queries.get_standing(
            db.session(), actor, BankId(drill.bank_id or 0), on=local_date(utc_now())
        ),
        needed=RIGHT_TO_LEAVE,
        seconds=SECONDS_A_QUESTION,
        extras=_extras(actor, drill, last),
    )


def _extras(actor: Actor, drill: DrillRow, page: drill_pages.DrillPage | None) -> list[object]:
    if page is None or page.feedback is None:
        return []
    here = url_for("practice.question", drill_id=drill.id, position=page.position)
    return list(slots.extras(actor, page.question_id, here))
