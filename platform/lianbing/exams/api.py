"""The browser's API while sitting: token in a header, JSON in and out, no session.

The arrival time is taken by the outermost layer, before any queue, and decides everything.
"""

from functools import partial
from typing import Any

import orjson
from flask import Blueprint, Response, request
from flask_babel import gettext

from lianbing.banks.pictures.queries import picture_source
from lianbing.exams import sitting
from lianbing.exams.attempt_tokens import Seat
from lianbing.exams.errors import BadTicket, BadToken
from lianbing.exams.fairness.queries import list_notices
from lianbing.exams.fairness.told import held_words, notice_words
from lianbing.exams.hot import OUTCOME
from lianbing.exams.hot_hand_in import HandInOutcome, handed_in_json
from lianbing.exams.hot_save import Outcome, saved_json
from lianbing.exams.invigilation.contact import note_contact
from lianbing.exams.rules import Standing
from lianbing.exams.seb.admission import admit
from lianbing.exams.starting import Entrance
from lianbing.exams.taken_seat import own_part, remember_seat, seat_tokens
from lianbing.infra.arrival import arrived_at
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import N_
from lianbing.papers.queries import get_frozen_paper
from lianbing.papers.rules import FrozenPaper, candidate_paper
from lianbing.people.queries import is_live_session, load_actor
from lianbing.web import access

api = Blueprint("exams_api", __name__, url_prefix="/api/exams")

WORDS = {
    "late": N_("Arrived after your time: kept, not counted, may be reviewed."),
    "superseded": N_("Sent from a device you have left: kept, not counted, may be reviewed."),
    "after_hand_in": N_("Arrived after hand-in: kept, not counted, may be reviewed."),
    "unknown_question": N_("This question is not in your paper. Reload the page."),
    "malformed_answer": N_("The answer does not fit the question. Answer it again."),
    "other_content": N_("Another answer was stored under this number. Reload the page."),
}


@api.get("/paper/<content_hash>")
@access.attempt_token
def paper(content_hash: str) -> Response:
    """The candidate's paper without keys: immutable, so the device may keep it."""
    _seat, frozen = _seat_and_paper()
    if content_hash != frozen.content_hash:
        raise BadToken
    response = json_answer(candidate_paper(frozen, partial(picture_source, db.session())))
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


@api.post("/enter")
@access.attempt_token
def enter() -> Response:
    """Every entry with a ticket that ``hot_start`` does not make itself, or the word why not."""
    entrance: Entrance = _hot_outcome()
    ticket = entrance.ticket
    with transaction() as session:
        if not is_live_session(session, ticket.session_id, now=entrance.arrived_at):
            raise BadTicket
        actor = load_actor(session, ticket.person_ids[0], session_id=ticket.session_id)
        seat = sitting.enter(
            session, actor, ticket.exam_id, entrance.doorway, arrived_at=entrance.arrived_at
        )
    response = json_answer(own_part(seat, sitting.read(db.session(), seat)))
    remember_seat(response, seat)
    return response


@api.post("/save")
@access.attempt_token
def save() -> Response:
    """Say what ``hot_save`` made of the entries, where that takes words or is an error."""
    outcome: Outcome = _hot_outcome()
    return json_answer(saved_json(outcome, _results(outcome)))


@api.post("/hand-in")
@access.attempt_token
def hand_in() -> Response:
    """Say what ``hot_hand_in`` made of a click, where that takes words or is an error."""
    outcome: HandInOutcome = _hot_outcome()
    return json_answer(handed_in_json(outcome, _results(outcome.saved)))


@api.get("/state")
@access.attempt_token
def state() -> Response:
    """The server's clock, the deadline and what is answered, for a page that comes back."""
    seat = current_seat()
    return state_answer(seat)


def state_answer(seat: Seat) -> Response:
    """How an attempt stands, as an answer of its own."""
    return json_answer(state_body(seat))


def state_body(seat: Seat) -> dict[str, Any]:
    """How an attempt stands, with all its page must be told; asking is a sign of life."""
    with transaction() as writing:
        note_contact(writing, seat.attempt_id, now=arrived_at(request.environ))
    session = db.session()
    now = sitting.read(session, seat)
    notices = list_notices(session, seat.exam_id, seat.person_id, started_at=now.held.started_at)
    return {
        "server_now": utc_now().isoformat(),
        "due_at": now.due_at.isoformat(),
        "state": now.state.value,
        "device_current": now.device == seat.device,
        "answered": sum(answer is not None for answer in now.answers.values()),
        "news": now.news,
        **held_words(now.held),
        "notices": notice_words(notices),
    }


def current_seat() -> Seat:
    """The seat whose token came with the request; BadToken without one."""
    seat = seat_tokens().read(request.headers.get("X-Attempt-Token", ""))
    admit(seat.exam_id)
    return seat


def _seat_and_paper() -> tuple[Seat, FrozenPaper]:
    seat = current_seat()
    return seat, get_frozen_paper(db.session(), seat.paper_id)


def _hot_outcome() -> Any:
    """What the route ahead of Flask left for this view; its error is raised here."""
    outcome = request.environ[OUTCOME]
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _results(outcome: Outcome) -> list[dict[str, Any]]:
    results = [_result(seq, standing) for seq, standing in outcome.saved.standings.items()]
    return results + [_refusal(seq, code) for seq, code in outcome.refused.items()]


def _result(seq: int, standing: Standing | None) -> dict[str, Any]:
    if standing is None:
        return _refusal(seq, "other_content")
    if standing is Standing.COUNTED:
        return {"seq": seq, "outcome": standing.value}
    return {"seq": seq, "outcome": standing.value, "message": gettext(WORDS[standing.value])}


def _refusal(seq: int, code: str) -> dict[str, Any]:
    return {"seq": seq, "outcome": "refused", "code": code, "message": gettext(WORDS[code])}


def json_answer(body: dict[str, Any]) -> Response:
    """A body as JSON."""
    return Response(orjson.dumps(body), mimetype="application/json")
