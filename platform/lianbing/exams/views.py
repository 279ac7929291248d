"""A candidate's pages: my exams, the lobby, the exam page, the own result."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from flask import (
    Blueprint,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from markupsafe import Markup

from lianbing.exams import queries, sitting
from lianbing.exams.attempt_tokens import Seat, Ticket, Tickets
from lianbing.exams.conduct.admission import Doorway
from lianbing.exams.errors import BadToken, NotEnrolled
from lianbing.exams.exam_page import SEAT_COOKIE
from lianbing.exams.rules import AttemptState
from lianbing.exams.seating.queries import list_duties
from lianbing.exams.seating.seat_queries import find_seat
from lianbing.exams.seb.admission import admit, is_kept_out
from lianbing.exams.shell_views import look_of_shell, shared_data
from lianbing.exams.taken_seat import own_part, remember_seat, seat_tokens
from lianbing.infra.arrival import arrived_at
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import ExamId, PersonId
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.drawn import draw_for_many

DUTY_STAYS = timedelta(days=2)
"""How long after its batch an invigilator finds the room again."""

pages = Blueprint("exams", __name__, url_prefix="/exams", template_folder="templates")


def my_id() -> PersonId:
    """The signed-in person."""
    person_id = current_actor().person_id
    if person_id is None:
        raise Forbidden
    return person_id


def my_ids() -> tuple[PersonId, ...]:
    """All identities of the signed-in person, the kept one first."""
    if current_actor().person_id is None:
        raise Forbidden
    return current_actor().person_ids


@pages.get("/")
@access.signed_in
def mine() -> ResponseReturnValue:
    page = queries.list_my_exams(
        db.session(),
        my_id(),
        now=utc_now(),
        number=request.args.get("page", 1, type=int),
    )
    duties = list_duties(db.session(), my_ids(), since=utc_now() - DUTY_STAYS)
    return render_template("exams/mine.html", page=page, duties=duties)


@pages.get("/<int:exam_id>/")
@access.signed_in
def lobby(exam_id: int) -> ResponseReturnValue:
    now = utc_now()
    exam = queries.get_exam(db.session(), ExamId(exam_id))
    standing = queries.standing_of(db.session(), exam, my_ids(), now=now)
    if standing.state is queries.CandidateStanding.NOT_ENROLLED:
        raise NotEnrolled
    words = {
        "ticket": _ticket(exam.id, standing, now),
        "candidate_name": current_actor().name,
        "server_now": now.isoformat(),
        "own_seat": Markup() if exam.plain_admission else _own_seat_card(exam.id),
    }
    wants_seb = is_kept_out(exam.id)
    if standing.attempt_id is None:
        place = replace(standing, candidate_id=None)
        return draw_for_many(
            "exams/lobby.html",
            words=words,
            apart=place,
            exam=exam,
            standing=place,
            wants_seb=wants_seb,
        )
    standing = replace(standing, elsewhere=_is_elsewhere(standing))
    return render_template(
        "exams/lobby.html", **words, exam=exam, standing=standing, wants_seb=wants_seb
    )


def _own_seat_card(exam_id: ExamId) -> Markup:
    seat = find_seat(db.session(), exam_id, my_ids())
    if seat is None:
        return Markup()
    return Markup(render_template("exams/_own_seat.html", seat=seat, exam_id=exam_id))  # noqa: S704 - own template


@pages.post("/<int:exam_id>/enter")
@access.signed_in
def enter(exam_id: int) -> ResponseReturnValue:
    """Enter by the form: where there is no script, no waiting room or no ticket any more."""
    admit(ExamId(exam_id))
    with transaction() as session:
        seat = sitting.enter(
            session,
            current_actor(),
            ExamId(exam_id),
            Doorway(
                user_agent=request.headers.get("User-Agent", ""),
                address=request.remote_addr or "",
                access_code=request.form.get("access_code", ""),
            ),
            arrived_at=arrived_at(request.environ),
        )
    response = redirect(url_for("exams.sit", exam_id=exam_id))
    remember_seat(response, seat)
    return response


@pages.get("/<int:exam_id>/sit")
@access.signed_in
def sit(exam_id: int) -> ResponseReturnValue:
    """The exam page, for the device that entered last; any other is sent to the lobby."""
    admit(ExamId(exam_id))
    seat = _own_seat(ExamId(exam_id))
    if seat is None:
        return redirect(url_for("exams.lobby", exam_id=exam_id))
    state = sitting.read(db.session(), seat)
    if state.state is not AttemptState.OPEN or state.device != seat.device:
        return redirect(url_for("exams.lobby", exam_id=exam_id))
    exam = queries.get_exam(db.session(), seat.exam_id)
    own = own_part(seat, state) | {"person_name": current_actor().name}
    return render_template("exams/sit.html", exam_data=shared_data(exam) | own)


@pages.app_template_global("exam_words")
def exam_words() -> Markup:
    """Every word the scripts of the exam page say: made once a language, the same for all."""
    return _words_in(str(get_locale()))


@cache
def _words_in(_locale: str) -> Markup:
    return Markup(render_template("exams/_sit_words.html"))  # noqa: S704 - own template


def _ticket(exam_id: ExamId, standing: queries.StandingRow, now: datetime) -> str:
    """What this browser enters with at the opening, while its sign-in lasts."""
    if standing.candidate_id is None:
        return ""
    ticket = Ticket(
        exam_id=exam_id,
        candidate_id=standing.candidate_id,
        person_ids=my_ids(),
        session_id=current_actor().session_id,
        look=look_of_shell(larger_text=standing.larger_text),
    )
    tickets: Tickets = current_app.extensions["lianbing_tickets"]
    return tickets.issue(ticket, now=now)


def _own_seat(exam_id: ExamId) -> Seat | None:
    """The seat this browser took, if it is for this exam and this person."""
    seat = _remembered_seat()
    if seat is None or seat.exam_id != exam_id:
        return None
    return seat if seat.person_id in my_ids() else None


def _remembered_seat() -> Seat | None:
    try:
        return seat_tokens().read(request.cookies.get(SEAT_COOKIE, ""))
    except BadToken:
        return None


def _is_elsewhere(standing: queries.StandingRow) -> bool:
    if standing.state is not queries.CandidateStanding.IN_PROGRESS:
        return False
    seat = _remembered_seat()
    if seat is None:
        return True
    return (seat.attempt_id, seat.device) != (standing.attempt_id, standing.device)
