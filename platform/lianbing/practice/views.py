"""The pages of practice. Each works as plain HTML; a script may fetch a question as a part."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lianbing.banks.corrections.views import take_report
from lianbing.infra import calendar
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Actor
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BankId
from lianbing.people.persons.registering import choose_display
from lianbing.practice import book, drill_pages, points, queries, sequence, slots, today, use_cases
from lianbing.practice.drill_pages import DrillPage, DrillRow
from lianbing.practice.errors import (
    AnswerMisshapen,
    NothingChosen,
    NotRatedYet,
    NotYetAsked,
)
from lianbing.practice.forms import read_given
from lianbing.practice.rules import RIGHT_TO_LEAVE, Given
from lianbing.practice.start_views import again
from lianbing.web import access
from lianbing.web.errors import message_of
from lianbing.web.preferences import safe_target

blueprint = Blueprint("practice", __name__, template_folder="templates", url_prefix="/practice")


@blueprint.get("/")
@access.signed_in
def home() -> ResponseReturnValue:
    """What to do today first, then the other ways to practise, then the bank's scopes."""
    session, actor = db.session(), access.current_actor()
    state = today.get_today(session, actor, now=utc_now())
    scopes = queries.list_scope_figures(session, actor, state.bank) if state.bank else []
    return render_template(
        "practice/home.html",
        today=state,
        scopes=scopes,
        tops=slots.panels(actor, state, below=False) if state.bank else [],
        tiles=slots.tiles(actor, state) if state.bank else [],
        belows=slots.panels(actor, state, below=True) if state.bank else [],
    )


@blueprint.get("/banks/<int:bank_id>/scopes/<int:scope_id>")
@access.signed_in
def scope(bank_id: int, scope_id: int) -> ResponseReturnValue:
    """The assessment points of a scope, each with what was done of it and its own drill."""
    session, actor = db.session(), access.current_actor()
    number = request.args.get("page", 1, type=int)
    found = points.get_scope_points(session, actor, BankId(bank_id), scope_id, number=number)
    return render_template("practice/scope.html", scope=found)


def panel(actor: Actor) -> Markup | str:
    """The home page's answer to "what today": ten questions, one button."""
    state = today.get_today(db.session(), actor, now=utc_now())
    if state.bank is None:
        return ""
    return Markup(render_template("practice/panel.html", today=state))  # noqa: S704 - a template


@blueprint.post("/text-size")
@access.signed_in
def text_size() -> ResponseReturnValue:
    """Larger or ordinary text from now on, on every device, and back to what was read."""
    actor = access.current_actor()
    with transaction() as session:
        choose_display(session, actor, locale=actor.locale, larger_text=not actor.larger_text)
    return redirect(safe_target(request.form.get("next")))


@blueprint.get("/sequential")
@access.signed_in
def sequential() -> ResponseReturnValue:
    """How far one has come in the bank gone through in order; go on, or begin it again."""
    session, actor = db.session(), access.current_actor()
    state = today.get_today(session, actor, now=utc_now())
    if state.bank is None:
        return redirect(url_for("practice.home"))
    progress = sequence.get_progress(session, actor, state.bank.id)
    return render_template("practice/sequential.html", bank=state.bank, progress=progress)


@blueprint.get("/wrong-book")
@access.signed_in
def wrong_book() -> ResponseReturnValue:
    """The questions answered wrong, with how near each is to leaving."""
    session, actor = db.session(), access.current_actor()
    bank_ids = [bank.id for bank in queries.list_practice_banks(session, actor)]
    number = request.args.get("page", 1, type=int)
    page = book.page_of_book(session, actor, bank_ids, number, on=calendar.today())
    return render_template("practice/wrong_book.html", page=page, needed=RIGHT_TO_LEAVE)


@blueprint.get("/drills/<int:drill_id>")
@access.signed_in
def drill(drill_id: int) -> ResponseReturnValue:
    """Where the drill stands: its next question, or how it went."""
    row = drill_pages.get_drill(db.session(), access.current_actor(), drill_id)
    return redirect(_address(row, row.position))


@blueprint.get("/drills/<int:drill_id>/<int:position>")
@access.signed_in
def question(drill_id: int, position: int) -> ResponseReturnValue:
    """One question, or the feedback on its answer; a later one leads back to the next."""
    try:
        page = drill_pages.get_page(db.session(), access.current_actor(), drill_id, position)
    except NotYetAsked:
        return redirect(url_for("practice.drill", drill_id=drill_id))
    if position > page.drill.position:
        return redirect(url_for("practice.drill", drill_id=drill_id))
    return render_template("practice/drill.html", **_shown(page))


