"""The trial's pages: the exam page on made-up questions, the report, the organiser's list."""

import json
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.exams import queries as exam_queries
from lianbing.exams.errors import BadToken
from lianbing.exams.scratch import Standing
from lianbing.exams.scratch_page import scratch_data
from lianbing.exams.seb.admission import admit
from lianbing.exams.trial import use_cases
from lianbing.exams.trial.errors import BadReport
from lianbing.exams.trial.forms import ReportForm
from lianbing.exams.trial.passes import tokens
from lianbing.exams.trial.queries import count_trials, find_report, list_trials
from lianbing.exams.trial.questions import trial_paper
from lianbing.exams.trial.rules import (
    GRACE_SECONDS,
    DeviceReport,
    TrialState,
    browser_of,
    read_report,
)
from lianbing.exams.trial.told import problem_words
from lianbing.exams.trial.use_cases import TrialSeat
from lianbing.infra.arrival import arrived_at
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import ExamId
from lianbing.papers.rules import form_order
from lianbing.people.authority import require_reach
from lianbing.people.queries import person_cards
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.qr_codes import qr_image

pages = Blueprint("exams_trial", __name__, url_prefix="/exams", template_folder="templates")
COOKIE = "trial_seat"


@pages.post("/<int:exam_id>/trial")
@access.signed_in
def begin(exam_id: int) -> ResponseReturnValue:
    admit(ExamId(exam_id))
    with transaction() as session:
        seat = use_cases.begin_trial(
            session,
            current_actor(),
            ExamId(exam_id),
            user_agent=request.headers.get("User-Agent", ""),
            now=arrived_at(request.environ),
        )
    cookie[COOKIE] = tokens().issue(seat)
    return redirect(url_for("exams_trial.sit", exam_id=exam_id))


@pages.get("/<int:exam_id>/trial/sit")
@access.signed_in
def sit(exam_id: int) -> ResponseReturnValue:
    """The exam page on made-up questions, for the page that opened the trial last."""
    seat = _own_seat(ExamId(exam_id))
    if seat is None:
        return redirect(url_for("exams.lobby", exam_id=exam_id))
    standing = use_cases.standing_of_trial(db.session(), seat, now=utc_now())
    if standing.number != seat.number:
        return redirect(url_for("exams.lobby", exam_id=exam_id))
    if not standing.is_open:
        return redirect(url_for("exams_trial.check", exam_id=exam_id))
    return render_template("exams/sit.html", exam_data=_exam_data(seat, standing))


@pages.route("/<int:exam_id>/trial/check", methods=["GET", "POST"])
@access.signed_in
def check(exam_id: int) -> ResponseReturnValue:
    """After the hand-in: the page examines its device, and sends what it found."""
    form = ReportForm()
    if form.validate_on_submit():
        with transaction() as session:
            use_cases.file_report(
                session,
                current_actor(),
                ExamId(exam_id),
                _typed_report(form),
                user_agent=request.headers.get("User-Agent", ""),
                address=request.remote_addr or "",
                now=arrived_at(request.environ),
            )
        return redirect(url_for("exams_trial.report", exam_id=exam_id))
    seat = _own_seat(ExamId(exam_id))
    exam = exam_queries.get_exam(db.session(), ExamId(exam_id))
    if seat is None or utc_now() >= exam.opens_at:
        return redirect(url_for("exams.lobby", exam_id=exam_id))
    return render_template(
        "exams/trial/check.html", exam=exam, form=form, token=tokens().issue(seat)
    )


@pages.get("/<int:exam_id>/trial/report")
@access.signed_in
def report(exam_id: int) -> ResponseReturnValue:
    exam = exam_queries.get_exam(db.session(), ExamId(exam_id))
    person_id = use_cases.candidate_id(db.session(), exam.id, current_actor())
    found = find_report(db.session(), exam.id, person_id)
    if found is None:
        return redirect(url_for("exams.lobby", exam_id=exam_id))
    return render_template(
        "exams/trial/report.html",
        exam=exam,
        found=found,
        problems=[problem_words(problem) for problem in found.problems],
        browser=browser_of(found.user_agent),
        is_open=exam.has_trial and utc_now() < exam.opens_at,
        sample=qr_image("LIANBING SAMPLE"),
    )


@pages.get("/manage/<int:exam_id>/trial")
@access.roles(Role.ORGANISER)
def overview(exam_id: int) -> ResponseReturnValue:
    """Who tried, who did not, whose device or network needs a call."""
    exam = _exam_within_reach(exam_id)
    wanted = request.args.get("state", "")
    state = TrialState(wanted) if wanted in set(TrialState) else None
    page = list_trials(
        db.session(), exam.id, state=state, number=request.args.get("page", 1, type=int)
    )
    return render_template(
        "exams/trial/overview.html",
        exam=exam,
        counts=count_trials(db.session(), exam.id),
        page=page,
        shown=state.value if state else "",
        cards=person_cards(db.session(), [row.person_id for row in page.rows]),
        words={problem: problem_words(problem) for row in page.rows for problem in row.problems},
        browser_of=browser_of,
    )


@pages.post("/manage/<int:exam_id>/trial")
@access.roles(Role.ORGANISER)
def switch(exam_id: int) -> ResponseReturnValue:
    is_on = request.form.get("on") == "1"
    with transaction() as session:
        use_cases.switch_trial(session, current_actor(), ExamId(exam_id), on=is_on, now=utc_now())
    flash(
        gettext("The trial sitting is switched on.")
        if is_on
        else gettext("The trial sitting is switched off. Reports are kept."),
        "success",
    )
    return redirect(url_for("exams_trial.overview", exam_id=exam_id))


def _typed_report(form: ReportForm) -> DeviceReport:
    try:
        return read_report(json.loads(form.report.data or ""))
    except ValueError as error:
        raise BadReport from error


def _own_seat(exam_id: ExamId) -> TrialSeat | None:
    """The trial this browser opened, if it is this exam's and this person's."""
    token = cookie.get(COOKIE)
    if not isinstance(token, str):
        return None
    try:
        seat = tokens().read(token)
    except BadToken:
        return None
    own = use_cases.candidate_id(db.session(), exam_id, current_actor())
    return seat if (seat.exam_id, seat.person_id) == (exam_id, own) else None


def _exam_within_reach(exam_id: int) -> exam_queries.ExamRow:
    exam = exam_queries.get_exam(db.session(), ExamId(exam_id))
    require_reach(
        db.session(), current_actor(), Role.ORGANISER, organisation_id=exam.organisation_id
    )
    return exam


def _exam_data(seat: TrialSeat, standing: Standing) -> dict[str, Any]:
    """What the exam page is told; without a key for answer files, breaks and rules of conduct."""
    exam = exam_queries.get_exam(db.session(), seat.exam_id)
    paper = trial_paper()
    order = form_order(paper, seed=seat.number, shuffle_questions=False, shuffle_options=False)
    title = gettext("Trial sitting: %(title)s", title=exam.title)
    return scratch_data(standing, order, grace_seconds=GRACE_SECONDS) | {
        "exam": {"id": exam.id, "title": title, "total_marks": str(paper.total_marks)},
        "attempt": {"id": f"trial-{exam.id}"},
        "trial": True,
        "token": tokens().issue(seat),
        "paper_url": url_for("exams_trial_api.paper"),
        "save_url": url_for("exams_trial_api.save"),
        "hand_in_url": url_for("exams_trial_api.hand_in"),
        "state_url": url_for("exams_trial_api.state"),
        "result_url": url_for("exams_trial.check", exam_id=exam.id),
    }
