"""Dealing in the background: one exam after the other, in short transactions."""

import logging

from lianbing.exams.seating import deal_jobs
from lianbing.exams.seating.deal_jobs import Turn, TurnLost
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import DomainError

log = logging.getLogger(__name__)
TASK = "exams.deal_seats"
PART = 1000
"""Seats a transaction: nobody else who wants the exam or the file waits for long."""


def deal_waiting() -> None:
    """Deal for every exam that waits."""
    while True:
        with transaction() as session:
            turn = deal_jobs.take_next(session, now=utc_now())
        if turn is None:
            return
        _finish(turn)


def _finish(turn: Turn) -> None:
    try:
        _work(turn)
    except TurnLost:
        log.warning("the deal of exam %s goes on elsewhere", turn.exam_id)
    except DomainError as error:
        _refuse(turn, error)
    except (RuntimeError, ValueError, ArithmeticError, LookupError):
        # It would fail again at every turn and keep the exams behind it waiting.
        log.exception("the seats of exam %s cannot be dealt", turn.exam_id)
        _refuse(turn, None)


def _work(turn: Turn) -> None:
    session = db.session()
    try:
        rows = deal_jobs.share_out(session, turn)
    finally:
        session.rollback()  # read only: what follows must not hold a snapshot
    with transaction() as writing:
        deal_jobs.begin_writing(writing, turn, now=utc_now())
    for start in range(0, len(rows), PART):
        part = rows[start : start + PART]
        with transaction() as writing:
            done = (start + len(part)) / len(rows)
            deal_jobs.write_part(writing, turn, part, done=done, now=utc_now())
    with transaction() as writing:
        deal_jobs.finish(writing, turn, seats=len(rows), now=utc_now())


def _refuse(turn: Turn, error: DomainError | None) -> None:
    try:
        with transaction() as session:
            deal_jobs.refuse(session, turn, error)
    except TurnLost:
        log.warning("the deal of exam %s goes on elsewhere", turn.exam_id)
