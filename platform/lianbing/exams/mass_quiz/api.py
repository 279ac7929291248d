"""A try's save path: requests and answers as an exam's, another token, another table."""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from lianbing.banks.pictures.queries import picture_source
from lianbing.exams.api import json_answer
from lianbing.exams.entries import read_entries
from lianbing.exams.hot import read_body
from lianbing.exams.journal import Entry
from lianbing.exams.mass_quiz import trying
from lianbing.exams.mass_quiz.passes import tokens
from lianbing.exams.mass_quiz.tries import paper_of
from lianbing.exams.scratch import Seat, Standing, standing_of
from lianbing.exams.scratch_page import save_results, standing_body
from lianbing.infra.arrival import arrived_at
from lianbing.infra.database import db, transaction
from lianbing.papers.rules import candidate_paper
from lianbing.web import access

api = Blueprint("mass_quiz_api", __name__, url_prefix="/api/quizzes")
Write = Callable[[Session, Seat, Collection[Entry], datetime], Standing]


@api.get("/paper")
@access.attempt_token
def paper() -> Response:
    """The try's paper without its keys."""
    session = db.session()
    asked = paper_of(session, trying.try_of(session, _seat()))
    return json_answer(candidate_paper(asked, partial(picture_source, session)))


@api.post("/save")
@access.attempt_token
def save() -> Response:
    """Keep answers on the try's scratch pad."""
    return _take(lambda session, seat, sent, at: trying.save_try(session, seat, sent, now=at))


@api.post("/hand-in")
@access.attempt_token
def hand_in() -> Response:
    """Take what came along, end the try and mark it."""
    return _take(lambda session, seat, sent, at: trying.end_try(session, seat, sent, now=at))


def _take(write: Write) -> Response:
    seat, at = _seat(), arrived_at(request.environ)
    asked = paper_of(db.session(), trying.try_of(db.session(), seat))
    entries, refused = read_entries(asked, read_body(request.environ).get("entries") or [])
    db.session.rollback()
    with transaction() as session:
        standing = write(session, seat, entries, at)
    results = save_results(entries, refused)
    return json_answer(standing_body(standing, device=seat.number) | {"results": results})


@api.get("/state")
@access.attempt_token
def state() -> Response:
    """The server's clock and how the try stands."""
    seat = _seat()
    one = trying.try_of(db.session(), seat)
    standing = standing_of(one, now=arrived_at(request.environ))
    return json_answer(standing_body(standing, device=seat.number))


def _seat() -> Seat:
    return tokens().read(request.headers.get("X-Attempt-Token", ""))
