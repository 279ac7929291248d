"""What organisers do with an exam: schedule, enrol, cancel, publish."""

import json
import secrets
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from lianbing.exams.closing import close_batch
from lianbing.exams.errors import (
    AlreadyPublished,
    BadPlan,
    ExamCancelled,
    ExamNotFound,
    RosterClosed,
    StillRunning,
)
from lianbing.exams.events import ResultListPublished
from lianbing.exams.models import Exam, ExamCandidate
from lianbing.exams.publishing import write_result_list
from lianbing.exams.release.rules import PaperRelease
from lianbing.exams.release.use_cases import settle_paper
from lianbing.exams.rosters import enrolled_ids, unfinished
from lianbing.exams.rules import (
    DEFAULT_GRACE_SECONDS,
    ExamState,
    ExamWindow,
    Release,
    plan_faults,
)
from lianbing.exams.seating.dealing import seat_latecomers, unseat
from lianbing.grading.rules import MarkingRule
from lianbing.infra import audit, outbox
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.ids import (
    BoardId,
    ExamId,
    OrganisationId,
    PaperId,
    PersonId,
    ResultListId,
)
from lianbing.leaderboards import use_cases as boards
from lianbing.leaderboards.rules import MaskPolicy
from lianbing.papers.queries import get_figures
from lianbing.people.authority import require_reach

SEED_BITS = 48


@dataclass(frozen=True, kw_only=True, slots=True)
class ExamPlan:
    """Everything an organiser decides about an exam. Times are aware UTC."""

    title: str
    organisation_id: OrganisationId
    paper_id: PaperId
    opens_at: datetime
    closes_at: datetime
    duration: timedelta
    pass_mark: Decimal
    grace: timedelta = timedelta(seconds=DEFAULT_GRACE_SECONDS)
    shuffle_questions: bool = True
    shuffle_options: bool = True
    common_window: bool = True
    marking: MarkingRule = field(default_factory=MarkingRule)
    results_release: Release = Release.ON_PUBLICATION
    explanations_release: Release = Release.ON_PUBLICATION
    mask_policy: MaskPolicy = MaskPolicy.SURNAME
    paper_release: PaperRelease = PaperRelease.BY_CLOCK


def schedule_exam(session: Session, actor: Actor, plan: ExamPlan, *, now: datetime) -> ExamId:
    """Schedule an exam and open its board; raises BadPlan naming the first fault."""
    require_reach(session, actor, Role.ORGANISER, organisation_id=plan.organisation_id)
    paper = get_figures(session, plan.paper_id)
    window = ExamWindow(
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        duration=plan.duration,
        grace=plan.grace,
    )
    faults = plan_faults(
        window,
        common_window=plan.common_window,
        results=plan.results_release,
        explanations=plan.explanations_release,
        pass_mark=plan.pass_mark,
        total_marks=paper.total_marks,
    )
    if faults:
        raise BadPlan(why=faults[0])
    exam = _new_exam(plan, _open_board(session, plan, window, now), now)
    session.add(exam)
    settle_paper(session, plan.paper_id, now=now)
    audit.record(session, actor, "exam.schedule", subject=("exam", exam.id), now=now)
    return ExamId(exam.id)


def enrol(
    session: Session,
    actor: Actor,
    exam_id: ExamId,
    person_ids: Collection[PersonId],
    *,
    now: datetime,
) -> int:
    """Put persons on the roster; who is on it already stays. Returns how many were added."""
    exam = _locked_exam(session, actor, exam_id)
    if exam.state == ExamState.CANCELLED:
        raise ExamCancelled
    if now >= exam.closes_at:
        raise RosterClosed
    new = sorted(set(person_ids) - enrolled_ids(session, exam_id, person_ids))
    if new:
        candidates = [
            {
                "exam_id": exam_id,
                "person_id": person_id,
                "order_seed": secrets.randbits(SEED_BITS),
                "enrolled_at": now,
            }
            for person_id in new
        ]
        session.execute(insert(ExamCandidate), candidates)
        seat_latecomers(session, exam)
        audit.record(
            session,
            actor,
            "exam.enrol",
            subject=("exam", exam_id),
            now=now,
            details={"added": len(new)},
        )
    return len(new)


