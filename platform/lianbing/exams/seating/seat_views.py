"""An organiser's pages of single seats: found in a list, moved, swapped, given a photo."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from lianbing.exams import queries as exam_queries
from lianbing.exams.fairness.deadlines import STEERERS
from lianbing.exams.reach import exam_within_reach
from lianbing.exams.rosters import enrolled_ids
from lianbing.exams.seating import moving, queries, seat_queries
from lianbing.exams.seating.errors import SeatNotFound, UnknownTicket
from lianbing.exams.seating.forms import MoveForm, PhotoForm, SwapForm
from lianbing.exams.seating.ticket_numbers import read_ticket_number
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import DomainError
from lianbing.kernel.ids import ExamId, PersonId
from lianbing.people.queries import person_cards
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of

pages = Blueprint("seats", __name__, url_prefix="/exams/seating")


@pages.get("/<int:exam_id>/seats")
@access.roles(*STEERERS)
def seats(exam_id: int) -> ResponseReturnValue:
    exam, session = exam_within_reach(exam_id, *STEERERS), db.session()
    wanted = _seat_filter()
    page = seat_queries.list_seats(session, exam.id, wanted, request.args.get("page", 1, type=int))
    left = seat_queries.list_unseated(session, exam.id)
    ids = [row.person_id for row in page.rows] + list(left.rows)
    return render_template(
        "exams/seating/seats.html",
        exam=exam,
        page=page,
        left=left,
        cards=person_cards(session, ids),
        rooms=queries.list_rooms(session, exam.id),
        batches=queries.list_batches(session, exam.id),
        wanted=wanted,
    )


def _seat_filter() -> seat_queries.SeatFilter:
    """The filter that the address carries."""
    return seat_queries.SeatFilter(
        room_id=request.args.get("room", type=int),
        batch_id=request.args.get("batch", type=int),
        text=request.args.get("q", "").strip(),
    )


@pages.get("/<int:exam_id>/seats/<int:person_id>")
@access.roles(*STEERERS)
def seat(exam_id: int, person_id: int) -> ResponseReturnValue:
    return _seat_page(exam_within_reach(exam_id, *STEERERS), PersonId(person_id))


def _seat_page(exam: exam_queries.ExamRow, person_id: PersonId, **shown: FlaskForm) -> str:
    session = db.session()
    if not enrolled_ids(session, exam.id, [person_id]):
        raise SeatNotFound
    found = seat_queries.find_seat(session, exam.id, [person_id])
    forms: dict[str, Any] = {"swap_form": SwapForm(formdata=None), **shown}
    if "move_form" not in forms:
        forms["move_form"] = MoveForm(formdata=None, obj=found)
        _offer(forms["move_form"], exam.id)
    return render_template(
        "exams/seating/seat.html",
        exam=exam,
        seat=found,
        person=person_cards(session, [person_id])[person_id],
        person_id=person_id,
        photo_form=PhotoForm(formdata=None),
        **forms,
    )


def _offer(form: MoveForm, exam_id: ExamId) -> None:
    session = db.session()
    form.offer(queries.list_rooms(session, exam_id), queries.list_batches(session, exam_id))


@pages.post("/<int:exam_id>/seats/<int:person_id>/move")
@access.roles(*STEERERS)
def move(exam_id: int, person_id: int) -> ResponseReturnValue:
    exam, form = exam_within_reach(exam_id, *STEERERS), MoveForm()
    _offer(form, exam.id)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                moving.move_seat(
                    session,
                    current_actor(),
                    exam.id,
                    PersonId(person_id),
                    room_id=form.room_id.data,
                    batch_id=form.batch_id.data,
                    number=form.number.data,
                    reason=form.reason.data,
                    now=utc_now(),
                )
        except DomainError as error:
            form.form_errors = [message_of(error)]
        else:
            flash(gettext("Moved, and recorded with your reason."), "success")
            return redirect(url_for("seats.seat", exam_id=exam_id, person_id=person_id))
    return _seat_page(exam, PersonId(person_id), move_form=form), 400


@pages.post("/<int:exam_id>/seats/<int:person_id>/swap")
@access.roles(*STEERERS)
def swap(exam_id: int, person_id: int) -> ResponseReturnValue:
    exam, form = exam_within_reach(exam_id, *STEERERS), SwapForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                ticket = read_ticket_number(form.other.data)
                if ticket is None:
                    raise UnknownTicket
                moving.swap_seats(
                    session,
                    current_actor(),
                    exam.id,
                    PersonId(person_id),
                    seat_queries.get_seat(session, ticket[1]).person_id,
                    reason=form.swap_reason.data,
                    now=utc_now(),
                )
        except DomainError as error:
            form.form_errors = [message_of(error)]
        else:
            flash(gettext("The two have changed seats; recorded with your reason."), "success")
            return redirect(url_for("seats.seat", exam_id=exam_id, person_id=person_id))
    return _seat_page(exam, PersonId(person_id), swap_form=form), 400
