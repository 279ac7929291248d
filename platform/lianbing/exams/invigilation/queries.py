"""The live screen's rows: one statement a page, whatever the size of the roster.

The last contact needs no write a save: the journal's newest row of an attempt is the end of
its primary key, one probe of the index.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from lianbing.exams.invigilation.models import AttemptContact
from lianbing.exams.invigilation.rules import OFFLINE_AFTER, LiveState, live_state
from lianbing.exams.models import AnswerEntry, Attempt, AttemptDevice, ExamCandidate
from lianbing.exams.rules import AttemptState, Standing
from lianbing.exams.seating.models import ExamSeat
from lianbing.infra.paging import Page, page_by_key
from lianbing.kernel.ids import AttemptId, ExamId, PersonId
from lianbing.people.queries import persons_matching

PER_PAGE = 50
LiveSelect = Select[*tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveRow:
    """A candidate on the live screen; names are added by the view from ``people``."""

    person_id: PersonId
    attempt_id: AttemptId | None
    state: LiveState
    answered: int
    uncounted: int
    violations: int
    device: int
    due_at: datetime | None
    held: bool
    last_contact: datetime | None
    moments: tuple[datetime | None, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveFilter:
    """What the invigilator wants to see; empty shows everybody."""

    state: LiveState | None = None
    flagged: bool = False
    text: str = ""
    room_id: int | None = None
    batch_id: int | None = None


def list_live(
    session: Session, exam_id: ExamId, wanted: LiveFilter, *, now: datetime, number: int = 1
) -> Page[LiveRow]:
    """A page of the roster as it stands now, in the order of enrolment.

    Who is on the page is found first: what a row shows is looked up for its own rows alone, not
    for all that the page leaves behind.
    """
    ids = _matching(select(ExamCandidate.id), exam_id, wanted, now).order_by(ExamCandidate.id)
    shown = _joined(_live_columns()).order_by(ExamCandidate.id)
    page = page_by_key(session, ids, shown, ExamCandidate.id, number, per_page=PER_PAGE)
    return page.with_rows([_live_row(row, now) for row in page.rows])


def find_live(
    session: Session, exam_id: ExamId, person_id: PersonId, *, now: datetime
) -> LiveRow | None:
    """One candidate's row; None for who is not on the roster."""
    statement = _matching(
        _live_columns(),
        exam_id,
        LiveFilter(),
        now,
    ).where(ExamCandidate.person_id == person_id)
    row = session.execute(statement).first()
    return None if row is None else _live_row(row, now)


def count_live(
    session: Session, exam_id: ExamId, *, now: datetime, wanted: LiveFilter | None = None
) -> dict[str, int]:
    """How many candidates stand where, by ``LiveState`` value; ``flagged`` and ``all`` beside.

    Of ``wanted`` only the room and the batch matter: counts are of all states there.
    """
    shown = case(
        (Attempt.id.is_(None), LiveState.NOT_STARTED.value),
        (Attempt.state != AttemptState.OPEN.value, Attempt.state),
        (Attempt.final_at < now, LiveState.CLOSED.value),
        (Attempt.break_ends_at > now, LiveState.ON_BREAK.value),
        (_in_contact(now), LiveState.WORKING.value),
        else_=LiveState.OFFLINE.value,
    ).label("shown")
    inner = _joined(select(shown, Attempt.violations)).where(
        ExamCandidate.exam_id == exam_id, *_seated_in(wanted or LiveFilter())
    )
    rows = inner.subquery()
    flagged = func.sum(case((rows.c.violations > 0, 1), else_=0))
    counts = dict.fromkeys([*(state.value for state in LiveState), "flagged", "all"], 0)
    for state, count, marked in session.execute(
        select(rows.c.shown, func.count(), flagged).group_by(rows.c.shown)
    ):
        counts[state] += count
        counts["all"] += count
        counts["flagged"] += marked or 0
    return counts


def _live_columns() -> LiveSelect:
    return select(
        ExamCandidate.person_id,
        Attempt,
        AttemptContact.seen_at,
        _latest_arrival().label("arrived_at"),
        _entered_at().label("entered_at"),
        _answered().label("answered"),
        _uncounted().label("uncounted"),
    )


def _joined(statement: LiveSelect) -> LiveSelect:
    same = and_(
        Attempt.exam_id == ExamCandidate.exam_id, Attempt.person_id == ExamCandidate.person_id
    )
    return (
        statement.select_from(ExamCandidate)
        .outerjoin(Attempt, same)
        .outerjoin(AttemptContact, AttemptContact.attempt_id == Attempt.id)
    )


