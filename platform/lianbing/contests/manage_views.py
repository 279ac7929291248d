"""An organiser's pages: contests, a new one, its steps, its entries, their export."""

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import SelectChoice

from lianbing.contests import entries, queries, use_cases
from lianbing.contests.blueprint import blueprint
from lianbing.contests.errors import BadContestPlan
from lianbing.contests.export import entries_workbook
from lianbing.contests.forms import CancelContestForm, ContestForm, NoticeForm
from lianbing.contests.wording import describe
from lianbing.exams.errors import BadPlan
from lianbing.exams.manage_views import offer_papers, organisation_choices
from lianbing.exams.queries import get_exam
from lianbing.exams.rosters import managed_row
from lianbing.exams.seating.make_up import sittings_of
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.infra.redis_client import current_settings
from lianbing.infra.tasks import kick
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import ContestId, OrganisationId, PaperId
from lianbing.papers.queries import get_paper
from lianbing.people.authority import require_reach
from lianbing.people.queries import person_cards
from lianbing.subjects.queries import get_subject
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of_why

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/manage/")
@access.roles(Role.ORGANISER)
def manage() -> ResponseReturnValue:
    number = request.args.get("page", 1, type=int)
    page = queries.list_managed_contests(db.session(), current_actor(), number=number)
    return render_template("contests/manage/index.html", page=page, now=utc_now())


@blueprint.route("/manage/new", methods=["GET", "POST"])
@access.roles(Role.ORGANISER)
def new() -> ResponseReturnValue:
    form = _new_form()
    if form.validate_on_submit():
        contest_id = _create(form)
        if contest_id is not None:
            flash(gettext("The draft is saved. Read it once more, then publish it."), "success")
            return redirect(url_for("contests.steer", contest_id=contest_id))
    return render_template("contests/manage/new.html", form=form)


@blueprint.get("/manage/<int:contest_id>")
@access.roles(Role.ORGANISER)
def steer(contest_id: int) -> ResponseReturnValue:
    now = utc_now()
    session = db.session()
    contest = _within_reach(contest_id)
    registered, unit_count = entries.count_registered(session, contest.event.id)
    return render_template(
        "contests/manage/show.html",
        registered=registered,
        unit_count=unit_count,
        contest=contest,
        phase=contest.event.phase(now),
        conditions=[describe(session, condition) for condition in contest.event.conditions],
        subject=get_subject(session, contest.event.subject_id),
        units=entries.count_by_unit(session, contest.event.id),
        has_make_ups=len(sittings_of(session, contest.event.exam_id)) > 1,
        row=managed_row(session, get_exam(session, contest.event.exam_id)),
        cancel_form=CancelContestForm(),
        now=now,
    )


@blueprint.route("/manage/<int:contest_id>/edit", methods=["GET", "POST"])
@access.roles(Role.ORGANISER)
def edit(contest_id: int) -> ResponseReturnValue:
    contest = _within_reach(contest_id)
    zone = current_settings().zone
    form = NoticeForm(
        notice=contest.notice,
        contact=contest.contact,
        registration_opens_at=contest.event.schedule.registration_opens_at.astimezone(zone),
        registration_closes_at=contest.event.schedule.registration_closes_at.astimezone(zone),
    )
    if form.validate_on_submit():
        try:
            with transaction() as session:
                use_cases.revise_notice(
                    session, current_actor(), contest.id, form.revision(zone), now=utc_now()
                )
        except BadContestPlan as error:
            form.form_errors = [message_of_why(error)]
        else:
            flash(gettext("The notice is changed."), "success")
            return redirect(url_for("contests.steer", contest_id=contest_id))
    return render_template("contests/manage/edit.html", contest=contest, form=form)


