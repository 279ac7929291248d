"""Pages of classes: those a body holds with people and participations, one of them, one's own."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from lianbing.infra.calendar import today
from lianbing.infra.database import db, transaction
from lianbing.infra.redis_client import current_settings
from lianbing.infra.sheets import XLSX
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import ClassId, OrganisationId
from lianbing.people.choices import organisation_choices
from lianbing.people.queries import list_reachable_organisations, organisation_names, person_cards
from lianbing.people.refusals import REFUSED, refuse
from lianbing.training.classes import queries, use_cases
from lianbing.training.classes.export import roster_workbook
from lianbing.training.classes.forms import (
    ListForm,
    NewClassForm,
    NumberForm,
    PlanForm,
    SessionForm,
    UnitForm,
)
from lianbing.training.classes.queries import KEEPERS
from lianbing.training.classes.rules import ClassForm, ExamOutcome, Presence
from lianbing.training.classes.summary import summarise
from lianbing.training.classes.words import FORM_WORDS, OUTCOME_WORDS, PRESENCE_WORDS
from lianbing.web import access
from lianbing.web.access import current_actor

YEARS_SHOWN = 5

blueprint = Blueprint("classes", __name__, url_prefix="/training/classes")


@blueprint.app_template_filter()
def class_form_words(form: ClassForm) -> str:
    """How a class is held, in words."""
    return str(FORM_WORDS[form])


@blueprint.app_template_filter()
def presence_words(state: Presence) -> str:
    """How a member stands to a session, in words."""
    return str(PRESENCE_WORDS[state])


@blueprint.app_template_filter()
def outcome_words(outcome: ExamOutcome) -> str:
    """What the closing exam says, in words."""
    return str(OUTCOME_WORDS[outcome])


@blueprint.get("/")
@access.signed_in
def mine() -> ResponseReturnValue:
    """The classes one is on the roster of."""
    session = db.session()
    page = queries.page_of_own(session, current_actor(), request.args.get("page", 1, type=int))
    owners = organisation_names(session, [row.organisation_id for row in page.rows])
    return render_template("training/my_classes.html", page=page, owners=owners)


@blueprint.get("/<int:class_id>")
@access.signed_in
def show(class_id: int) -> ResponseReturnValue:
    """A class as its member sees it: sessions with the own attendance, the exam, completion."""
    own = queries.get_own(db.session(), current_actor(), ClassId(class_id))
    holder = organisation_names(db.session(), [own.row.organisation_id])
    return render_template("training/class.html", own=own, holder=holder)


@blueprint.get("/manage/")
@access.roles(*KEEPERS)
def manage() -> ResponseReturnValue:
    """The classes of the bodies one reaches, and what a year came to."""
    session, actor, this_year = db.session(), current_actor(), today().year
    year = min(max(request.args.get("year", this_year, type=int), 2000), this_year + 1)
    page = queries.page_of_kept(session, actor, request.args.get("page", 1, type=int))
    return render_template(
        "training/classes.html",
        page=page,
        owners=organisation_names(session, [row.organisation_id for row in page.rows]),
        summary=summarise(session, actor, since=_new_year(year), until=_new_year(year + 1)),
        year=year,
        years=sorted({year, *range(this_year - YEARS_SHOWN + 1, this_year + 1)}, reverse=True),
    )


def _new_year(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=current_settings().zone).astimezone(UTC)


@blueprint.route("/new", methods=["GET", "POST"])
@access.roles(*KEEPERS)
def create() -> ResponseReturnValue:
    """Begin a class."""
    form, status = NewClassForm(), 200
    nodes = list_reachable_organisations(db.session(), current_actor(), *KEEPERS)
    form.organisation.choices = organisation_choices(nodes)
    _offer_exams(form)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                class_id = use_cases.create_class(
                    session,
                    current_actor(),
                    OrganisationId(form.organisation.data),
                    form.plan(),
                    now=utc_now(),
                )
        except REFUSED as error:
            status = refuse(error)
        else:
            flash(gettext("The class is made. Add its sessions and its people."), "success")
            return redirect(url_for("classes.keep", class_id=class_id))
    return render_template("training/class_form.html", form=form, row=None), status


@blueprint.route("/<int:class_id>/edit", methods=["GET", "POST"])
@access.roles(*KEEPERS)
def edit(class_id: int) -> ResponseReturnValue:
    """Write a class anew."""
    row, status = queries.get_kept(db.session(), current_actor(), ClassId(class_id)), 200
    form = PlanForm(
        title=row.title,
        form=row.form.value,
        place=row.place,
        about=row.about,
        attendance_percent=row.attendance_percent,
        exam=row.exam_id or 0,
    )
    _offer_exams(form, row)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                use_cases.change_class(session, current_actor(), row.id, form.plan(), now=utc_now())
        except REFUSED as error:
            status = refuse(error)
        else:
            flash(gettext("Saved."), "success")
            return redirect(url_for("classes.keep", class_id=class_id))
    return render_template("training/class_form.html", form=form, row=row), status


@blueprint.get("/<int:class_id>/keep")
@access.roles(*KEEPERS)
def keep(class_id: int) -> ResponseReturnValue:
    """A class as its holder sees it."""
    return kept_page(class_id)


def kept_page(
    class_id: int, *, session_form: SessionForm | None = None, number_form: NumberForm | None = None
) -> str:
    """The holder's page, with a form that was refused where there is one."""
    session, actor = db.session(), current_actor()
    row = queries.get_kept(session, actor, ClassId(class_id))
    members = queries.page_of_members(session, row, request.args.get("page", 1, type=int))
    unit_form = UnitForm(formdata=None)
    unit_form.organisation.choices = organisation_choices(
        list_reachable_organisations(session, actor, *KEEPERS)
    )
    return render_template(
        "training/class_keep.html",
        row=row,
        holder=organisation_names(session, [row.organisation_id]),
        sessions=queries.list_sessions(session, row.id),
        members=members,
        cards=person_cards(session, [member.person_id for member in members.rows]),
        session_form=session_form or SessionForm(formdata=None),
        number_form=number_form or NumberForm(formdata=None),
        unit_form=unit_form,
        list_form=ListForm(formdata=None),
    )


