"""What the exam page reports of itself; the answer is the attempt's state, and a warning."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext

from lianbing.exams.api import current_seat, json_answer, state_body
from lianbing.exams.conduct.recording import Event
from lianbing.exams.conduct.rules import REPORTED, Action, EventKind
from lianbing.exams.conduct.use_cases import Taken, take_events
from lianbing.exams.errors import MalformedSave
from lianbing.exams.hot import read_body
from lianbing.infra.arrival import arrived_at
from lianbing.infra.database import transaction
from lianbing.web import access

api = Blueprint("exams_conduct_api", __name__, url_prefix="/api/exams")
MOST_EVENTS = 50
LARGEST_NUMBER = 2**31


@api.post("/events")
@access.attempt_token
def events() -> Response:
    """Take in reported events; each number is taken in once."""
    seat = current_seat()
    reported = list(_events(read_body(request.environ).get("events")))
    with transaction() as session:
        taken = take_events(
            session,
            seat.attempt_id,
            reported,
            person_id=seat.person_id,
            device=seat.device,
            now=arrived_at(request.environ),
        )
    taken_in = [event.number for event in reported]
    return json_answer(state_body(seat) | {"taken": taken_in, "warning": _warning(taken)})


def _events(raw: object) -> Iterator[Event]:
    if not isinstance(raw, list) or len(raw) > MOST_EVENTS:
        raise MalformedSave
    for item in raw:
        if not isinstance(item, dict):
            raise MalformedSave
        yield _event(item)


def _event(item: dict[str, Any]) -> Event:
    number, seconds, kind = item.get("number"), item.get("seconds", 0), item.get("kind")
    if not isinstance(number, int) or not 1 <= number < LARGEST_NUMBER:
        raise MalformedSave
    if not isinstance(seconds, (int, float)) or not 0 <= seconds < LARGEST_NUMBER:
        raise MalformedSave
    if kind not in {known.value for known in REPORTED}:
        raise MalformedSave
    return Event(
        number=number,
        kind=EventKind(kind),
        seconds=int(seconds),
        device_clock=str(item.get("at") or "")[:40],
    )


def _warning(taken: Taken) -> str:
    if taken.ended:
        return gettext("The rules of this exam were broken too often; it was handed in for you.")
    match taken.action:
        case Action.WARN:
            return gettext("This is against the rules of the exam. Please stay on this page.")
        case Action.FLAG:
            return gettext("This is against the rules of the exam and the invigilator sees it.")
        case Action.HAND_IN:
            return gettext(
                "This is against the rules of the exam. When it goes on, your exam is handed in."
            )
        case Action.IGNORE:
            return ""
