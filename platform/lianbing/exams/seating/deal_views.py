"""An organiser deals the seats, at once or in the background, and publishes the plan."""

from flask import flash, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from lianbing.exams.fairness.deadlines import STEERERS
from lianbing.exams.reach import exam_within_reach
from lianbing.exams.seating import deal_jobs, dealing, planning, queries, seat_queries
from lianbing.exams.seating.plan_views import pages
from lianbing.exams.seating.tasks import TASK
from lianbing.infra.database import db, transaction
from lianbing.infra.tasks import kick
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import DomainError
from lianbing.kernel.ids import ExamId
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of_why


@pages.post("/<int:exam_id>/deal")
@access.roles(*STEERERS)
def deal(exam_id: int) -> ResponseReturnValue:
    try:
        if _candidates(ExamId(exam_id)) > deal_jobs.MOST_AT_ONCE:
            return _deal_later(exam_id)
        with transaction() as session:
            dealt = dealing.deal(session, current_actor(), ExamId(exam_id), now=utc_now())
    except DomainError as error:
        flash(message_of_why(error), "error")
    else:
        flash(ngettext("%(num)d seat is dealt.", "%(num)d seats are dealt.", dealt), "success")
    return redirect(url_for("seating.plan", exam_id=exam_id))


def _candidates(exam_id: ExamId) -> int:
    session = db.session()
    return seat_queries.count_seats(session, exam_id) + queries.count_unseated(session, exam_id)


def _deal_later(exam_id: int) -> ResponseReturnValue:
    with transaction() as session:
        deal_jobs.ask_for_deal(session, current_actor(), ExamId(exam_id), now=utc_now())
    kick(TASK)
    return redirect(url_for("seating.plan", exam_id=exam_id))


@pages.get("/<int:exam_id>/deal/state")
@access.roles(*STEERERS)
def deal_state(exam_id: int) -> ResponseReturnValue:
    exam = exam_within_reach(exam_id, *STEERERS)
    job = queries.find_deal(db.session(), exam.id)
    under_way = job is not None and job.state.is_under_way
    return jsonify(progress=job.progress if job else 100, under_way=under_way)


@pages.post("/<int:exam_id>/publish")
@access.roles(*STEERERS)
def publish(exam_id: int) -> ResponseReturnValue:
    with transaction() as session:
        dealing.publish_plan(session, current_actor(), ExamId(exam_id), now=utc_now())
    flash(gettext("The plan is published; candidates see their tickets."), "success")
    return redirect(url_for("seating.plan", exam_id=exam_id))


@pages.post("/<int:exam_id>/withdraw")
@access.roles(*STEERERS)
def withdraw(exam_id: int) -> ResponseReturnValue:
    with transaction() as session:
        planning.withdraw_plan(session, current_actor(), ExamId(exam_id), now=utc_now())
    flash(gettext("The plan is withdrawn; tickets are no longer shown."), "success")
    return redirect(url_for("seating.plan", exam_id=exam_id))
