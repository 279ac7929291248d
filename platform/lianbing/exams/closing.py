"""Ending attempts: fold the journal into a script, mark it, record it on the board.

A deadline binds because of its time stamp; this only materialises what is already true. It
runs at hand-in, in the sweeper, and when someone looks at a result that is due, always under
the attempt's row lock, so it happens exactly once whoever comes first.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from lianbing.exams.events import ScriptMarked
from lianbing.exams.fairness.breaks import stop_clocks
from lianbing.exams.folding import fold_journals
from lianbing.exams.models import Attempt, Exam
from lianbing.exams.queries import marking_rule
from lianbing.exams.receipts.queries import FiledScript, stored_entries
from lianbing.exams.receipts.use_cases import issue_many
from lianbing.exams.rules import AttemptState
from lianbing.grading.use_cases import Cause, Filed, Filing, file_and_mark
from lianbing.infra import outbox
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import AttemptId, BoardId, ExamId, PaperId, PersonId
from lianbing.leaderboards import use_cases as boards
from lianbing.leaderboards.board import Entry
from lianbing.leaderboards.rules import encode, groups_of
from lianbing.papers.queries import get_frozen_paper
from lianbing.papers.rules import FrozenPaper
from lianbing.people.queries import homes_of

log = logging.getLogger(__name__)
BATCH = 500
SETTLE = timedelta(seconds=2)
"""How long after ``final_at`` the sweeper waits for timely saves still in the journal's queue.
One that comes later still counts: it marks the attempt for another fold."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """An attempt to end, its row locked by the caller, why, and as of when."""

    attempt: Attempt
    cause: Cause
    at: datetime


def end_attempts(session: Session, endings: Sequence[Ending], *, now: datetime) -> None:
    """Fold, file and mark attempts whose rows the caller has locked, in few statements."""
    # Held here: the session itself forgets a row that nobody holds, and would ask for each anew.
    exams = {id_: session.get_one(Exam, id_) for id_ in {one.attempt.exam_id for one in endings}}
    groups: dict[tuple[int, int], list[Ending]] = {}
    for ending in endings:
        _end(ending, exams[ending.attempt.exam_id])
        groups.setdefault((ending.attempt.exam_id, ending.attempt.paper_id), []).append(ending)
    session.flush()
    for (exam_id, paper_id), group in groups.items():
        paper = get_frozen_paper(session, PaperId(paper_id))
        _materialise(session, exams[exam_id], paper, group, now)


def _end(ending: Ending, exam: Exam) -> None:
    attempt = ending.attempt
    if attempt.ended_at is None:
        by_hand = ending.cause in (Cause.HAND_IN, Cause.FORCED)
        stop_clocks(attempt, exam, now=ending.at)
        attempt.ended_at = min(ending.at, attempt.due_at)
        attempt.state = (AttemptState.HANDED_IN if by_hand else AttemptState.CLOSED).value
    attempt.needs_fold = False


def _materialise(
    session: Session, exam: Exam, paper: FrozenPaper, group: Sequence[Ending], now: datetime
) -> None:
    """What follows from an end: script, marks, receipt, place on the board, the word to others."""
    ids = [AttemptId(one.attempt.id) for one in group]
    journals = stored_entries(session, ids)
    answers = fold_journals(session, ids, journals)
    filings = [
        Filing(attempt_id=id_, answers=answers[id_], cause=one.cause)
        for one in group
        for id_ in (AttemptId(one.attempt.id),)
    ]
    filed = file_and_mark(session, filings, paper=paper, rule=marking_rule(exam), now=now)
    issue_many(session, [_filed(exam, paper, one, filed, now) for one in filings], journals)
    attempts = [one.attempt for one in group]
    entries = _board_entries(session, attempts, filed)
    boards.record_many(session, BoardId(exam.board_id), entries, now=now)
    events = [
        ScriptMarked(
            exam_id=exam.id,
            attempt_id=attempt.id,
            person_id=attempt.person_id,
            script_id=filed[AttemptId(attempt.id)].script_id,
        )
        for attempt in attempts
    ]
    outbox.publish_many(session, events, now=now)


def _filed(
    exam: Exam, paper: FrozenPaper, one: Filing, filed: Mapping[AttemptId, Filed], now: datetime
) -> FiledScript:
    made = filed[one.attempt_id]
    return FiledScript(
        script_id=made.script_id,
        exam_id=exam.id,
        attempt_id=one.attempt_id,
        version=made.version,
        cause=one.cause.value,
        made_at=now,
        answers=made.answers,
        paper_hash=paper.content_hash,
    )


def _board_entries(
    session: Session, attempts: Sequence[Attempt], filed: Mapping[AttemptId, Filed]
) -> list[Entry]:
    homes = homes_of(session, [PersonId(attempt.person_id) for attempt in attempts])
    entries = []
    for attempt in attempts:
        total = filed[AttemptId(attempt.id)].sheet.total
        person_id, seconds = PersonId(attempt.person_id), seconds_used(attempt)
        home = homes.get(person_id)
        entries.append(
            Entry(
                person_id=person_id,
                sort_key=encode(total, seconds),
                shown={"marks": str(total), "seconds": seconds},
                groups=groups_of(unit_id=home.unit_id, team_id=home.team_id) if home else (),
            )
        )
    return entries


def seconds_used(attempt: Attempt) -> int:
    """Whole seconds from the start to the end or the deadline, without pauses and breaks."""
    ended = min(attempt.ended_at or attempt.due_at, attempt.due_at)
    return max(0, int((ended - attempt.started_at).total_seconds()) - attempt.idle_seconds)


def close_due() -> int:
    """The sweeper: end every attempt whose time is over, in batches; return how many."""
    ended = 0
    while True:
        count = _close_some()
        ended += count
        if count < BATCH:
            return ended


def _close_some() -> int:
    """One batch; where one attempt spoils it, the others are ended one by one without it."""
    try:
        with transaction() as session:
            return close_batch(session, now=utc_now())
    except OperationalError:  # the database is away: nothing is wrong with any attempt
        raise
    except Exception:
        log.exception("a batch of attempts could not be ended; trying them one by one")
    due = select(Attempt.id).where(_is_due(utc_now() - SETTLE)).order_by(Attempt.id).limit(BATCH)
    ids = db.session.scalars(due).all()
    return sum(_close_alone(AttemptId(id_)) for id_ in ids)


def _close_alone(attempt_id: AttemptId) -> bool:
    try:
        with transaction() as session:
            close_if_due(session, attempt_id, now=utc_now())
    except OperationalError:
        raise
    except Exception:  # kept open, told in the log, and tried again with the next sweep
        log.exception("attempt %s could not be ended", attempt_id)
        return False
    return True


def _is_due(limit: datetime) -> ColumnElement[bool]:
    overdue = (Attempt.state == AttemptState.OPEN.value) & (Attempt.final_at < limit)
    return or_(overdue, Attempt.needs_fold.is_(True))


def close_batch(session: Session, *, now: datetime, exam_id: ExamId | None = None) -> int:
    """End one batch of overdue or stale attempts; others that hold a row keep it."""
    statement = (
        select(Attempt)
        .where(_is_due(now - (SETTLE if exam_id is None else timedelta(0))))
        .order_by(Attempt.id)
        .limit(BATCH)
        .with_for_update(skip_locked=exam_id is None)
    )
    if exam_id is not None:
        statement = statement.where(Attempt.exam_id == exam_id)
    attempts = session.scalars(statement.execution_options(populate_existing=True)).all()
    end_attempts(session, [_closing(attempt, now) for attempt in attempts], now=now)
    return len(attempts)


def close_if_due(session: Session, attempt_id: AttemptId, *, now: datetime) -> None:
    """End one attempt if its time is over: correct without any worker running."""
    attempt = session.scalars(
        select(Attempt).where(Attempt.id == attempt_id).with_for_update()
    ).one()
    overdue = attempt.state == AttemptState.OPEN and attempt.final_at < now
    if overdue or attempt.needs_fold:
        end_attempts(session, [_closing(attempt, now)], now=now)


def _closing(attempt: Attempt, now: datetime) -> Ending:
    stale = attempt.state != AttemptState.OPEN
    cause = Cause.LATE_ARRIVAL if stale else Cause.CLOSING
    return Ending(attempt=attempt, cause=cause, at=now)
