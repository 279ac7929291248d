"""SQL to frozen rows: exams, and what a candidate sees of them."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, Row, and_, bindparam, literal, select
from sqlalchemy.orm import Session

from lianbing.exams.conduct.queries import policy_of
from lianbing.exams.conduct.rules import ConductPolicy
from lianbing.exams.errors import ExamNotFound
from lianbing.exams.fairness.deadlines import last_final_at
from lianbing.exams.fairness.queries import larger_text_column
from lianbing.exams.models import Attempt, Exam, ExamCandidate
from lianbing.exams.release.queries import facts_of
from lianbing.exams.release.rules import PaperRelease, release_time
from lianbing.exams.rules import (
    AttemptState,
    ExamState,
    Release,
)
from lianbing.exams.seating.admission import find_seat_facts
from lianbing.grading.rules import MarkingRule
from lianbing.infra.calendar import local_date
from lianbing.infra.database import BigId
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.ids import (
    AttemptId,
    BoardId,
    ExamId,
    OrganisationId,
    PaperId,
    PersonId,
)
from lianbing.leaderboards.rules import MaskPolicy
from lianbing.papers.queries import get_figures
from lianbing.people.queries import same_person_ids


@dataclass(frozen=True, kw_only=True, slots=True)
class ExamRow:
    """An exam as screens show it. Times are aware UTC.

    ``released_at``: from when on the questions are out; None while two persons have yet to
    release them. ``copy_name``: where the paper's sealed copy lies.
    """

    id: ExamId
    title: str
    organisation_id: OrganisationId
    paper_id: PaperId
    board_id: BoardId
    opens_at: datetime
    closes_at: datetime
    duration: timedelta
    grace_seconds: int
    pass_mark: Decimal
    total_marks: Decimal
    questions: int
    shuffle_questions: bool
    shuffle_options: bool
    common_window: bool
    marking: MarkingRule
    results_release: Release
    explanations_release: Release
    mask_policy: MaskPolicy
    state: ExamState
    last_final_at: datetime
    paused_at: datetime | None = None
    pause_reason: str = ""
    cancelled_reason: str = ""
    paper_release: PaperRelease = PaperRelease.BY_CLOCK
    released_at: datetime | None = None
    copy_name: str = ""
    needs_code: bool = False
    has_trial: bool = True
    needs_seb: bool = False
    conduct: ConductPolicy = field(default_factory=ConductPolicy)
    plain_admission: bool = True

    @property
    def duration_minutes(self) -> int:
        return int(self.duration.total_seconds() // 60)


class CandidateStanding(StrEnum):
    """Where a candidate stands with an exam at an instant."""

    NOT_ENROLLED = "not_enrolled"
    CANCELLED = "cancelled"
    WAITING = "waiting"
    UNRELEASED = "unreleased"
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    HANDED_IN = "handed_in"
    CLOSED = "closed"
    MISSED = "missed"


@dataclass(frozen=True, kw_only=True, slots=True)
class StandingRow:
    """A candidate's standing, with the attempt where there is one.

    The times are those between which this candidate may begin: the batch's, where there is one.
    ``candidate_id``: the row of the roster. ``larger_text``: an accommodation grants it.
    """

    state: CandidateStanding
    candidate_id: int | None = None
    attempt_id: AttemptId | None = None
    attempt_due_at: datetime | None = None
    device: int = 0
    elsewhere: bool = False
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    larger_text: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class MyExamRow:
    """One of a candidate's own exams."""

    exam: ExamRow
    standing: StandingRow


def get_exam(session: Session, exam_id: ExamId) -> ExamRow:
    """An exam; raises ExamNotFound."""
    exam = session.get(Exam, exam_id)
    if exam is None:
        raise ExamNotFound
    return exam_row(session, exam)


def exam_row(session: Session, exam: Exam) -> ExamRow:
    """The frozen row of a loaded exam."""
    paper = get_figures(session, PaperId(exam.paper_id))
    return ExamRow(
        id=ExamId(exam.id),
        title=exam.title,
        organisation_id=OrganisationId(exam.organisation_id),
        paper_id=PaperId(exam.paper_id),
        board_id=BoardId(exam.board_id),
        opens_at=exam.opens_at,
        closes_at=exam.closes_at,
        duration=timedelta(seconds=exam.duration_seconds),
        grace_seconds=exam.grace_seconds,
        pass_mark=exam.pass_mark,
        total_marks=paper.total_marks,
        questions=paper.questions,
        shuffle_questions=exam.shuffle_questions,
        shuffle_options=exam.shuffle_options,
        common_window=exam.common_window,
        marking=marking_rule(exam),
        results_release=Release(exam.results_release),
        explanations_release=Release(exam.explanations_release),
        mask_policy=MaskPolicy(exam.mask_policy),
        state=ExamState(exam.state),
        last_final_at=last_final_at(exam),
        paused_at=exam.paused_at,
        pause_reason=exam.pause_reason,
        cancelled_reason=exam.cancelled_reason,
        paper_release=PaperRelease(exam.paper_release),
        released_at=release_time(facts_of(exam)),
        copy_name=paper.copy_name,
        needs_code=bool(exam.access_code),
        has_trial=exam.trial,
        needs_seb=bool(json.loads(exam.seb).get("required")),
        conduct=policy_of(exam),
        plain_admission=exam.plain_admission,
    )


