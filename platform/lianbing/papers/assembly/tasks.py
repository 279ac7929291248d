"""Assembling in the background: one set after the other, its progress on the record."""

import logging
from time import monotonic

from sqlalchemy.exc import OperationalError

from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.papers.assembly import jobs
from lianbing.papers.assembly.explaining import assemble, explain
from lianbing.papers.assembly.queries import SetState
from lianbing.papers.assembly.rules import Problem
from lianbing.papers.assembly.solving import Cancelled, Undecided
from lianbing.papers.sealing import SealBroken

log = logging.getLogger(__name__)
BETWEEN_SIGNS = 1.0
"""Seconds between two signs of life."""

SEARCHING, EXPLAINING, ALMOST = 20, 60, 95


def assemble_waiting() -> None:
    """Assemble every set that waits."""
    while True:
        with transaction() as session:
            set_id = jobs.take_next(session, now=utc_now())
        if set_id is None:
            return
        _finish(set_id)


def _finish(set_id: int) -> None:
    try:
        _work(set_id, _load(set_id))
    except Cancelled:
        _end(set_id, SetState.CANCELLED)
    except Undecided:
        _end(set_id, SetState.UNDECIDED)
    except (SealBroken, RuntimeError, ValueError, ArithmeticError):
        # It would fail again at every turn and keep the sets behind it waiting.
        log.exception("paper set %s cannot be assembled", set_id)
        _end(set_id, SetState.FAILED)


def _load(set_id: int) -> Problem:
    session = db.session()
    try:
        return jobs.load_problem(session, set_id)
    finally:
        session.rollback()  # read only: the solver must not hold a snapshot


def _work(set_id: int, problem: Problem) -> None:
    papers = assemble(problem, is_cancelled=_Signs(set_id, SEARCHING, EXPLAINING))
    if papers is not None:
        with transaction() as session:
            jobs.keep_papers(session, set_id, problem, papers)
        return
    conflict = explain(problem, is_cancelled=_Signs(set_id, EXPLAINING, ALMOST))
    with transaction() as session:
        jobs.end_without_papers(session, set_id, SetState.IMPOSSIBLE, conflict)


def _end(set_id: int, state: SetState) -> None:
    with transaction() as session:
        jobs.end_without_papers(session, set_id, state)


class _Signs:
    """Gives a sign of life once a second while the solver asks; hears that nobody waits."""

    def __init__(self, set_id: int, start: int, end: int) -> None:
        self._set_id, self._progress, self._end = set_id, start, end
        self._next = 0.0
        self._cancelled = False

    def __call__(self) -> bool:
        if self._cancelled or monotonic() < self._next:
            return self._cancelled
        self._next = monotonic() + BETWEEN_SIGNS
        try:
            with transaction() as session:
                self._cancelled = not jobs.give_sign_of_life(
                    session, self._set_id, progress=self._progress, now=utc_now()
                )
        except OperationalError:  # called from the solver: a busy database must not end it
            log.warning("no sign of life for paper set %s", self._set_id, exc_info=True)
        self._progress += (self._end - self._progress) // 4
        return self._cancelled
