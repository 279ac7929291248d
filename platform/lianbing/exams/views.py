"""A candidate's pages: my exams, the lobby, the exam page, the own result."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flask import (
    Blueprint,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from markupsafe import Markup

from lianbing.exams import queries, sitting
from lianbing.exams.attempt_tokens import Seat, Ticket, Tickets
from lianbing.exams.conduct.admission import Doorway
from lianbing.exams.conduct.rules import REPORTED, Action, ConductPolicy, EventKind
from lianbing.exams.errors import BadTicket, BadToken, NotEnrolled
from lianbing.exams.exam_page import SEAT_COOKIE
from lianbing.exams.fairness.queries import needs_larger_text
from lianbing.exams.receipts.answer_keys import ensure_public_key
from lianbing.exams.rules import AttemptState
from lianbing.exams.seating.queries import list_duties
from lianbing.exams.seating.seat_queries import SeatRow, find_seat
from lianbing.exams.seb.admission import admit, is_kept_out
from lianbing.exams.shells import Shells
from lianbing.exams.taken_seat import own_part, remember_seat, seat_tokens
from lianbing.infra.arrival import arrived_at
from lianbing.infra.calendar import today
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import ExamId, PersonId
from lianbing.web import access
from lianbing.web.access import current_actor
from lianbing.web.layout import STAFF, person_mark
from lianbing.web.preferences import chosen_theme

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
    return render_template(
        "exams/lobby.html",
        exam=exam,
        standing=replace(standing, elsewhere=_is_elsewhere(standing)),
        seat=None if exam.plain_admission else _own_place(exam.id),
        ticket=_ticket(exam.id, standing, now),
        person_name=current_actor().name,
        server_now=now,
        wants_seb=is_kept_out(exam.id),
        enter_url=url_for("exams.enter", exam_id=exam_id),
        result_url=url_for("exams.result", exam_id=exam_id),
    )


def _own_place(exam_id: ExamId) -> SeatRow | None:
    return find_seat(db.session(), exam_id, my_ids())


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


@pages.get("/<int:exam_id>/shell")
@access.signed_in
def shell(exam_id: int) -> ResponseReturnValue:
    """The exam page before the exam: all but what is the candidate's own."""
    if not _has_ticket(exam_id) and not _is_candidate(exam_id):
        raise NotEnrolled
    admit(ExamId(exam_id))
    larger_text = needs_larger_text(db.session(), my_ids(), on=today())

    def draw() -> str:
        exam = queries.get_exam(db.session(), ExamId(exam_id))
        early = _shared_data(exam) | {"larger_text": larger_text}
        return render_template("exams/sit.html", exam_data=early)

    shells: Shells = current_app.extensions["lianbing_shells"]
    actor = current_actor()
    own_text, is_staff = actor.larger_text, actor.holds(*STAFF)
    key = (exam_id, str(get_locale()), chosen_theme(), larger_text, own_text, is_staff)
    return shells.page(key, person_mark(actor), draw, now=utc_now())


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
    return render_template("exams/sit.html", exam_data=_shared_data(exam) | own)


@pages.app_template_global("exam_words")
def exam_words() -> Markup:
    """Every word the scripts of the exam page say: made once a language, the same for all."""
    return _words_in(str(get_locale()))


@cache
def _words_in(_locale: str) -> Markup:
    return Markup(render_template("exams/_sit_words.html"))  # noqa: S704 - own template


def _shared_data(exam: queries.ExamRow) -> dict[str, Any]:
    """The exam page's part that is the same for every candidate of one language."""
    answer_key = ensure_public_key(exam.id, keyring=current_keyring(), now=utc_now())
    return {
        "exam": {"id": exam.id, "title": exam.title, "total_marks": str(exam.total_marks)},
        "answer_key": answer_key,
        "save_url": url_for("exams_api.save"),
        "hand_in_url": url_for("exams_api.hand_in"),
        "state_url": url_for("exams_api.state"),
        "result_url": url_for("exams.result", exam_id=exam.id),
        "break_url": url_for("exams_fairness_api.pause_for_break"),
        "events_url": url_for("exams_conduct_api.events"),
        "grace_seconds": exam.grace_seconds,
        "conduct": _conduct(exam.conduct),
    }


def _ticket(exam_id: ExamId, standing: queries.StandingRow, now: datetime) -> str:
    """What this browser enters with at the opening, while its sign-in lasts."""
    if standing.candidate_id is None:
        return ""
    ticket = Ticket(
        exam_id=exam_id,
        candidate_id=standing.candidate_id,
        person_ids=my_ids(),
        session_id=current_actor().session_id,
    )
    return _tickets().issue(ticket, now=now)


def _has_ticket(exam_id: int) -> bool:
    """Whether the waiting room shows the ticket it handed this person: it need not ask again."""
    try:
        ticket = _tickets().read(request.headers.get("X-Exam-Ticket", ""), now=utc_now())
    except BadTicket:
        return False
    return (ticket.exam_id, ticket.person_ids) == (exam_id, my_ids())


def _is_candidate(exam_id: int) -> bool:
    return queries.find_candidate_id(db.session(), ExamId(exam_id), my_ids()) is not None


def _tickets() -> Tickets:
    tickets: Tickets = current_app.extensions["lianbing_tickets"]
    return tickets


def _conduct(policy: ConductPolicy) -> dict[str, Any]:
    """What the page reports; an exam without rules of conduct asks for nothing."""
    if not any(policy.action(kind) is not Action.IGNORE for kind in REPORTED):
        return {"report": []}
    full_screen = policy.action(EventKind.FULL_SCREEN_LEFT) is not Action.IGNORE
    words = {
        "wanted": gettext("This exam is sat in full screen."),
        "enter": gettext("Enter full screen"),
        "read": gettext("Got it"),
    }
    return {"report": sorted(REPORTED), "full_screen": full_screen, "words": words}


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
