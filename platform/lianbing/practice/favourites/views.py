"""The pages of favourites and notes, and what stands of them below a question's feedback."""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from markupsafe import Markup
from sqlalchemy.orm import Session

from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Actor
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import QuestionId
from lianbing.practice.drill_pages import DrillRow
from lianbing.practice.favourites import queries, use_cases
from lianbing.practice.favourites.errors import NoteTooLong
from lianbing.practice.favourites.rules import LONGEST_NOTE
from lianbing.practice.slots import Tile
from lianbing.practice.start_views import begin_drill
from lianbing.practice.today import Today
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of
from lianbing.web.preferences import safe_target

blueprint = Blueprint(
    "practice_favourites",
    __name__,
    url_prefix="/practice/favourites",
    template_folder="../templates",
)


@blueprint.get("/")
@access.signed_in
def index() -> ResponseReturnValue:
    """The favourites, or with ``noted`` everything with a note."""
    noted = request.args.get("show") == "notes"
    session, actor = db.session(), current_actor()
    return render_template(
        "practice/favourites/index.html",
        noted=noted,
        page=queries.page_of_kept(
            session, actor, request.args.get("page", 1, type=int), noted=noted
        ),
        most=LONGEST_NOTE,
    )


@blueprint.post("/drill")
@access.signed_in
def drill() -> ResponseReturnValue:
    """Up to ten of the favourites."""

    def begin(session: Session, seed: int, now: datetime) -> int:
        return use_cases.start_favourites(session, current_actor(), seed=seed, now=now)

    return begin_drill(begin, otherwise="practice_favourites.index")


@blueprint.post("/<int:question_id>/mark")
@access.signed_in
def mark(question_id: int) -> ResponseReturnValue:
    """Make a question a favourite, or no longer, and go back to where it was read."""
    on = request.form.get("on") == "1"
    with transaction() as session:
        use_cases.mark_favourite(
            session, current_actor(), QuestionId(question_id), on=on, now=utc_now()
        )
    flash(
        gettext("Kept in your favourites.") if on else gettext("No longer a favourite."), "success"
    )
    return redirect(_back())


@blueprint.post("/<int:question_id>/note")
@access.signed_in
def note(question_id: int) -> ResponseReturnValue:
    """Save a note and go back to where it was written."""
    text = request.form.get("note", "")
    try:
        with transaction() as session:
            use_cases.write_note(
                session, current_actor(), QuestionId(question_id), text, now=utc_now()
            )
    except NoteTooLong as error:
        return render_template(
            "practice/favourites/note.html",
            question_id=question_id,
            text=text,
            back=_back(),
            most=LONGEST_NOTE,
            error=message_of(error),
        ), 422
    flash(gettext("Your note is saved."), "success")
    return redirect(_back())


def keep_extra(actor: Actor, question_id: QuestionId, here: str) -> Markup:
    """Below a question's feedback: the star and the note."""
    kept = queries.find_kept(db.session(), actor, question_id)
    return Markup(  # noqa: S704 - a template
        render_template(
            "practice/favourites/_keep.html",
            kept=kept,
            question_id=question_id,
            here=here,
            most=LONGEST_NOTE,
        )
    )


def tile(actor: Actor, today: Today) -> Tile:
    """Favourites among the ways to practise."""
    count = queries.count_kept(db.session(), actor)
    note = gettext("Nothing kept yet")
    if count:
        note = ngettext("%(num)d question", "%(num)d questions", count)
    return Tile(
        icon="star",
        title=gettext("Favourites and notes"),
        note=note,
        address=url_for("practice_favourites.index"),
    )


def again(row: DrillRow) -> str:
    """Where another ten favourites begin."""
    return url_for("practice_favourites.drill")


def _back() -> str:
    fallback = url_for("practice_favourites.index")
    return safe_target(request.form.get("next") or fallback)
