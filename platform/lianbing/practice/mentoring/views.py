"""Pages of mentoring: one's pairs, a pact to propose and sign, a pair with map, drills, notes."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from wtforms.fields import SelectChoice

from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.infra.tasks import kick
from lianbing.kernel.actor import Actor
from lianbing.kernel.clock import utc_now
from lianbing.people.queries import person_cards
from lianbing.people.refusals import REFUSED, refuse
from lianbing.practice.mastery.drawing import draw_map
from lianbing.practice.mastery.rules import expected_margin, expected_mark
from lianbing.practice.mentoring import queries, use_cases
from lianbing.practice.mentoring.forms import DrillForm, EndForm, NoteForm, PactForm
from lianbing.practice.mentoring.queries import SharedMap
from lianbing.practice.mentoring.words import STATE_WORDS
from lianbing.practice.slots import Tile
from lianbing.practice.today import Today
from lianbing.training.materials.queries import materials_for
from lianbing.web import access
from lianbing.web.access import current_actor

WEAKEST_SHOWN = 8

blueprint = Blueprint("mentoring", __name__, url_prefix="/practice/mentoring")


@blueprint.get("/")
@access.signed_in
def index() -> ResponseReturnValue:
    """One's pairs."""
    session, actor, number = db.session(), current_actor(), request.args.get("page", 1, type=int)
    page = queries.page_of_pairs(session, actor, number, now=utc_now())
    return render_template(
        "practice/mentoring/index.html",
        page=page,
        cards=person_cards(session, [pair.partner_id for pair in page.rows]),
        states=STATE_WORDS,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@access.signed_in
def propose() -> ResponseReturnValue:
    """Propose a pact."""
    form, status = PactForm(), 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                actor, keyring = current_actor(), current_keyring()
                partner = use_cases.find_partner(
                    session,
                    actor,
                    name=form.name.data or "",
                    phone=form.phone.data or "",
                    keyring=keyring,
                )
                pair_id = use_cases.propose_pair(
                    session, actor, partner, form.pact(), now=utc_now()
                )
        except REFUSED as error:
            status = refuse(error)
        else:
            flash(gettext("Proposed. The other signs or declines on their own page."), "success")
            return redirect(url_for("mentoring.show", pair_id=pair_id))
    return render_template("practice/mentoring/new.html", form=form), status


@blueprint.get("/<int:pair_id>")
@access.signed_in
def show(pair_id: int) -> ResponseReturnValue:
    """One pair: the pact, and while it is in force the map, the drills and the notes."""
    return _page(pair_id)


@blueprint.post("/<int:pair_id>/sign")
@access.signed_in
def sign(pair_id: int) -> ResponseReturnValue:
    """Sign the pact."""
    try:
        with transaction() as session:
            use_cases.sign_pact(session, current_actor(), pair_id, now=utc_now())
    except REFUSED as error:
        refuse(error)
    else:
        flash(gettext("Signed by both. May it go well."), "success")
    return redirect(url_for("mentoring.show", pair_id=pair_id))


@blueprint.post("/<int:pair_id>/end")
@access.signed_in
def end(pair_id: int) -> ResponseReturnValue:
    """Decline, take back or end."""
    try:
        with transaction() as session:
            use_cases.end_pair(
                session,
                current_actor(),
                pair_id,
                reason=request.form.get("reason", ""),
                now=utc_now(),
            )
    except REFUSED as error:
        refuse(error)
    else:
        kick("deliver_outbox")
        flash(gettext("It is ended."), "success")
    return redirect(url_for("mentoring.show", pair_id=pair_id))


@blueprint.post("/<int:pair_id>/drills")
@access.signed_in
def set_drill(pair_id: int) -> ResponseReturnValue:
    """As the mentor, set a drill."""
    session, actor, status = db.session(), current_actor(), 400
    pair = queries.get_pair(session, actor, pair_id, now=utc_now())
    shared = queries.find_map(session, pair, now=utc_now())
    form = _drill_form(shared)
    if form.validate_on_submit():
        kind, _colon, number = (form.what.data or "").partition(":")
        try:
            with transaction() as writing:
                use_cases.set_drill(
                    writing,
                    actor,
                    pair_id,
                    scope_id=int(number) if kind == "scope" else None,
                    point_id=int(number) if kind == "point" else None,
                    wanted=form.wanted.data,
                    due_on=form.due_on.data,
                    now=utc_now(),
                )
        except REFUSED as error:
            status = refuse(error)
        else:
            flash(gettext("The drill is set; your apprentice sees it."), "success")
            return redirect(url_for("mentoring.show", pair_id=pair_id, _anchor="drills"))
    return _page(pair_id, drill_form=form), status


@blueprint.post("/<int:pair_id>/notes")
@access.signed_in
def leave_note(pair_id: int) -> ResponseReturnValue:
    """Leave a note."""
    form, status = NoteForm(), 400
    if form.validate_on_submit():
        try:
            with transaction() as session:
                use_cases.leave_note(
                    session, current_actor(), pair_id, form.note.data or "", now=utc_now()
                )
        except REFUSED as error:
            status = refuse(error)
        else:
            return redirect(url_for("mentoring.show", pair_id=pair_id, _anchor="notes"))
    return _page(pair_id, note_form=form), status


def tile(actor: Actor, _today: Today) -> Tile | None:
    """The way to one's pairs from the practice home, with what waits there."""
    pacts, drills = queries.count_waiting(db.session(), actor, now=utc_now())
    note = gettext("Learn from one another")
    if pacts:
        note = gettext("A pact waits for you")
    elif drills:
        note = ngettext("%(num)d drill set", "%(num)d drills set", drills)
    return Tile(
        icon="mortarboard",
        title=gettext("Mentoring"),
        note=note,
        address=url_for("mentoring.index"),
    )


def _page(
    pair_id: int, *, drill_form: DrillForm | None = None, note_form: NoteForm | None = None
) -> str:
    session, actor, now = db.session(), current_actor(), utc_now()
    pair = queries.get_pair(session, actor, pair_id, now=now)
    shared = queries.find_map(session, pair, now=now) if pair.is_in_force else None
    return render_template(
        "practice/mentoring/pair.html",
        pair=pair,
        cards=person_cards(session, [pair.mentor_id, pair.apprentice_id]),
        state=STATE_WORDS[pair.state],
        shared=_shown(actor, shared) if shared and pair.is_mentor else None,
        drills=queries.list_drills(session, pair.id) if pair.is_in_force else [],
        notes=queries.page_of_notes(session, pair.id, request.args.get("page", 1, type=int)),
        drill_form=drill_form or _drill_form(shared, formdata=None),
        note_form=note_form or NoteForm(formdata=None),
        end_form=EndForm(formdata=None),
    )


def _shown(actor: Actor, shared: SharedMap) -> dict[str, object]:
    """The apprentice's map as the mentor is shown it, with what may be studied on weak points."""
    points = list(shared.standing.standings.values())
    weakest = shared.standing.weakest(WEAKEST_SHOWN)
    return {
        "bank": shared.bank,
        "mark": expected_mark(points),
        "margin": expected_margin(points),
        "strips": draw_map(shared.standing.scopes, shared.standing.standings),
        "weakest": weakest,
        "titles": shared.standing.points,
        "offers": materials_for(db.session(), actor, [point.point_id for point in weakest]),
    }


def _drill_form(shared: SharedMap | None, **arguments: object) -> DrillForm:
    form = DrillForm(**arguments)
    if shared is not None:
        standing = shared.standing
        weak = [
            SelectChoice(f"point:{point.point_id}", standing.points[point.point_id].title)
            for point in standing.weakest(WEAKEST_SHOWN)
        ]
        scopes = [SelectChoice(f"scope:{scope.id}", scope.title) for scope in standing.scopes]
        form.what.choices = {gettext("Weakest points"): weak, gettext("Whole scopes"): scopes}
    return form
