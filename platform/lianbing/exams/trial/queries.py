"""Who tried and what was wrong: one statement a page, whatever the size of the roster."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session

from lianbing.exams.models import Exam, ExamCandidate
from lianbing.exams.trial.models import TrialSitting
from lianbing.exams.trial.rules import DeviceReport, Problem, TrialState, read_report
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.ids import ExamId, PersonId


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialRow:
    """A candidate's trial as the organiser sees it; names are added by the view."""

    person_id: PersonId
    state: TrialState
    problems: tuple[Problem, ...] = ()
    tries: int = 0
    tried_at: datetime | None = None
    user_agent: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnTrial:
    """A candidate's own last report."""

    report: DeviceReport
    problems: tuple[Problem, ...]
    user_agent: str
    reported_at: datetime


def is_trial_open(exam: Exam, *, now: datetime) -> bool:
    """Whether the trial may be opened: switched on, exam scheduled, not yet begun."""
    return exam.trial and exam.state == "scheduled" and now < exam.opens_at


def find_report(session: Session, exam_id: ExamId, person_id: PersonId) -> OwnTrial | None:
    """What a candidate's device reported last; None before that."""
    row = session.get(TrialSitting, (exam_id, person_id))
    if row is None or row.reported_at is None:
        return None
    return OwnTrial(
        report=read_report(json.loads(row.report)),
        problems=_problems(row.problems),
        user_agent=row.user_agent,
        reported_at=row.reported_at,
    )


def list_trials(
    session: Session, exam_id: ExamId, *, state: TrialState | None = None, number: int = 1
) -> Page[TrialRow]:
    """A page of the roster with its trials; those to call first, then in order of enrolment."""
    shown = _state()
    order = case({value.value: place for place, value in enumerate(TO_CALL)}, value=shown, else_=9)
    statement = _joined(
        select(
            ExamCandidate.person_id,
            shown.label("shown"),
            TrialSitting.problems,
            TrialSitting.number,
            TrialSitting.began_at,
            TrialSitting.user_agent,
        ),
        exam_id,
    ).order_by(order, ExamCandidate.id)
    if state is not None:
        statement = statement.where(shown == state.value)
    page = page_of(session, statement, number)
    return Page(
        rows=[
            TrialRow(
                person_id=PersonId(row.person_id),
                state=TrialState(row.shown),
                problems=_problems(row.problems or ""),
                tries=row.number or 0,
                tried_at=row.began_at,
                user_agent=row.user_agent or "",
            )
            for row in page.rows
        ],
        number=page.number,
        total=page.total,
        per_page=page.per_page,
    )


TO_CALL = (TrialState.GRAVE, TrialState.UNFINISHED, TrialState.NOT_TRIED, TrialState.SLIGHT)


def count_trials(session: Session, exam_id: ExamId) -> dict[str, int]:
    """How many candidates stand where, by ``TrialState`` value; ``all`` beside."""
    rows = _joined(select(_state().label("shown")), exam_id).subquery()
    counts = dict.fromkeys([*(state.value for state in TrialState), "all"], 0)
    for state, count in session.execute(select(rows.c.shown, func.count()).group_by(rows.c.shown)):
        counts[state] += count
        counts["all"] += count
    return counts


def _state() -> ColumnElement[str]:
    """``rules.trial_state`` as SQL."""
    return case(
        (TrialSitting.person_id.is_(None), TrialState.NOT_TRIED.value),
        (TrialSitting.reported_at.is_(None), TrialState.UNFINISHED.value),
        (TrialSitting.is_grave, TrialState.GRAVE.value),
        (TrialSitting.problems != "", TrialState.SLIGHT.value),
        else_=TrialState.READY.value,
    )


def _joined(statement: Select[*tuple[Any, ...]], exam_id: ExamId) -> Select[*tuple[Any, ...]]:
    same = and_(
        TrialSitting.exam_id == ExamCandidate.exam_id,
        TrialSitting.person_id == ExamCandidate.person_id,
    )
    return (
        statement.select_from(ExamCandidate)
        .outerjoin(TrialSitting, same)
        .where(ExamCandidate.exam_id == exam_id)
    )


def _problems(stored: str) -> tuple[Problem, ...]:
    return tuple(Problem(name) for name in stored.split())
