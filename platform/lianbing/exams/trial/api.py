"""The trial's save path: requests and answers as an exam's, another token, another table."""

from flask import Blueprint, Response, request
from flask_babel import gettext

from lianbing.exams.api import json_answer
from lianbing.exams.entries import read_entries
from lianbing.exams.hot import read_body
from lianbing.exams.scratch_page import save_results, standing_body
from lianbing.exams.seb.admission import admit
from lianbing.exams.trial import use_cases
from lianbing.exams.trial.passes import tokens
from lianbing.exams.trial.questions import trial_paper
from lianbing.exams.trial.use_cases import TrialSeat
from lianbing.infra.arrival import arrived_at
from lianbing.infra.database import db, transaction
from lianbing.papers.rules import candidate_paper
from lianbing.web import access

api = Blueprint("exams_trial_api", __name__, url_prefix="/api/exams/trial")


@api.get("/paper")
@access.attempt_token
def paper() -> Response:
    """The made-up questions in the reader's language."""
    _seat()
    return json_answer(candidate_paper(trial_paper(gettext)))


@api.post("/save")
@access.attempt_token
def save() -> Response:
    """Keep made-up answers for a while, and say so as an exam does."""
    seat = _seat()
    entries, refused = read_entries(trial_paper(), read_body(request.environ).get("entries"))
    with transaction() as session:
        standing = use_cases.save_trial(session, seat, entries, now=arrived_at(request.environ))
    return json_answer(
        standing_body(standing, device=seat.number) | {"results": save_results(entries, refused)}
    )


@api.post("/hand-in")
@access.attempt_token
def hand_in() -> Response:
    """End the trial; what came with it is acknowledged and thrown away."""
    seat = _seat()
    raw = read_body(request.environ).get("entries") or []
    entries, refused = read_entries(trial_paper(), raw)
    with transaction() as session:
        standing = use_cases.end_trial(session, seat, now=arrived_at(request.environ))
    return json_answer(
        standing_body(standing, device=seat.number) | {"results": save_results(entries, refused)}
    )


@api.get("/state")
@access.attempt_token
def state() -> Response:
    """The server's clock and how the trial stands."""
    seat = _seat()
    standing = use_cases.standing_of_trial(db.session(), seat, now=arrived_at(request.environ))
    return json_answer(standing_body(standing, device=seat.number))


def _seat() -> TrialSeat:
    seat = tokens().read(request.headers.get("X-Attempt-Token", ""))
    admit(seat.exam_id)
    return seat
