"""Files are read and taken in, in the background or at once when small; progress on the record."""

import logging
from time import monotonic

from sqlalchemy.exc import OperationalError

from lianbing.banks.interchange import working
from lianbing.banks.interchange.drafts import Refused
from lianbing.banks.interchange.previewing import keep_preview
from lianbing.banks.interchange.rules import ImportState
from lianbing.banks.interchange.working import Stopped, Work
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now

log = logging.getLogger(__name__)
TASK = "banks.import"
BETWEEN_SIGNS = 1.0
"""Seconds between two signs of life."""
AT_ONCE_BYTES = 48 * 1024
AT_ONCE_QUESTIONS = 500
"""What is smaller is done while the trainer waits."""


def work_waiting() -> None:
    """Do all that waits, one file after the other."""
    while True:
        with transaction() as session:
            found = working.take_next(session, now=utc_now())
        if found is None:
            return
        _work(*found)


def work_at_once(import_id: int) -> None:
    """Do the next step of one small file."""
    with transaction() as session:
        state = working.take_up(session, import_id, now=utc_now())
    if state is not None:
        _work(import_id, state)


def _work(import_id: int, state: ImportState) -> None:
    try:
        work = _load(import_id)
        read, checked = work.run(_Signs(import_id))
        with transaction() as session:
            if state is ImportState.READING:
                keep_preview(session, work.id, read, checked, work.loose)
            else:
                working.take_in(session, work, checked, now=utc_now())
    except Stopped:
        _end(import_id, ImportState.CANCELLED)
    except Refused as refusal:
        _end(import_id, ImportState.REFUSED, refusal)
    except (RuntimeError, ValueError, ArithmeticError, LookupError):
        # It would fail again at every turn and keep the files behind it waiting.
        log.exception("import %s cannot be finished", import_id)
        _end(import_id, ImportState.FAILED)


def _load(import_id: int) -> Work:
    session = db.session()
    try:
        return Work(session, import_id)
    finally:
        session.rollback()  # the reading itself must not hold a snapshot


def _end(import_id: int, state: ImportState, refusal: Refused | None = None) -> None:
    with transaction() as session:
        working.end(session, import_id, state, now=utc_now(), refusal=refusal)


class _Signs:
    """Gives a sign of life once a second; stops the work when nobody waits for it."""

    def __init__(self, import_id: int) -> None:
        self._import_id, self._next = import_id, monotonic() + BETWEEN_SIGNS

    def __call__(self, progress: int) -> None:
        if monotonic() < self._next:
            return
        self._next = monotonic() + BETWEEN_SIGNS
        try:
            with transaction() as session:
                wanted = working.give_sign(
                    session, self._import_id, progress=progress, now=utc_now()
                )
        except OperationalError:  # a busy database must not end the work
            log.warning("no sign of life for import %s", self._import_id, exc_info=True)
            return
        if not wanted:
            raise Stopped
