"""An organiser's pages: plan rooms and batches, deal and publish seats, move single ones."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms.fields import SelectChoice

from lianbing.exams import queries as exam_queries
from lianbing.exams.fairness.deadlines import STEERERS
from lianbing.exams.reach import exam_within_reach
from lianbing.exams.seating import assigning, planning, queries, seat_queries
from lianbing.exams.seating.forms import (
    BatchForm,
    InvigilatorForm,
    ProlongForm,
    RoomForm,
    SettingsForm,
)
from lianbing.exams.seating.rules import CheckInRule
from lianbing.infra.database import db, transaction
from lianbing.infra.paging import Page
from lianbing.infra.redis_client import current_settings
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import DomainError, NotFound
from lianbing.kernel.ids import ExamId, PersonId
from lianbing.people.queries import list_reachable_organisations, person_names
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of, message_of_why
from lianbing.web.i18n import show_instant

ROOMS_A_PAGE = 50

pages = Blueprint("seating", __name__, url_prefix="/exams/seating", template_folder="templates")


@pages.get("/<int:exam_id>/")
@access.roles(*STEERERS)
def plan(exam_id: int) -> ResponseReturnValue:
    return _plan_page(exam_within_reach(exam_id, *STEERERS))


def _plan_page(exam: exam_queries.ExamRow, **shown: FlaskForm) -> str:
    session = db.session()
    made, deal = queries.find_plan(session, exam.id), queries.find_deal(session, exam.id)
    batches, rooms = queries.list_batches(session, exam.id), _room_page(exam.id)
    duties = queries.list_invigilators(session, [room.id for room in rooms.rows])
    forms: dict[str, Any] = {
        "settings_form": SettingsForm(
            formdata=None, check_in=made.check_in.value, ticket_rules=made.ticket_rules
        ),
        "batch_form": BatchForm(formdata=None),
        "room_form": _offering(RoomForm(formdata=None)),
        **shown,
    }
    return render_template(
        "exams/seating/plan.html",
        exam=exam,
        plan=made,
        deal=deal,
        deal_refusal=_refusal_words(deal),
        batches=batches,
        rooms=rooms,
        counts=queries.count_sheets(session, exam.id),
        duties=duties,
        names=person_names(session, [who for people in duties.values() for who in people]),
        seated=seat_queries.count_seats(session, exam.id),
        unseated=queries.count_unseated(session, exam.id),
        invigilator_form=InvigilatorForm(formdata=None),
        seats_in_all=_seats_in_all(exam.id, len(batches) or 1),
        is_draft=made.published_at is None and utc_now() < exam.opens_at,
        now=utc_now(),
        **forms,
    )


def _refusal_words(deal: queries.DealRow | None) -> str:
    """Why a deal in the background came to nothing; empty when it did not."""
    if deal is None or deal.state.is_under_way:
        return ""
    if not deal.refusal:
        return gettext(
            "Dealing broke off. Deal again; if it happens twice, tell your administrator."
        )
    message = str(deal.refusal["message"])
    return gettext(message, **deal.refusal["params"])


def _room_page(exam_id: ExamId) -> Page[queries.RoomRow]:
    rooms = queries.list_rooms(db.session(), exam_id)
    number = min(max(1, request.args.get("page", 1, type=int)), -(-len(rooms) // ROOMS_A_PAGE) or 1)
    shown = rooms[(number - 1) * ROOMS_A_PAGE : number * ROOMS_A_PAGE]
    return Page(rows=shown, number=number, total=len(rooms), per_page=ROOMS_A_PAGE)


def _seats_in_all(exam_id: ExamId, batches: int) -> int:
    return batches * sum(room.seats for room in queries.list_rooms(db.session(), exam_id))


def _offering(form: RoomForm) -> RoomForm:
    nodes = list_reachable_organisations(db.session(), current_actor(), *STEERERS)
    form.organisation_id.choices = [
        SelectChoice(str(row.id), "　" * row.depth + row.name) for row in nodes
    ]
    return form


@pages.post("/<int:exam_id>/settings")
@access.roles(*STEERERS)
def settings(exam_id: int) -> ResponseReturnValue:
    form = SettingsForm()

    def act(session: Any) -> None:
        planning.set_check_in(
            session,
            current_actor(),
            ExamId(exam_id),
            CheckInRule(form.check_in.data),
            ticket_rules=form.ticket_rules.data or "",
            now=utc_now(),
        )

    return _change(exam_id, "settings_form", form, act, gettext("Saved."))


@pages.post("/<int:exam_id>/batches")
@access.roles(*STEERERS)
def add_batch(exam_id: int) -> ResponseReturnValue:
    form = BatchForm()

    def act(session: Any) -> None:
        opens_at, closes_at = form.times(current_settings().zone)
        planning.add_batch(
            session,
            current_actor(),
            ExamId(exam_id),
            opens_at=opens_at,
            closes_at=closes_at,
            now=utc_now(),
        )

    return _change(exam_id, "batch_form", form, act, gettext("The batch is planned."))


@pages.post("/<int:exam_id>/batches/<int:batch_id>/prolong")
@access.roles(*STEERERS)
def prolong(exam_id: int, batch_id: int) -> ResponseReturnValue:
    form = ProlongForm()
    if not form.validate_on_submit():
        flash(gettext("Give the minutes and a reason."), "error")
        return redirect(url_for("seating.plan", exam_id=exam_id))
    try:
        with transaction() as session:
            later = planning.prolong_entry(
                session,
                current_actor(),
                ExamId(exam_id),
                batch_id,
                minutes=form.minutes.data,
                reason=form.reason.data,
                now=utc_now(),
            )
    except DomainError as error:
        flash(message_of_why(error), "error")
    else:
        flash(
            gettext("The batch may be entered until %(time)s.", time=show_instant(later)), "success"
        )
    return redirect(url_for("seating.plan", exam_id=exam_id))


@pages.post("/<int:exam_id>/rooms")
@access.roles(*STEERERS)
def add_room(exam_id: int) -> ResponseReturnValue:
    form = _offering(RoomForm())

    def act(session: Any) -> None:
        planning.add_room(session, current_actor(), ExamId(exam_id), form.room(), now=utc_now())

    return _change(exam_id, "room_form", form, act, gettext("The room is planned."))


def _change(
    exam_id: int, name: str, form: FlaskForm, act: Callable[[Any], None], done: str
) -> ResponseReturnValue:
    """One change of the plan; what is wrong with it is said beside what was typed."""
    exam = exam_within_reach(exam_id, *STEERERS)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                act(session)
        except DomainError as error:
            form.form_errors = [message_of_why(error)]
        else:
            flash(done, "success")
            return redirect(url_for("seating.plan", exam_id=exam_id))
    return _plan_page(exam, **{name: form}), 400


REMOVALS = {"batches": planning.remove_batch, "rooms": planning.remove_room}


@pages.post("/<int:exam_id>/<what>/<int:thing_id>/remove")
@access.roles(*STEERERS)
def remove(exam_id: int, what: str, thing_id: int) -> ResponseReturnValue:
    if what not in REMOVALS:
        raise NotFound
    with transaction() as session:
        REMOVALS[what](session, current_actor(), ExamId(exam_id), thing_id, now=utc_now())
    flash(gettext("Taken out of the plan. Deal the seats anew."), "success")
    return redirect(url_for("seating.plan", exam_id=exam_id))


@pages.post("/<int:exam_id>/rooms/<int:room_id>/invigilators")
@access.roles(*STEERERS)
def assign(exam_id: int, room_id: int) -> ResponseReturnValue:
    form = InvigilatorForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                assigning.assign_invigilator(
                    session,
                    current_actor(),
                    ExamId(exam_id),
                    room_id,
                    form.who.data,
                    now=utc_now(),
                )
        except DomainError as error:
            flash(message_of(error), "error")
    return redirect(url_for("seating.plan", exam_id=exam_id) + f"#room-{room_id}")


@pages.post("/<int:exam_id>/rooms/<int:room_id>/invigilators/<int:person_id>/release")
@access.roles(*STEERERS)
def release(exam_id: int, room_id: int, person_id: int) -> ResponseReturnValue:
    with transaction() as session:
        assigning.release_invigilator(
            session, current_actor(), ExamId(exam_id), room_id, PersonId(person_id), now=utc_now()
        )
    return redirect(url_for("seating.plan", exam_id=exam_id) + f"#room-{room_id}")
