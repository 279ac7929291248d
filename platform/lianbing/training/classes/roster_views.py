"""Pages of a class's people: adding and removing, attendance of a session, lists from files."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.infra.paging import Page
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import ClassId, OrganisationId
from lianbing.people.imports.rules import RowProblem
from lianbing.people.queries import person_cards
from lianbing.people.refusals import REFUSED, refuse
from lianbing.training.classes import importing, queries, use_cases
from lianbing.training.classes.forms import ListForm, NumberForm
from lianbing.training.classes.queries import KEEPERS
from lianbing.training.classes.rules import Presence
from lianbing.training.classes.views import kept_page
from lianbing.web import access
from lianbing.web.access import current_actor

PER_PAGE = 100

blueprint = Blueprint("class_people", __name__, url_prefix="/training/classes")


@blueprint.post("/<int:class_id>/members/number")
@access.roles(*KEEPERS)
def add_by_number(class_id: int) -> ResponseReturnValue:
    """Add one person by phone or ID number."""
    form, status = NumberForm(), 400
    if form.validate_on_submit():
        try:
            with transaction() as session:
                added = use_cases.add_by_number(
                    session,
                    current_actor(),
                    ClassId(class_id),
                    form.number.data or "",
                    keyring=current_keyring(),
                    now=utc_now(),
                )
        except REFUSED as error:
            status = refuse(error)
        else:
            _tell_added(added)
            return _back(class_id)
    return kept_page(class_id, number_form=form), status


@blueprint.post("/<int:class_id>/members/unit")
@access.roles(*KEEPERS)
def add_unit(class_id: int) -> ResponseReturnValue:
    """Add everyone of a unit or team."""
    node = OrganisationId(request.form.get("organisation", 0, type=int))
    try:
        with transaction() as session:
            added = use_cases.add_unit(
                session, current_actor(), ClassId(class_id), node, now=utc_now()
            )
    except REFUSED as error:
        refuse(error)
    else:
        _tell_added(added)
    return _back(class_id)


@blueprint.post("/<int:class_id>/members/<int:member_id>/remove")
@access.roles(*KEEPERS)
def remove(class_id: int, member_id: int) -> ResponseReturnValue:
    """Take a person off the roster."""
    try:
        with transaction() as session:
            use_cases.remove_member(
                session, current_actor(), ClassId(class_id), member_id, now=utc_now()
            )
    except REFUSED as error:
        refuse(error)
    return _back(class_id)


@blueprint.route("/<int:class_id>/sessions/<int:session_id>", methods=["GET", "POST"])
@access.roles(*KEEPERS)
def attendance(class_id: int, session_id: int) -> ResponseReturnValue:
    """Who attended a session, a page of the roster at a time."""
    session, actor = db.session(), current_actor()
    row = queries.get_kept(session, actor, ClassId(class_id))
    if request.method == "POST":
        return _mark(row, session_id)
    held = {found.id: found for found in queries.list_sessions(session, row.id)}
    if session_id not in held:
        raise NotFound
    page = queries.page_of_members(session, row, request.args.get("page", 1, type=int))
    ids = [member.id for member in page.rows]
    presence = queries.presence_of(session, ids, session_id=session_id)
    return render_template(
        "training/attendance.html",
        row=row,
        held=held[session_id],
        page=page,
        cards=person_cards(session, [member.person_id for member in page.rows]),
        presence={id_: presence[id_].get(session_id) for id_ in ids},
        states=list(Presence),
        form=ListForm(formdata=None),
    )


def _mark(row: queries.ClassRow, session_id: int) -> ResponseReturnValue:
    everyone = request.form.get("all") == "present"
    states: dict[int, Presence | None] = {}
    for member_id in request.form.getlist("shown", type=int):
        said = request.form.get(f"member-{member_id}", "")
        states[member_id] = (
            Presence.PRESENT if everyone else Presence(said) if said in set(Presence) else None
        )
    try:
        with transaction() as session:
            use_cases.mark_attendance(
                session, current_actor(), row.id, session_id, states, now=utc_now()
            )
    except REFUSED as error:
        refuse(error)
    else:
        flash(gettext("Attendance is on file."), "success")
    return redirect(request.full_path)


@blueprint.post("/<int:class_id>/lists")
@access.roles(*KEEPERS)
def upload(class_id: int) -> ResponseReturnValue:
    """Look at a roster, or at a session's attendance, before storing it."""
    form, session_id = ListForm(), request.form.get("session", type=int)
    if not form.validate_on_submit():
        flash(gettext("Choose a file."), "error")
        return _back(class_id, session_id)
    content = form.file.data.read()
    try:
        with transaction() as session:
            import_id = importing.upload_list(
                session,
                current_actor(),
                ClassId(class_id),
                content,
                session_id=session_id,
                keyring=current_keyring(),
                now=utc_now(),
            )
    except REFUSED as error:
        refuse(error)
        return _back(class_id, session_id)
    return redirect(url_for("class_people.preview", class_id=class_id, import_id=import_id))


@blueprint.get("/<int:class_id>/lists/<int:import_id>")
@access.roles(*KEEPERS)
def preview(class_id: int, import_id: int) -> ResponseReturnValue:
    """What a list would do, or what is wrong with it, row by row."""
    session, actor = db.session(), current_actor()
    row = queries.get_kept(session, actor, ClassId(class_id))
    plan = importing.preview_list(session, actor, row.id, import_id, now=utc_now())
    number = max(1, request.args.get("page", 1, type=int))
    shown = plan.problems or plan.lines
    start = (number - 1) * PER_PAGE
    page = Page(
        rows=shown[start : start + PER_PAGE], number=number, total=len(shown), per_page=PER_PAGE
    )
    people = [line.person_id for line in page.rows if isinstance(line, importing.FoundLine)]
    return render_template(
        "training/class_list.html",
        row=row,
        plan=plan,
        page=page,
        cards=person_cards(session, people),
        words=_words,
    )


@blueprint.post("/<int:class_id>/lists/<int:import_id>/commit")
@access.roles(*KEEPERS)
def commit(class_id: int, import_id: int) -> ResponseReturnValue:
    """Store a list."""
    try:
        with transaction() as session:
            stored = importing.commit_list(
                session, current_actor(), ClassId(class_id), import_id, now=utc_now()
            )
    except REFUSED as error:
        refuse(error)
    else:
        flash(ngettext("%(num)d row stored.", "%(num)d rows stored.", stored), "success")
    return _back(class_id)


@blueprint.post("/<int:class_id>/lists/<int:import_id>/discard")
@access.roles(*KEEPERS)
def discard(class_id: int, import_id: int) -> ResponseReturnValue:
    """Let a list go."""
    with transaction() as session:
        importing.discard_list(
            session, current_actor(), ClassId(class_id), import_id, now=utc_now()
        )
    flash(gettext("The list is let go. Nothing was stored."), "success")
    return _back(class_id)


def _words(problem: RowProblem) -> str:
    return gettext(problem.message, **problem.params)


def _tell_added(added: int) -> None:
    told = ngettext("%(num)d person added.", "%(num)d people added.", added)
    flash(told if added else gettext("They were on the roster already."), "success")


def _back(class_id: int, session_id: int | None = None) -> ResponseReturnValue:
    if session_id is not None:
        address = url_for("class_people.attendance", class_id=class_id, session_id=session_id)
        return redirect(address)
    return redirect(url_for("classes.keep", class_id=class_id, _anchor="people"))