def strike_off(
    session: Session,
    actor: Actor,
    exam_id: ExamId,
    person_ids: Collection[PersonId],
    *,
    now: datetime,
) -> int:
    """Take persons off the roster before the exam opens; return how many were on it."""
    exam = _locked_exam(session, actor, exam_id)
    if now >= exam.opens_at:
        raise RosterClosed
    struck = enrolled_ids(session, exam_id, person_ids)
    unseat(session, exam_id, list(struck))
    session.execute(
        delete(ExamCandidate).where(
            ExamCandidate.exam_id == exam_id, ExamCandidate.person_id.in_(struck)
        )
    )
    if struck:
        audit.record(
            session,
            actor,
            "exam.strike_off",
            subject=("exam", exam_id),
            now=now,
            details={"struck": len(struck)},
        )
    return len(struck)


def cancel_exam(
    session: Session, actor: Actor, exam_id: ExamId, *, reason: str, now: datetime
) -> None:
    """Cancel an exam; what was answered is kept, and its candidates read the reason."""
    exam = _locked_exam(session, actor, exam_id)
    if exam.state == ExamState.PUBLISHED:
        raise AlreadyPublished
    exam.state = ExamState.CANCELLED.value
    exam.cancelled_reason = reason
    settle_paper(session, PaperId(exam.paper_id), now=now)
    boards.set_visible_from(session, BoardId(exam.board_id), None)
    audit.record(session, actor, "exam.cancel", subject=("exam", exam_id), reason=reason, now=now)


def publish_results(
    session: Session,
    actor: Actor,
    exam_id: ExamId,
    *,
    sign: Callable[[bytes], bytes],
    now: datetime,
) -> ResultListId:
    """Sign and publish the result list; raises StillRunning while anyone may be answering."""
    exam = _locked_exam(session, actor, exam_id)
    if exam.state == ExamState.CANCELLED:
        raise ExamCancelled
    if exam.state == ExamState.PUBLISHED:
        raise AlreadyPublished
    while close_batch(session, now=now, exam_id=exam_id):
        session.flush()
    running = unfinished(session, exam_id)
    if running or now < exam.closes_at:
        raise StillRunning(open=running)
    result_list = write_result_list(session, exam, by=actor.person_id, sign=sign, now=now)
    exam.state = ExamState.PUBLISHED.value
    boards.set_visible_from(session, BoardId(exam.board_id), now)
    boards.close_board(session, BoardId(exam.board_id))
    outbox.publish(
        session, ResultListPublished(result_list_id=result_list.id, exam_id=exam_id), now=now
    )
    audit.record(
        session,
        actor,
        "exam.publish_results",
        subject=("exam", exam_id),
        now=now,
        details={"hash": result_list.content_hash},
    )
    return ResultListId(result_list.id)


def _locked_exam(session: Session, actor: Actor, exam_id: ExamId) -> Exam:
    """The exam, locked, for an organiser whose reach it is in; raises ExamNotFound, Forbidden."""
    exam = session.scalars(select(Exam).where(Exam.id == exam_id).with_for_update()).one_or_none()
    if exam is None:
        raise ExamNotFound
    organisation_id = OrganisationId(exam.organisation_id)
    require_reach(session, actor, Role.ORGANISER, organisation_id=organisation_id)
    return exam


def _open_board(session: Session, plan: ExamPlan, window: ExamWindow, now: datetime) -> BoardId:
    """The board shows nothing before the last script can no longer change, where it would tell."""
    match plan.results_release:
        case Release.AT_HAND_IN:
            visible_from: datetime | None = plan.opens_at
        case Release.AFTER_CLOSE:
            visible_from = window.last_final_at
        case Release.ON_PUBLICATION | Release.NEVER:
            visible_from = None
    return boards.open_board(
        session,
        key=f"exam:{uuid.uuid4().hex}",
        title=plan.title,
        organisation_id=plan.organisation_id,
        mask_policy=plan.mask_policy,
        visible_from=visible_from,
        pass_mark=plan.pass_mark,
        now=now,
    )


def _new_exam(plan: ExamPlan, board_id: BoardId, now: datetime) -> Exam:
    return Exam(
        title=plan.title,
        organisation_id=plan.organisation_id,
        paper_id=plan.paper_id,
        board_id=board_id,
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        duration_seconds=int(plan.duration.total_seconds()),
        grace_seconds=int(plan.grace.total_seconds()),
        pass_mark=plan.pass_mark,
        shuffle_questions=plan.shuffle_questions,
        shuffle_options=plan.shuffle_options,
        common_window=plan.common_window,
        marking=json.dumps(plan.marking.to_json()),
        results_release=plan.results_release.value,
        explanations_release=plan.explanations_release.value,
        mask_policy=plan.mask_policy.value,
        paper_release=plan.paper_release.value,
        state=ExamState.SCHEDULED.value,
        scheduled_at=now,
    )
