"""Starts ahead of Flask: at the opening minute a ticket comes in, and a key goes out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lianbing.exams.attempt_tokens import SeatTokens, Tickets
from lianbing.exams.conduct.admission import Doorway
from lianbing.exams.exam_page import SEAT_COOKIE, SEAT_COOKIE_PATH, Own, own_data
from lianbing.exams.hot import OUTCOME, Admit, HotAnswer, read_body
from lianbing.exams.starting import Entrance, Started
from lianbing.infra.arrival import arrived_at
from lianbing.papers.queries import get_copy_key, get_frozen_paper

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PATH = "/api/exams/enter"
LONGEST_CODE = 64


@dataclass(frozen=True, kw_only=True)
class StartRoute:
    """``POST /api/exams/enter``: a first start; the view does every other entry."""

    engine: Engine
    tickets: Tickets
    seats: SeatTokens
    submit: Callable[[Entrance], Started | None]
    admit: Admit
    secure: bool

    def __call__(self, environ: "WSGIEnvironment") -> HotAnswer | None:
        entrance = self._entrance(environ)
        environ[OUTCOME] = entrance
        self.admit(entrance.ticket.exam_id, environ)
        started = self.submit(entrance)
        if started is None:
            return None
        token = self.seats.issue(started.seat)
        return HotAnswer(
            body=orjson.dumps(self._own_data(started, token)),
            headers=(("Set-Cookie", seat_cookie(token, secure=self.secure)),),
        )

    def _entrance(self, environ: "WSGIEnvironment") -> Entrance:
        now = arrived_at(environ)
        ticket = self.tickets.read(environ.get("HTTP_X_EXAM_TICKET", ""), now=now)
        code = read_body(environ).get("access_code")
        return Entrance(
            ticket=ticket,
            doorway=Doorway(
                user_agent=environ.get("HTTP_USER_AGENT", ""),
                address=environ.get("REMOTE_ADDR", ""),
                access_code=code[:LONGEST_CODE] if isinstance(code, str) else "",
            ),
            arrived_at=now,
        )

    def _own_data(self, started: Started, token: str) -> dict[str, object]:
        own = Own(
            seat=started.seat,
            token=token,
            order_seed=started.order_seed,
            shuffle_questions=started.shuffle_questions,
            shuffle_options=started.shuffle_options,
            due_at=started.due_at,
            larger_text=started.larger_text,
            answers={},
            next_seq=1,
            ask=started.ask,
        )
        with Session(self.engine) as session:  # asks the database for a paper only once a process
            paper_id = started.seat.paper_id
            return own_data(
                own, get_frozen_paper(session, paper_id), get_copy_key(session, paper_id)
            )


def seat_cookie(token: str, *, secure: bool) -> str:
    """The Set-Cookie header by which this browser remembers its seat."""
    flags = "; Secure" if secure else ""
    return f"{SEAT_COOKIE}={token}; HttpOnly; Path={SEAT_COOKIE_PATH}; SameSite=Lax{flags}"
