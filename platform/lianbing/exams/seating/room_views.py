"""An invigilator's pages: a room in a batch, one candidate at the door, absences."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from lianbing.exams import queries as exam_queries
from lianbing.exams.seating import door, queries, seat_queries
from lianbing.exams.seating.duty import require_room, rooms_in_reach
from lianbing.exams.seating.errors import SeatNotFound, UnknownTicket
from lianbing.exams.seating.incidents import list_entries, list_signatures
from lianbing.exams.seating.photo_store import photographed
from lianbing.exams.seating.rules import DOORS_OPEN_BEFORE
from lianbing.exams.seating.ticket_numbers import read_ticket_code
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import DomainError, Forbidden
from lianbing.kernel.ids import ExamId
from lianbing.people.queries import kept_ids, person_cards, person_names, same_person_ids
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of

SEATS_A_PAGE = 100
FOUND = 20

pages = Blueprint("seating_room", __name__, url_prefix="/exams/seating")


@pages.get("/<int:exam_id>/rooms/<int:room_id>/<int:batch_id>")
@access.signed_in
def show(exam_id: int, room_id: int, batch_id: int) -> ResponseReturnValue:
    session = db.session()
    exam = require_room(session, current_actor(), ExamId(exam_id), room_id)
    wanted = seat_queries.SeatFilter(room_id=room_id, batch_id=batch_id)
    page = seat_queries.list_seats(
        session, exam.id, wanted, request.args.get("page", 1, type=int), per_page=SEATS_A_PAGE
    )
    text = request.args.get("q", "").strip()
    found = (
        seat_queries.list_seats(
            session, exam.id, seat_queries.SeatFilter(text=text), per_page=FOUND
        ).rows
        if text
        else []
    )
    ids = [row.person_id for row in (*page.rows, *found)]
    duties = queries.list_invigilators(session, [room_id])[room_id]
    sheet = queries.count_sheets(session, exam.id).get((room_id, batch_id), queries.SheetCount())
    return render_template(
        "exams/seating/room.html",
        exam=exam,
        room=queries.get_room(session, exam.id, room_id),
        batch=queries.get_batch(session, exam.id, batch_id),
        page=page,
        text=text,
        found=found,
        cards=person_cards(session, ids),
        sheet=sheet,
        duties=person_names(session, duties).values(),
        entries=len(list_entries(session, room_id, batch_id)),
        signatures=len(list_signatures(session, room_id, batch_id)),
        sees_all=rooms_in_reach(session, current_actor(), exam) is None,
        now=utc_now(),
    )


@pages.get("/t/<code>")
@access.signed_in
def scanned(code: str) -> ResponseReturnValue:
    """What a ticket's QR leads to: the candidate at the door, or the own ticket."""
    candidate_id = read_ticket_code(code, lambda text: current_keyring().digest("ticket", text))
    if candidate_id is None:
        raise UnknownTicket
    try:
        seat = seat_queries.get_seat(db.session(), candidate_id)
    except SeatNotFound as error:
        raise UnknownTicket from error
    actor = current_actor()
    if actor.person_id in same_person_ids(db.session(), seat.person_id):
        return redirect(url_for("tickets.mine", exam_id=seat.exam_id))
    return redirect(
        url_for("seating_room.candidate", exam_id=seat.exam_id, candidate_id=candidate_id)
    )


@pages.get("/<int:exam_id>/door/<int:candidate_id>")
@access.signed_in
def candidate(exam_id: int, candidate_id: int) -> ResponseReturnValue:
    session = db.session()
    exam = exam_queries.get_exam(session, ExamId(exam_id))
    rooms = rooms_in_reach(session, current_actor(), exam)
    seat = seat_queries.get_seat(session, candidate_id)
    if seat.exam_id != exam.id:
        raise SeatNotFound
    kept = kept_ids(session, [seat.person_id])[seat.person_id]
    return render_template(
        "exams/seating/door.html",
        exam=exam,
        seat=seat,
        person=person_cards(session, [seat.person_id])[seat.person_id],
        has_photo=bool(photographed(session, [kept])),
        is_here=rooms is None or seat.room_id in rooms,
        now=utc_now(),
        doors_open_at=seat.opens_at - DOORS_OPEN_BEFORE,
    )


@pages.post("/<int:exam_id>/door/<int:candidate_id>/check-in")
@access.signed_in
def check_in(exam_id: int, candidate_id: int) -> ResponseReturnValue:
    room_id = request.form.get("room_id", type=int)
    try:
        with transaction() as session:
            seat = door.check_in(
                session,
                current_actor(),
                candidate_id,
                room_id=room_id,
                batch_id=request.form.get("batch_id", type=int),
                now=utc_now(),
            )
    except Forbidden:
        raise
    except DomainError as error:
        flash(message_of(error), "error")
    else:
        name = person_names(db.session(), [seat.person_id])[seat.person_id]
        flash(
            gettext("%(name)s is checked in: seat %(seat)d.", name=name, seat=seat.number),
            "success",
        )
    return _back(exam_id, candidate_id)


@pages.post("/<int:exam_id>/door/<int:candidate_id>/undo")
@access.signed_in
def undo(exam_id: int, candidate_id: int) -> ResponseReturnValue:
    try:
        with transaction() as session:
            door.undo_check_in(session, current_actor(), candidate_id, now=utc_now())
    except Forbidden:
        raise
    except DomainError as error:
        flash(message_of(error), "error")
    else:
        flash(gettext("The check-in is taken back."), "success")
    return _back(exam_id, candidate_id)


def _back(exam_id: int, candidate_id: int) -> ResponseReturnValue:
    """To the room's page, where the act was done there; else to the candidate's."""
    room_id = request.form.get("room_id", type=int)
    batch_id = request.form.get("batch_id", type=int)
    if room_id is None or batch_id is None:
        return redirect(
            url_for("seating_room.candidate", exam_id=exam_id, candidate_id=candidate_id)
        )
    return _to_room(exam_id, room_id, batch_id)


@pages.post("/<int:exam_id>/rooms/<int:room_id>/<int:batch_id>/absent")
@access.signed_in
def absent(exam_id: int, room_id: int, batch_id: int) -> ResponseReturnValue:
    with transaction() as session:
        count = door.confirm_absence(
            session, current_actor(), ExamId(exam_id), room_id, batch_id, now=utc_now()
        )
    flash(
        ngettext("%(num)d absence is confirmed.", "%(num)d absences are confirmed.", count),
        "success",
    )
    return _to_room(exam_id, room_id, batch_id)


@pages.post("/<int:exam_id>/rooms/<int:room_id>/<int:batch_id>/absent/undo")
@access.signed_in
def undo_absent(exam_id: int, room_id: int, batch_id: int) -> ResponseReturnValue:
    with transaction() as session:
        door.undo_absence(
            session, current_actor(), ExamId(exam_id), room_id, batch_id, now=utc_now()
        )
    flash(gettext("The absences are open again."), "success")
    return _to_room(exam_id, room_id, batch_id)


def _to_room(exam_id: int, room_id: int, batch_id: int) -> ResponseReturnValue:
    return redirect(
        url_for("seating_room.show", exam_id=exam_id, room_id=room_id, batch_id=batch_id)
    )