@blueprint.post("/<int:class_id>/sessions")
@access.roles(*KEEPERS)
def add_session(class_id: int) -> ResponseReturnValue:
    """Add a session."""
    form, status = SessionForm(), 400
    if form.validate_on_submit():
        try:
            with transaction() as session:
                use_cases.add_session(
                    session, current_actor(), ClassId(class_id), form.plan(), now=utc_now()
                )
        except REFUSED as error:
            status = refuse(error)
        else:
            return redirect(url_for("classes.keep", class_id=class_id, _anchor="sessions"))
    return kept_page(class_id, session_form=form), status


@blueprint.post("/<int:class_id>/sessions/<int:session_id>/remove")
@access.roles(*KEEPERS)
def remove_session(class_id: int, session_id: int) -> ResponseReturnValue:
    """Take a session out."""
    try:
        with transaction() as session:
            use_cases.remove_session(
                session, current_actor(), ClassId(class_id), session_id, now=utc_now()
            )
    except REFUSED as error:
        refuse(error)
    return redirect(url_for("classes.keep", class_id=class_id, _anchor="sessions"))


@blueprint.post("/<int:class_id>/close")
@access.roles(*KEEPERS)
def close(class_id: int) -> ResponseReturnValue:
    """Fix who completed the class."""
    try:
        with transaction() as session:
            done = use_cases.close_class(session, current_actor(), ClassId(class_id), now=utc_now())
    except REFUSED as error:
        refuse(error)
    else:
        told = ngettext(
            "The class is closed: %(num)d person completed it.",
            "The class is closed: %(num)d people completed it.",
            done,
        )
        flash(told, "success")
    return redirect(url_for("classes.keep", class_id=class_id))


@blueprint.post("/<int:class_id>/reopen")
@access.roles(*KEEPERS)
def reopen(class_id: int) -> ResponseReturnValue:
    """Open a closed class for changes."""
    with transaction() as session:
        use_cases.reopen_class(session, current_actor(), ClassId(class_id), now=utc_now())
    flash(gettext("The class is open again."), "success")
    return redirect(url_for("classes.keep", class_id=class_id))


@blueprint.get("/<int:class_id>/roster.xlsx")
@access.roles(*KEEPERS)
def export(class_id: int) -> ResponseReturnValue:
    """The roster with hours, exam and completion."""
    row = queries.get_kept(db.session(), current_actor(), ClassId(class_id))
    return send_file(
        roster_workbook(db.session(), row),
        mimetype=XLSX,
        as_attachment=True,
        download_name=f"class-{class_id}.xlsx",
    )


def _offer_exams(form: PlanForm, row: queries.ClassRow | None = None) -> None:
    linked = row.exam_id if row else None
    exams = queries.list_exam_choices(db.session(), current_actor(), linked)
    form.exam.choices = [(0, gettext("No exam")), *exams]
