"""A candidate's admission ticket, and photos: stored by the person or staff, served to no other."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.exams.fairness.deadlines import STEERERS
from lianbing.exams.queries import get_exam
from lianbing.exams.seating import photo_store, queries, seat_queries
from lianbing.exams.seating.errors import BadPhoto, NoSeat
from lianbing.exams.seating.forms import PhotoForm
from lianbing.exams.seating.sheet_views import make_tickets
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import ExamId, PersonId
from lianbing.people.queries import same_person_ids
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of_why

pages = Blueprint("tickets", __name__, url_prefix="/exams")


def _my_id() -> PersonId:
    person_id = current_actor().person_id
    if person_id is None:
        raise Forbidden
    return person_id


@pages.get("/<int:exam_id>/ticket")
@access.signed_in
def mine(exam_id: int) -> ResponseReturnValue:
    session = db.session()
    exam = get_exam(session, ExamId(exam_id))
    seat = seat_queries.find_seat(session, exam.id, same_person_ids(session, _my_id()))
    if seat is None or exam.plain_admission:
        raise NoSeat
    return render_template(
        "exams/seating/ticket.html",
        exam=exam,
        ticket=make_tickets([seat])[0],
        plan=queries.find_plan(session, exam.id),
        photo_form=PhotoForm(formdata=None),
    )


@pages.post("/<int:exam_id>/ticket/photo")
@access.signed_in
def store_mine(exam_id: int) -> ResponseReturnValue:
    _store(exam_id, _my_id())
    return redirect(url_for("tickets.mine", exam_id=exam_id))


@pages.post("/seating/<int:exam_id>/seats/<int:person_id>/photo")
@access.roles(*STEERERS)
def store(exam_id: int, person_id: int) -> ResponseReturnValue:
    _store(exam_id, PersonId(person_id))
    return redirect(url_for("seats.seat", exam_id=exam_id, person_id=person_id))


def _store(exam_id: int, person_id: PersonId) -> None:
    sent = request.files.get("photo")
    try:
        with transaction() as session:
            photo_store.store_photo(
                session,
                current_actor(),
                ExamId(exam_id),
                person_id,
                sent.read() if sent is not None else b"",
                now=utc_now(),
            )
    except BadPhoto as error:
        flash(message_of_why(error), "error")
    else:
        flash(
            gettext("The photo is stored, without place and device it was taken with."), "success"
        )


@pages.get("/seating/<int:exam_id>/photo/<int:person_id>")
@access.signed_in
def photo(exam_id: int, person_id: int) -> ResponseReturnValue:
    found = photo_store.get_photo(
        db.session(), current_actor(), ExamId(exam_id), PersonId(person_id)
    )
    response = Response(found.content, mimetype=found.media_type)
    response.set_etag(found.content_hash)
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)
