"""An organiser's pages: exams, roster, progress, publication, the published list."""

import base64

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy import Select
from wtforms.fields import SelectChoice

from lianbing.exams import rosters, use_cases
from lianbing.exams.errors import BadPlan
from lianbing.exams.forms import CancelForm, EnrolForm, ExamFields, ExamForm
from lianbing.exams.reach import exam_within_reach
from lianbing.exams.receipts.queries import find_root
from lianbing.exams.result_views import result_page
from lianbing.exams.seating.make_up import absent_among, find_original, list_make_ups
from lianbing.exams.seating.seat_queries import list_absent
from lianbing.infra.crypto import Keyring
from lianbing.infra.database import db, transaction
from lianbing.infra.redis_client import current_settings
from lianbing.infra.tasks import kick
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import ExamId, OrganisationId, PersonId
from lianbing.papers.queries import list_papers
from lianbing.people.authority import require_reach
from lianbing.people.queries import (
    list_reachable_organisations,
    members_of,
    person_cards,
)
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of_why

manage = Blueprint("manage_exams", __name__, url_prefix="/exams/manage")
PAPERS_OFFERED = 500


@manage.get("/")
@access.roles(Role.ORGANISER)
def index() -> ResponseReturnValue:
    number = request.args.get("page", 1, type=int)
    page = rosters.list_managed_exams(db.session(), current_actor(), number)
    return render_template("exams/manage/index.html", page=page, now=utc_now())


@manage.route("/new", methods=["GET", "POST"])
@access.roles(Role.ORGANISER)
def new() -> ResponseReturnValue:
    form = ExamForm()
    form.organisation_id.choices = organisation_choices()
    offer_papers(form)
    if form.validate_on_submit():
        plan = form.plan(
            title=form.title.data,
            organisation_id=OrganisationId(form.organisation_id.data),
            zone=current_settings().zone,
        )
        try:
            with transaction() as session:
                exam_id = use_cases.schedule_exam(session, current_actor(), plan, now=utc_now())
        except BadPlan as error:
            form.form_errors = [message_of_why(error)]
        else:
            flash(gettext("The exam is scheduled. Add its candidates now."), "success")
            return redirect(url_for("manage_exams.show", exam_id=exam_id))
    return render_template("exams/manage/new.html", form=form)


@manage.get("/<int:exam_id>")
@access.roles(Role.ORGANISER)
def show(exam_id: int) -> ResponseReturnValue:
    exam = exam_within_reach(exam_id, Role.ORGANISER)
    form = EnrolForm()
    form.organisation_id.choices = organisation_choices()
    roster = rosters.list_roster(db.session(), exam.id, request.args.get("page", 1, type=int))
    return render_template(
        "exams/manage/show.html",
        row=rosters.managed_row(db.session(), exam),
        roster=roster,
        cards=person_cards(db.session(), [row.person_id for row in roster.rows]),
        absent=absent_among(db.session(), exam.id, [row.person_id for row in roster.rows]),
        make_ups=list_make_ups(db.session(), exam.id),
        original=find_original(db.session(), exam.id),
        form=form,
        cancel_form=CancelForm(),
        now=utc_now(),
    )


@manage.post("/<int:exam_id>/enrol")
@access.roles(Role.ORGANISER)
def enrol(exam_id: int) -> ResponseReturnValue:
    form = EnrolForm()
    form.organisation_id.choices = organisation_choices()
    if not form.validate_on_submit():
        flash(gettext("Choose a unit or work team from the list."), "error")
        return redirect(url_for("manage_exams.show", exam_id=exam_id))
    organisation_id = OrganisationId(form.organisation_id.data)
    with transaction() as session:
        require_reach(session, current_actor(), Role.ORGANISER, organisation_id=organisation_id)
        members: Select[int] = members_of(session, organisation_id)
        added = use_cases.enrol(
            session,
            current_actor(),
            ExamId(exam_id),
            [PersonId(person) for person in session.scalars(members)],
            now=utc_now(),
        )
    flash(ngettext("%(num)d person added.", "%(num)d people added.", added), "success")
    return redirect(url_for("manage_exams.show", exam_id=exam_id))


@manage.post("/<int:exam_id>/cancel")
@access.roles(Role.ORGANISER)
def cancel(exam_id: int) -> ResponseReturnValue:
    form = CancelForm()
    if not form.validate_on_submit():
        flash(gettext("Say why the exam is cancelled; the candidates are told."), "error")
        return redirect(url_for("manage_exams.show", exam_id=exam_id))
    with transaction() as session:
        use_cases.cancel_exam(
            session, current_actor(), ExamId(exam_id), reason=form.reason.data, now=utc_now()
        )
    flash(gettext("The exam is cancelled. What was answered is kept."), "success")
    return redirect(url_for("manage_exams.show", exam_id=exam_id))


@manage.post("/<int:exam_id>/publish")
@access.roles(Role.ORGANISER)
def publish(exam_id: int) -> ResponseReturnValue:
    keyring: Keyring = current_app.extensions["lianbing_keyring"]
    with transaction() as session:
        use_cases.publish_results(
            session, current_actor(), ExamId(exam_id), sign=keyring.sign, now=utc_now()
        )
    kick("deliver_outbox")
    flash(gettext("The result list is signed and published."), "success")
    return redirect(url_for("manage_exams.results", exam_id=exam_id))


@manage.get("/<int:exam_id>/results")
@access.roles(Role.ORGANISER)
def results(exam_id: int) -> ResponseReturnValue:
    exam = exam_within_reach(exam_id, Role.ORGANISER)
    page, result_list = result_page(exam.id)
    absent = list_absent(db.session(), exam.id, request.args.get("absent", 1, type=int))
    people = [row.person_id for row in page.rows] + [row.person_id for row in absent.rows]
    return render_template(
        "exams/manage/results.html",
        exam=exam,
        result_list=result_list,
        root=find_root(db.session(), exam.id, list_version=result_list.version),
        signature=base64.b64encode(result_list.signature).decode(),
        page=page,
        absent=absent,
        cards=person_cards(db.session(), people),
    )


def organisation_choices() -> list[SelectChoice]:
    """The organisations an organiser reaches, indented by depth."""
    return [
        SelectChoice(str(row.id), "　" * row.depth + row.name)
        for row in list_reachable_organisations(db.session(), current_actor(), Role.ORGANISER)
    ]


def offer_papers(form: ExamFields) -> None:
    """Fill the paper choices with the newest frozen papers an organiser may use."""
    papers = list_papers(db.session(), current_actor(), per_page=PAPERS_OFFERED).rows
    form.paper_id.choices = [
        SelectChoice(str(paper.id), f"{paper.title} · {paper.bank_title} · {paper.questions}")
        for paper in papers
    ]