@blueprint.post("/manage/<int:contest_id>/publish")
@access.roles(Role.ORGANISER)
def publish(contest_id: int) -> ResponseReturnValue:
    with transaction() as session:
        use_cases.publish_contest(session, current_actor(), ContestId(contest_id), now=utc_now())
    flash(gettext("The notice is public."), "success")
    return redirect(url_for("contests.steer", contest_id=contest_id))


@blueprint.post("/manage/<int:contest_id>/cancel")
@access.roles(Role.ORGANISER)
def cancel(contest_id: int) -> ResponseReturnValue:
    form = CancelContestForm()
    if not form.validate_on_submit():
        flash(gettext("Say why the contest is cancelled; those registered read it."), "error")
        return redirect(url_for("contests.steer", contest_id=contest_id))
    with transaction() as session:
        use_cases.cancel_contest(
            session, current_actor(), ContestId(contest_id), reason=form.reason.data, now=utc_now()
        )
    flash(gettext("The contest is cancelled. Entries and answers are kept."), "success")
    return redirect(url_for("contests.steer", contest_id=contest_id))


@blueprint.post("/manage/<int:contest_id>/results")
@access.roles(Role.ORGANISER)
def publish_results(contest_id: int) -> ResponseReturnValue:
    with transaction() as session:
        use_cases.publish_contest_results(
            session,
            current_actor(),
            ContestId(contest_id),
            sign=current_keyring().sign,
            now=utc_now(),
        )
    kick("deliver_outbox")
    flash(gettext("The result list is signed and published."), "success")
    return redirect(url_for("contests.steer", contest_id=contest_id))


@blueprint.get("/manage/<int:contest_id>/entries")
@access.roles(Role.ORGANISER)
def list_entries(contest_id: int) -> ResponseReturnValue:
    session = db.session()
    contest = _within_reach(contest_id)
    unit_id = _chosen_unit()
    page = entries.list_entries(
        session,
        contest.event.id,
        unit_id=unit_id,
        number=request.args.get("page", 1, type=int),
    )
    return render_template(
        "contests/manage/entries.html",
        contest=contest,
        page=page,
        cards=person_cards(session, [row.person_id for row in page.rows]),
        units=entries.count_by_unit(session, contest.event.id),
        unit_id=unit_id,
    )


@blueprint.get("/manage/<int:contest_id>/entries.xlsx")
@access.roles(Role.ORGANISER)
def export_entries(contest_id: int) -> ResponseReturnValue:
    contest = _within_reach(contest_id)
    workbook = entries_workbook(db.session(), contest, unit_id=_chosen_unit())
    name = f"{contest.title} {gettext('Entries')}.xlsx"
    return send_file(workbook, mimetype=XLSX, as_attachment=True, download_name=name)


def _chosen_unit() -> OrganisationId | None:
    unit_id = request.args.get("unit", 0, type=int)
    return OrganisationId(unit_id) if unit_id else None


def _within_reach(contest_id: int) -> queries.ContestRow:
    contest = queries.get_contest(db.session(), ContestId(contest_id))
    require_reach(
        db.session(), current_actor(), Role.ORGANISER, organisation_id=contest.organisation_id
    )
    return contest


def _new_form() -> ContestForm:
    form = ContestForm()
    places = organisation_choices()
    form.organisation_id.choices = places
    form.within.choices = [SelectChoice("0", gettext("Everyone")), *places]
    offer_papers(form)
    if not form.is_submitted():
        form.suggest(utc_now().astimezone(current_settings().zone))
    return form


def _create(form: ContestForm) -> ContestId | None:
    """The new contest's id, or None with the fault written on the form."""
    paper = get_paper(db.session(), PaperId(form.paper_id.data))
    subject = get_subject(db.session(), paper.subject_id)
    plan = form.contest_plan(subject, current_settings().zone)
    try:
        with transaction() as session:
            return use_cases.create_contest(session, current_actor(), plan, now=utc_now())
    except (BadContestPlan, BadPlan) as error:
        form.form_errors = [message_of_why(error)]
        return None