def _matching(
    statement: LiveSelect, exam_id: ExamId, wanted: LiveFilter, now: datetime
) -> LiveSelect:
    conditions: list[ColumnElement[bool]] = [ExamCandidate.exam_id == exam_id]
    if wanted.state is not None:
        conditions.append(_in_state(wanted.state, now))
    if wanted.flagged:
        conditions.append(Attempt.violations > 0)
    conditions += _seated_in(wanted)
    if wanted.text:
        conditions.append(ExamCandidate.person_id.in_(persons_matching(wanted.text)))
    return _joined(statement).where(*conditions)


def _seated_in(wanted: LiveFilter) -> list[ColumnElement[bool]]:
    """The room and the batch that are wanted, as a condition on the roster; none for all."""
    asked = [
        (ExamSeat.room_id, wanted.room_id),
        (ExamSeat.batch_id, wanted.batch_id),
    ]
    places = [column == value for column, value in asked if value is not None]
    if not places:
        return []
    return [ExamCandidate.id.in_(select(ExamSeat.candidate_id).where(*places))]


def _in_state(state: LiveState, now: datetime) -> ColumnElement[bool]:
    is_open = and_(Attempt.state == AttemptState.OPEN.value, Attempt.final_at >= now)
    on_break = func.coalesce(Attempt.break_ends_at > now, False)
    match state:
        case LiveState.NOT_STARTED:
            return Attempt.id.is_(None)
        case LiveState.WORKING:
            return and_(is_open, ~on_break, _in_contact(now))
        case LiveState.OFFLINE:
            return and_(is_open, ~on_break, ~_in_contact(now))
        case LiveState.ON_BREAK:
            return and_(is_open, on_break)
        case LiveState.CLOSED:
            overdue = and_(Attempt.state == AttemptState.OPEN.value, Attempt.final_at < now)
            return or_(Attempt.state == AttemptState.CLOSED.value, overdue)
        case LiveState.HANDED_IN | LiveState.VOIDED:
            return Attempt.state == state.value


def _in_contact(now: datetime) -> ColumnElement[bool]:
    since = now - OFFLINE_AFTER
    return or_(
        func.coalesce(AttemptContact.seen_at >= since, False),
        Attempt.started_at >= since,
        func.coalesce(_latest_arrival() >= since, False),
    )


def _latest_arrival() -> ScalarSelect[datetime]:
    return (
        select(AnswerEntry.arrived_at)
        .where(AnswerEntry.attempt_id == Attempt.id)
        .order_by(AnswerEntry.device.desc(), AnswerEntry.seq.desc())
        .limit(1)
        .correlate(Attempt)
        .scalar_subquery()
    )


def _entered_at() -> ScalarSelect[datetime]:
    return (
        select(AttemptDevice.entered_at)
        .where(AttemptDevice.attempt_id == Attempt.id, AttemptDevice.number == Attempt.device)
        .correlate(Attempt)
        .scalar_subquery()
    )


def _answered() -> ScalarSelect[int]:
    return (
        select(func.count(func.distinct(AnswerEntry.question)))
        .where(AnswerEntry.attempt_id == Attempt.id, AnswerEntry.standing == Standing.COUNTED.value)
        .correlate(Attempt)
        .scalar_subquery()
    )


def _uncounted() -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(AnswerEntry)
        .where(AnswerEntry.attempt_id == Attempt.id, AnswerEntry.standing != Standing.COUNTED.value)
        .correlate(Attempt)
        .scalar_subquery()
    )


def _live_row(row: Row[*tuple[Any, ...]], now: datetime) -> LiveRow:
    attempt: Attempt | None = row.Attempt
    if attempt is None:
        return LiveRow(
            person_id=PersonId(row.person_id),
            attempt_id=None,
            state=LiveState.NOT_STARTED,
            answered=0,
            uncounted=0,
            violations=0,
            device=0,
            due_at=None,
            held=False,
            last_contact=None,
        )
    seen = [attempt.started_at, row.seen_at, row.arrived_at, row.entered_at]
    last_contact = max(moment for moment in seen if moment is not None)
    return LiveRow(
        person_id=PersonId(row.person_id),
        attempt_id=AttemptId(attempt.id),
        state=live_state(
            AttemptState(attempt.state),
            last_contact=last_contact,
            break_ends_at=attempt.break_ends_at,
            final_at=attempt.final_at,
            now=now,
        ),
        answered=row.answered,
        uncounted=row.uncounted,
        violations=attempt.violations,
        device=attempt.device,
        due_at=attempt.due_at,
        held=attempt.held,
        last_contact=last_contact,
        moments=(attempt.ended_at, attempt.touched_at, attempt.break_ends_at, attempt.final_at),
    )
