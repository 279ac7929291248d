"""Pages of granted time: accommodations of persons; extension, pause and messages of an exam."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from wtforms.fields import SelectChoice

from lianbing.exams import rosters
from lianbing.exams.fairness import queries, use_cases
from lianbing.exams.fairness.deadlines import STEERERS
from lianbing.exams.fairness.errors import BadAccommodation, NobodyToExtend
from lianbing.exams.fairness.extending import extend
from lianbing.exams.fairness.forms import AccommodationForm, ExtendForm, MessageForm, ReasonForm
from lianbing.exams.fairness.pausing import pause_exam, resume_exam
from lianbing.exams.fairness.telling import send_message
from lianbing.exams.reach import exam_within_reach
from lianbing.infra.calendar import today
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import ExamId, OrganisationId, PersonId
from lianbing.people.authority import require_over_person
from lianbing.people.queries import list_reachable_organisations, members_of, person_cards
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of_why

pages = Blueprint("exams_fairness", __name__, url_prefix="/exams", template_folder="templates")


@pages.get("/accommodations")
@access.roles(*queries.GRANTERS)
def accommodations() -> ResponseReturnValue:
    text = request.args.get("q", "").strip()
    found = queries.find_people(db.session(), current_actor(), text) if text else None
    page = queries.list_accommodations(
        db.session(), current_actor(), number=request.args.get("page", 1, type=int)
    )
    return render_template("exams/fairness/accommodations.html", page=page, text=text, found=found)


@pages.route("/accommodations/new/<int:person_id>", methods=["GET", "POST"])
@access.roles(*queries.GRANTERS)
def grant(person_id: int) -> ResponseReturnValue:
    require_over_person(
        db.session(), current_actor(), *queries.GRANTERS, person_id=PersonId(person_id), on=today()
    )
    form = AccommodationForm()
    if request.method == "GET":
        form.valid_from.data = today()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                use_cases.grant_accommodation(
                    session,
                    current_actor(),
                    form.plan(PersonId(person_id)),
                    keyring=current_keyring(),
                    now=utc_now(),
                )
        except BadAccommodation as error:
            form.form_errors = [message_of_why(error)]
        else:
            flash(gettext("Granted. It holds in every exam started from now on."), "success")
            return redirect(url_for("exams_fairness.accommodations"))
    (card,) = person_cards(db.session(), [PersonId(person_id)]).values()
    return render_template("exams/fairness/grant.html", form=form, card=card)


@pages.post("/accommodations/<int:accommodation_id>/revoke")
@access.roles(*queries.GRANTERS)
def revoke(accommodation_id: int) -> ResponseReturnValue:
    with transaction() as session:
        use_cases.revoke_accommodation(session, current_actor(), accommodation_id, now=utc_now())
    flash(gettext("Taken back. Exams that have started keep what they got."), "success")
    return redirect(url_for("exams_fairness.accommodations"))


@pages.post("/accommodations/<int:accommodation_id>/evidence")
@access.roles(*queries.GRANTERS)
def evidence(accommodation_id: int) -> ResponseReturnValue:
    """Show the evidence once; a POST, since reading it leaves an audit row."""
    with transaction() as session:
        text = use_cases.read_evidence(
            session, current_actor(), accommodation_id, keyring=current_keyring(), now=utc_now()
        )
    return render_template("exams/fairness/evidence.html", text=text)


@pages.get("/manage/<int:exam_id>/time")
@access.roles(*STEERERS)
def steer(exam_id: int) -> ResponseReturnValue:
    exam = exam_within_reach(exam_id, *STEERERS)
    return render_template(
        "exams/fairness/steer.html",
        row=rosters.managed_row(db.session(), exam),
        extend_form=_extend_form(),
        pause_form=ReasonForm(),
        message_form=MessageForm(),
        now=utc_now(),
    )


@pages.post("/manage/<int:exam_id>/extend")
@access.roles(*STEERERS)
def extend_time(exam_id: int) -> ResponseReturnValue:
    form = _extend_form()
    if not form.validate_on_submit():
        flash(gettext("Give the minutes and a reason; the candidates are told."), "error")
        return _back(exam_id)
    organisation_id = form.organisation_id.data
    try:
        with transaction() as session:
            person_ids = None
            if organisation_id:
                members = members_of(session, OrganisationId(organisation_id))
                person_ids = [PersonId(person) for person in session.scalars(members)]
            reached = extend(
                session,
                current_actor(),
                ExamId(exam_id),
                minutes=form.minutes.data,
                reason=form.reason.data,
                person_ids=person_ids,
                now=utc_now(),
            )
    except NobodyToExtend as error:
        flash(gettext(error.message), "error")
        return _back(exam_id)
    flash(
        ngettext(
            "%(num)d candidate is told of the longer time.",
            "%(num)d candidates are told of the longer time.",
            reached.running,
        ),
        "success",
    )
    return _back(exam_id)


@pages.post("/manage/<int:exam_id>/pause")
@access.roles(*STEERERS)
def pause(exam_id: int) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        flash(gettext("Say why the exam is paused; the candidates are told."), "error")
        return _back(exam_id)
    with transaction() as session:
        pause_exam(
            session, current_actor(), ExamId(exam_id), reason=form.reason.data, now=utc_now()
        )
    flash(gettext("The exam is paused. All clocks stand still."), "success")
    return _back(exam_id)


@pages.post("/manage/<int:exam_id>/resume")
@access.roles(*STEERERS)
def resume(exam_id: int) -> ResponseReturnValue:
    with transaction() as session:
        length = resume_exam(session, current_actor(), ExamId(exam_id), now=utc_now())
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    flash(
        gettext(
            "The exam goes on. Everybody was given back %(minutes)s min %(seconds)s s.",
            minutes=minutes,
            seconds=seconds,
        ),
        "success",
    )
    return _back(exam_id)


@pages.post("/manage/<int:exam_id>/message")
@access.roles(*STEERERS)
def message(exam_id: int) -> ResponseReturnValue:
    form = MessageForm()
    if not form.validate_on_submit():
        flash(gettext("Write what the candidates should read."), "error")
        return _back(exam_id)
    with transaction() as session:
        send_message(
            session, current_actor(), ExamId(exam_id), words=form.words.data, now=utc_now()
        )
    flash(gettext("The message is sent. It appears on the exam page."), "success")
    return _back(exam_id)


def _extend_form() -> ExtendForm:
    form = ExtendForm()
    form.offer(
        [
            SelectChoice(str(row.id), "　" * row.depth + row.name)
            for row in list_reachable_organisations(db.session(), current_actor(), *STEERERS)
        ]
    )
    return form


def _back(exam_id: int) -> ResponseReturnValue:
    return redirect(url_for("exams_fairness.steer", exam_id=exam_id))
