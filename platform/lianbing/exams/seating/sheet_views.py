"""The sheet of a room, and what is printed for it: tickets, seat stickers, door list, roster."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lianbing.exams.seating import incidents, queries, seat_queries
from lianbing.exams.seating.duty import require_room
from lianbing.exams.seating.errors import BadIncident
from lianbing.exams.seating.forms import INCIDENT_KINDS, IncidentForm
from lianbing.exams.seating.photo_store import photographed
from lianbing.exams.seating.rules import MOST_SEATS
from lianbing.exams.seating.seat_queries import SeatRow
from lianbing.exams.seating.ticket_numbers import ticket_code
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.infra.redis_client import current_settings
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import ExamId, PersonId
from lianbing.people.queries import PersonCard, kept_ids, person_cards, person_names
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.errors import message_of_why
from lianbing.web.qr_codes import qr_image

TICKETS_A_PAGE = 100
KINDS = ("tickets", "stickers", "door-list", "roster")

pages = Blueprint("seating_sheets", __name__, url_prefix="/exams/seating")


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """A seat with all a ticket shows; ``qr`` is an image, empty where none is wanted."""

    seat: SeatRow
    person: PersonCard
    qr: str
    has_photo: bool


def make_tickets(rows: list[SeatRow], *, with_codes: bool = True) -> list[Ticket]:
    """Tickets of seats, each with its QR."""
    session = db.session()
    ids = [row.person_id for row in rows]
    cards, kept = person_cards(session, ids), kept_ids(session, ids)
    pictured = photographed(session, list(kept.values()))
    return [
        Ticket(
            seat=row,
            person=cards[row.person_id],
            qr=qr_image(ticket_address(row.candidate_id)) if with_codes else "",
            has_photo=kept[row.person_id] in pictured,
        )
        for row in rows
    ]


def ticket_address(candidate_id: int) -> str:
    """What a ticket's QR says: an address that any phone's camera opens."""
    code = ticket_code(candidate_id, lambda text: current_keyring().digest("ticket", text))
    return url_for("seating_room.scanned", code=code, _external=True)


@pages.get("/<int:exam_id>/rooms/<int:room_id>/<int:batch_id>/print/<kind>")
@access.signed_in
def prints(exam_id: int, room_id: int, batch_id: int, kind: str) -> ResponseReturnValue:
    if kind not in KINDS:
        raise NotFound
    session = db.session()
    exam = require_room(session, current_actor(), ExamId(exam_id), room_id)
    wanted = seat_queries.SeatFilter(room_id=room_id, batch_id=batch_id)
    page = seat_queries.list_seats(
        session, exam.id, wanted, request.args.get("page", 1, type=int), per_page=TICKETS_A_PAGE
    )
    return render_template(
        f"exams/seating/print_{kind.replace('-', '_')}.html",
        exam=exam,
        room=queries.get_room(session, exam.id, room_id),
        batch=queries.get_batch(session, exam.id, batch_id),
        page=page,
        tickets=make_tickets(list(page.rows), with_codes=kind == "tickets"),
        plan=queries.find_plan(session, exam.id),
        back=url_for("seating_room.show", exam_id=exam_id, room_id=room_id, batch_id=batch_id),
    )


@pages.route("/<int:exam_id>/rooms/<int:room_id>/<int:batch_id>/sheet", methods=["GET", "POST"])
@access.signed_in
def sheet(exam_id: int, room_id: int, batch_id: int) -> ResponseReturnValue:
    session = db.session()
    exam = require_room(session, current_actor(), ExamId(exam_id), room_id)
    form, now = IncidentForm(), utc_now()
    if not form.is_submitted():
        form.happened_at.data = now.astimezone(current_settings().zone).replace(tzinfo=None)
    if form.validate_on_submit():
        try:
            with transaction() as writing:
                incidents.write_entry(
                    writing,
                    current_actor(),
                    exam.id,
                    room_id,
                    batch_id,
                    form.entry(current_settings().zone),
                    now=now,
                )
        except BadIncident as error:
            form.form_errors = [message_of_why(error)]
        else:
            flash(
                gettext("Written down. It stays; a mistake is put right by a further entry."),
                "success",
            )
            return redirect(request.path)
    entries = incidents.list_entries(session, room_id, batch_id)
    signatures = incidents.list_signatures(session, room_id, batch_id)
    people = [who for row in entries for who in (row.person_id, row.written_by) if who]
    people += [signature.person_id for signature in signatures]
    count = queries.count_sheets(session, exam.id).get((room_id, batch_id), queries.SheetCount())
    return render_template(
        "exams/seating/sheet.html",
        exam=exam,
        room=queries.get_room(session, exam.id, room_id),
        batch=queries.get_batch(session, exam.id, batch_id),
        count=count,
        absent=_absent(exam.id, room_id, batch_id),
        entries=entries,
        signatures=signatures,
        names=person_names(session, people),
        seats=_numbers(exam.id, [row.person_id for row in entries if row.person_id]),
        kinds=INCIDENT_KINDS,
        form=form,
        now=now,
    )


def _absent(exam_id: ExamId, room_id: int, batch_id: int) -> list[str]:
    """The absent of a room as its sheet names them: seat and name."""
    wanted = seat_queries.SeatFilter(room_id=room_id, batch_id=batch_id)
    page = seat_queries.list_seats(db.session(), exam_id, wanted, per_page=MOST_SEATS)
    missing = [row for row in page.rows if row.state == "absent"]
    names = person_names(db.session(), [row.person_id for row in missing])
    return [f"{row.number} {names[row.person_id]}" for row in missing]


def _numbers(exam_id: ExamId, person_ids: list[PersonId]) -> dict[PersonId, str]:
    return seat_queries.seat_words(db.session(), exam_id, person_ids)


@pages.post("/<int:exam_id>/rooms/<int:room_id>/<int:batch_id>/sheet/sign")
@access.signed_in
def sign(exam_id: int, room_id: int, batch_id: int) -> ResponseReturnValue:
    with transaction() as session:
        incidents.sign_sheet(
            session, current_actor(), ExamId(exam_id), room_id, batch_id, now=utc_now()
        )
    flash(gettext("Signed in your name."), "success")
    return redirect(
        url_for("seating_sheets.sheet", exam_id=exam_id, room_id=room_id, batch_id=batch_id)
    )