@blueprint.post("/drills/<int:drill_id>/<int:position>")
@access.signed_in
def answer(drill_id: int, position: int) -> ResponseReturnValue:
    """Answer a question, then show its feedback at the same address.

    Steps to be moved and a short answer to be compared come back as the same page, further on.
    """
    given = read_given(request.form)
    if given.move:
        return _further(drill_id, position, given)
    try:
        _answer(drill_id, position, given)
    except NotRatedYet:
        return _further(drill_id, position, given)
    except (NothingChosen, AnswerMisshapen) as error:
        flash(message_of(error), "warning")
    except NotYetAsked:
        return redirect(url_for("practice.drill", drill_id=drill_id))
    return redirect(url_for("practice.question", drill_id=drill_id, position=position))


@blueprint.post("/drills/<int:drill_id>/<int:position>/report")
@access.signed_in
def report(drill_id: int, position: int) -> ResponseReturnValue:
    """Report an error in a question that the drill has shown with its answer."""
    session, actor = db.session(), access.current_actor()
    take_report(drill_pages.get_answered_version(session, actor, drill_id, position))
    return redirect(url_for("practice.question", drill_id=drill_id, position=position))


@blueprint.get("/drills/<int:drill_id>/<int:position>/part")
@access.signed_in
def part(drill_id: int, position: int) -> ResponseReturnValue:
    """The question alone, for the script; also the one after the next, never with its key."""
    return _part(drill_id, position)


@blueprint.post("/drills/<int:drill_id>/<int:position>/part")
@access.signed_in
def answer_part(drill_id: int, position: int) -> ResponseReturnValue:
    """Answer a question and return the feedback alone."""
    given = read_given(request.form)
    if given.move:
        return _part(drill_id, position, given=given)
    try:
        _answer(drill_id, position, given)
    except NotRatedYet:
        return _part(drill_id, position, given=given)
    except (NothingChosen, AnswerMisshapen) as error:
        return _part(drill_id, position, notice=message_of(error))
    return _part(drill_id, position)


@blueprint.get("/drills/<int:drill_id>/summary")
@access.signed_in
def summary(drill_id: int) -> ResponseReturnValue:
    """How a drill went; while it is under way, back to its next question."""
    try:
        found = drill_pages.get_summary(db.session(), access.current_actor(), drill_id)
    except NotYetAsked:
        return redirect(url_for("practice.drill", drill_id=drill_id))
    ending = slots.way_of(found.drill.mode).ending
    if ending is not None:
        return redirect(ending(found.drill))
    return render_template("practice/summary.html", summary=found, again=again(found.drill))


def _answer(drill_id: int, position: int, given: Given) -> None:
    with transaction() as session:
        use_cases.answer_question(
            session,
            access.current_actor(),
            drill_id,
            position,
            given,
            now=utc_now(),
        )


def _further(drill_id: int, position: int, given: Given) -> ResponseReturnValue:
    page = drill_pages.get_page(
        db.session(), access.current_actor(), drill_id, position, given=given
    )
    return render_template("practice/drill.html", **_shown(page))


def _part(
    drill_id: int, position: int, *, notice: str = "", given: Given | None = None
) -> ResponseReturnValue:
    page = drill_pages.get_page(
        db.session(), access.current_actor(), drill_id, position, given=given
    )
    return render_template("practice/part.html", **_shown(page), notice=notice)


def _shown(page: DrillPage) -> dict[str, object]:
    ahead = (
        ""
        if page.is_last or page.drill.mode.has_own_rules
        else _part_address(page.drill, page.position + 1)
    )
    here = _address(page.drill, page.position)
    actor = access.current_actor()
    return {
        "page": page,
        "extras": slots.extras(actor, page.question_id, here) if page.feedback else [],
        "needed": RIGHT_TO_LEAVE,
        "here": here,
        "next": _address(page.drill, page.position + 1),
        "part": _part_address(page.drill, page.position),
        "ahead": ahead,
        "report": url_for("practice.report", drill_id=page.drill.id, position=page.position),
    }


def _address(row: DrillRow, position: int) -> str:
    running = slots.way_of(row.mode).running
    if running is not None and position >= row.position:
        return running(row)
    if position > row.length:
        return url_for("practice.summary", drill_id=row.id)
    return url_for("practice.question", drill_id=row.id, position=position)


def _part_address(row: DrillRow, position: int) -> str:
    return url_for("practice.part", drill_id=row.id, position=position)
