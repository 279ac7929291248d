"""A seat as its browser is given it: a part of the exam page, and a cookie to find it again."""

from typing import Any

from flask import current_app
from werkzeug.wrappers import Response

from lianbing.exams.attempt_tokens import Seat, SeatTokens
from lianbing.exams.exam_page import Own, own_data
from lianbing.exams.hot_start import seat_cookie
from lianbing.exams.queries import get_exam
from lianbing.exams.sitting import SittingState
from lianbing.infra.database import db
from lianbing.infra.settings import Settings
from lianbing.papers.queries import get_copy_key, get_frozen_paper


def own_part(seat: Seat, state: SittingState) -> dict[str, Any]:
    """What the exam page is given of a seat that was taken or is come back to."""
    session = db.session()
    exam = get_exam(session, seat.exam_id)
    own = Own(
        seat=seat,
        token=seat_tokens().issue(seat),
        order_seed=state.order_seed,
        shuffle_questions=exam.shuffle_questions,
        shuffle_options=exam.shuffle_options,
        due_at=state.due_at,
        larger_text=state.larger_text,
        answers=state.answers,
        next_seq=state.next_seq,
        ask=True,
    )
    paper = get_frozen_paper(session, seat.paper_id)
    return own_data(own, paper, get_copy_key(session, seat.paper_id))


def remember_seat(response: Response, seat: Seat) -> None:
    """Let this browser find its seat again after a reload."""
    settings: Settings = current_app.extensions["lianbing_settings"]
    token = seat_tokens().issue(seat)
    response.headers.add("Set-Cookie", seat_cookie(token, secure=settings.secure_cookies))


def seat_tokens() -> SeatTokens:
    """The signer of attempt tokens."""
    tokens: SeatTokens = current_app.extensions["lianbing_seats"]
    return tokens