def marking_rule(exam: Exam) -> MarkingRule:
    """The marking rule an exam stores."""
    return MarkingRule.from_json(json.loads(exam.marking))


_EXAM = bindparam("exam_id", type_=BigId)
_IDS = bindparam("ids", expanding=True, type_=BigId)
_ON_ROSTER = (
    select(ExamCandidate.id)
    .where(ExamCandidate.exam_id == _EXAM, ExamCandidate.person_id.in_(_IDS))
    .limit(1)
)
_PLACE = select(
    _ON_ROSTER.scalar_subquery().label("candidate_id"),
    larger_text_column(_IDS, bindparam("on", type_=Date)).label("larger_text"),
    Attempt.id,
    Attempt.state,
    Attempt.due_at,
    Attempt.final_at,
    Attempt.device,
).select_from(
    select(literal(1).label("one"))
    .subquery()
    .outerjoin(Attempt, and_(Attempt.exam_id == _EXAM, Attempt.person_id.in_(_IDS)))
)
"""Built once: before an opening everybody's lobby asks it. One row, also for who has no attempt."""


def standing_of(
    session: Session, exam: ExamRow, ids: Collection[PersonId], *, now: datetime
) -> StandingRow:
    """Where a person with these identities stands; a deadline binds before any sweeper ran."""
    wanted = {"exam_id": exam.id, "ids": list(ids), "on": local_date(now)}
    found = session.connection().execute(_PLACE, wanted).first()
    if found is None:
        raise AssertionError("the statement begins with a row")
    if found.id is not None:
        return _attempt_standing(found, now)
    opens_at, closes_at = exam.opens_at, exam.closes_at
    seat = None if exam.plain_admission else find_seat_facts(session, exam.id, ids)
    if seat is not None:
        opens_at, closes_at = seat.opens_at, seat.closes_at
    state = _waiting_standing(exam, found.candidate_id is not None, opens_at, closes_at, now)
    return StandingRow(
        state=state,
        candidate_id=found.candidate_id,
        opens_at=opens_at,
        closes_at=closes_at,
        larger_text=bool(found.larger_text),
    )


def _attempt_standing(found: Row[*tuple[Any, ...]], now: datetime) -> StandingRow:
    match AttemptState(found.state):
        case AttemptState.OPEN if now <= found.final_at:
            state = CandidateStanding.IN_PROGRESS
        case AttemptState.HANDED_IN:
            state = CandidateStanding.HANDED_IN
        case _:
            state = CandidateStanding.CLOSED
    return StandingRow(
        state=state,
        candidate_id=found.candidate_id,
        attempt_id=AttemptId(found.id),
        attempt_due_at=found.due_at,
        device=found.device,
        larger_text=bool(found.larger_text),
    )


def _waiting_standing(
    exam: ExamRow, enrolled: bool, opens_at: datetime, closes_at: datetime, now: datetime
) -> CandidateStanding:
    if not enrolled:
        return CandidateStanding.NOT_ENROLLED
    if exam.state is ExamState.CANCELLED:
        return CandidateStanding.CANCELLED
    if now < opens_at:
        return CandidateStanding.WAITING
    if now >= closes_at:
        return CandidateStanding.MISSED
    is_released = exam.released_at is not None and exam.released_at <= now
    return CandidateStanding.OPEN if is_released else CandidateStanding.UNRELEASED


def find_candidate_id(
    session: Session, exam_id: ExamId, person_ids: Collection[PersonId]
) -> int | None:
    """The roster's row of a person with these identities; None for who is not on it."""
    return session.scalars(
        select(ExamCandidate.id).where(
            ExamCandidate.exam_id == exam_id, ExamCandidate.person_id.in_(person_ids)
        )
    ).first()


def list_my_exams(
    session: Session, person_id: PersonId, *, now: datetime, number: int = 1
) -> Page[MyExamRow]:
    """A person's exams, the latest window first."""
    ids = same_person_ids(session, person_id)
    mine = select(ExamCandidate.exam_id).where(ExamCandidate.person_id.in_(ids))
    statement = select(Exam).where(Exam.id.in_(mine)).order_by(Exam.opens_at.desc(), Exam.id)
    page = page_of(session, statement, number, per_page=20)
    rows = [exam_row(session, row[0]) for row in page.rows]
    return page.with_rows(
        [MyExamRow(exam=row, standing=standing_of(session, row, ids, now=now)) for row in rows]
    )
