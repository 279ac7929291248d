"""What a candidate's page may ask about its own time: a break, begun or ended."""

from flask import Blueprint, Response, request

from lianbing.exams.api import current_seat, state_answer
from lianbing.exams.errors import MalformedSave
from lianbing.exams.fairness import breaks
from lianbing.infra.arrival import arrived_at
from lianbing.infra.database import transaction
from lianbing.web import access

api = Blueprint("exams_fairness_api", __name__, url_prefix="/api/exams")


@api.post("/break")
@access.attempt_token
def pause_for_break() -> Response:
    """Begin or end a break; the answer is the attempt's state."""
    seat = current_seat()
    body = request.get_json(silent=True)
    now = arrived_at(request.environ)
    sitter = breaks.Sitter(
        exam_id=seat.exam_id,
        attempt_id=seat.attempt_id,
        person_id=seat.person_id,
        device=seat.device,
    )
    match body.get("action") if isinstance(body, dict) else None:
        case "start":
            with transaction() as session:
                breaks.take_break(session, sitter, now=now)
        case "end":
            with transaction() as session:
                breaks.finish_break(session, sitter, now=now)
        case _:
            raise MalformedSave
    return state_answer(seat)
