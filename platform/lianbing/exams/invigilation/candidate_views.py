"""The invigilator's page of one candidate, and every step taken from it."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.exams.conduct.queries import list_events
from lianbing.exams.fairness.deadlines import STEERERS
from lianbing.exams.fairness.extending import extend
from lianbing.exams.fairness.queries import list_notices
from lianbing.exams.fairness.telling import send_message
from lianbing.exams.invigilation import queries, use_cases
from lianbing.exams.invigilation.errors import AttemptNotFound, NothingToDecide
from lianbing.exams.invigilation.forms import LateForm, MinutesForm, StepForm, WordsForm
from lianbing.exams.invigilation.late import decide_late, list_late
from lianbing.exams.invigilation.records import list_devices, list_steps
from lianbing.exams.invigilation.views import pages
from lianbing.exams.reach import exam_within_reach
from lianbing.exams.result_views import answer_text
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import ExamId, PersonId
from lianbing.people.queries import person_cards
from lianbing.web import access
from lianbing.web.access import current_actor


@pages.get("/<int:exam_id>/<int:person_id>")
@access.roles(*STEERERS)
def candidate(exam_id: int, person_id: int) -> ResponseReturnValue:
    exam = exam_within_reach(exam_id, *STEERERS)
    session, now = db.session(), utc_now()
    row = queries.find_live(session, exam.id, PersonId(person_id), now=now)
    if row is None:
        raise AttemptNotFound
    attempt_id = row.attempt_id
    return render_template(
        "exams/invigilation/candidate.html",
        exam=exam,
        row=row,
        person=person_cards(session, [row.person_id])[row.person_id],
        late=list_late(session, attempt_id) if attempt_id else [],
        devices=list_devices(session, attempt_id) if attempt_id else [],
        events=list_events(session, attempt_id) if attempt_id else [],
        steps=list_steps(session, attempt_id) if attempt_id else [],
        notices=list_notices(session, exam.id, row.person_id),
        answer_text=answer_text,
        step_form=StepForm(),
        minutes_form=MinutesForm(),
        words_form=WordsForm(),
        late_form=LateForm(),
        now=now,
    )


@pages.post("/<int:exam_id>/<int:person_id>/extend")
@access.roles(*STEERERS)
def extend_one(exam_id: int, person_id: int) -> ResponseReturnValue:
    form = MinutesForm()
    if form.validate_on_submit():
        with transaction() as session:
            extend(
                session,
                current_actor(),
                ExamId(exam_id),
                minutes=form.minutes.data,
                reason=form.reason.data,
                person_ids=[PersonId(person_id)],
                now=utc_now(),
            )
        flash(gettext("The time is extended; the candidate is told."), "success")
    else:
        flash(gettext("Give the minutes and a reason; the candidates are told."), "error")
    return _back(exam_id, person_id)


@pages.post("/<int:exam_id>/<int:person_id>/message")
@access.roles(*STEERERS)
def message_one(exam_id: int, person_id: int) -> ResponseReturnValue:
    form = WordsForm()
    if form.validate_on_submit():
        with transaction() as session:
            send_message(
                session,
                current_actor(),
                ExamId(exam_id),
                words=form.words.data,
                person_ids=[PersonId(person_id)],
                now=utc_now(),
            )
        flash(gettext("The message is sent. It appears on the exam page."), "success")
    else:
        flash(gettext("Write what the candidates should read."), "error")
    return _back(exam_id, person_id)


STEPS = {
    "hand-in": use_cases.force_hand_in,
    "void": use_cases.void_attempt,
    "undo-void": use_cases.undo_void,
}


@pages.post("/<int:exam_id>/<int:person_id>/step/<step>")
@access.roles(*STEERERS)
def take_step(exam_id: int, person_id: int, step: str) -> ResponseReturnValue:
    if step not in STEPS:
        raise NotFound
    form = StepForm()
    if form.validate_on_submit():
        with transaction() as session:
            STEPS[step](
                session,
                current_actor(),
                ExamId(exam_id),
                PersonId(person_id),
                reason=form.reason.data,
                now=utc_now(),
            )
        flash(gettext("Done, and recorded with your reason."), "success")
    else:
        flash(gettext("Give a reason; it is kept with the exam."), "error")
    return _back(exam_id, person_id)


@pages.post("/<int:exam_id>/<int:person_id>/reopen")
@access.roles(*STEERERS)
def reopen(exam_id: int, person_id: int) -> ResponseReturnValue:
    form = MinutesForm()
    if form.validate_on_submit():
        with transaction() as session:
            use_cases.reopen_attempt(
                session,
                current_actor(),
                ExamId(exam_id),
                PersonId(person_id),
                minutes=form.minutes.data,
                reason=form.reason.data,
                now=utc_now(),
            )
        flash(gettext("Reopened. The candidate enters again from the lobby."), "success")
    else:
        flash(gettext("Give the minutes and a reason; the candidates are told."), "error")
    return _back(exam_id, person_id)


@pages.post("/<int:exam_id>/<int:person_id>/late/<verdict>")
@access.roles(*STEERERS)
def judge_late(exam_id: int, person_id: int, verdict: str) -> ResponseReturnValue:
    if verdict not in ("accept", "refuse"):
        raise NotFound
    form = LateForm()
    if not form.validate_on_submit() or not form.keys():
        flash(gettext(NothingToDecide.message), "error")
        return _back(exam_id, person_id)
    with transaction() as session:
        decide_late(
            session,
            current_actor(),
            ExamId(exam_id),
            PersonId(person_id),
            form.keys(),
            accept=verdict == "accept",
            reason=form.reason.data,
            now=utc_now(),
        )
    flash(gettext("Decided. What has ended is marked anew as a further script version."), "success")
    return _back(exam_id, person_id)


def _back(exam_id: int, person_id: int) -> ResponseReturnValue:
    return redirect(url_for("invigilation.candidate", exam_id=exam_id, person_id=person_id))
