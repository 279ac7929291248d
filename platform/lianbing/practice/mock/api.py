"""The mock's save path: requests and answers as an exam's, another token, another table."""

from functools import partial

from flask import Blueprint, Response, request

from lianbing.banks.pictures.queries import picture_source
from lianbing.exams.api import json_answer
from lianbing.exams.entries import read_entries
from lianbing.exams.hot import read_body
from lianbing.exams.scratch import standing_of
from lianbing.exams.scratch_page import save_results, standing_body
from lianbing.infra.arrival import arrived_at
from lianbing.infra.database import db, transaction
from lianbing.papers.rules import FrozenPaper, candidate_paper
from lianbing.practice.mock import use_cases
from lianbing.practice.mock.passes import tokens
from lianbing.practice.mock.queries import paper_of
from lianbing.practice.mock.use_cases import MockSeat
from lianbing.web import access

api = Blueprint("practice_mock_api", __name__, url_prefix="/api/practice/mock")


@api.get("/paper")
@access.attempt_token
def paper() -> Response:
    """The paper without its keys."""
    source = partial(picture_source, db.session())
    return json_answer(candidate_paper(_paper(_seat()), source))


@api.post("/save")
@access.attempt_token
def save() -> Response:
    """Keep answers on the sitting's scratch pad, and say so as an exam does."""
    seat = _seat()
    entries, refused = read_entries(_paper(seat), read_body(request.environ).get("entries"))
    with transaction() as session:
        standing = use_cases.save_mock(session, seat, entries, now=arrived_at(request.environ))
    body = standing_body(standing, device=seat.number)
    return json_answer(body | {"results": save_results(entries, refused)})


@api.post("/hand-in")
@access.attempt_token
def hand_in() -> Response:
    """Take what came along, end the mock and mark it."""
    seat = _seat()
    raw = read_body(request.environ).get("entries") or []
    entries, refused = read_entries(_paper(seat), raw)
    with transaction() as session:
        standing = use_cases.end_mock(session, seat, entries, now=arrived_at(request.environ))
    body = standing_body(standing, device=seat.number)
    return json_answer(body | {"results": save_results(entries, refused)})


@api.get("/state")
@access.attempt_token
def state() -> Response:
    """The server's clock and how the mock stands."""
    seat = _seat()
    sitting = use_cases.sitting_of(db.session(), seat)
    standing = standing_of(sitting, now=arrived_at(request.environ))
    return json_answer(standing_body(standing, device=seat.number))


def _seat() -> MockSeat:
    return tokens().read(request.headers.get("X-Attempt-Token", ""))


def _paper(seat: MockSeat) -> FrozenPaper:
    return paper_of(db.session(), use_cases.sitting_of(db.session(), seat))
