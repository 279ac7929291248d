"""What organisers do with a contest: set up, publish, cancel, publish its results."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.contests.eligibility import Condition, to_json
from lianbing.contests.errors import BadContestPlan, ContestNotFound, ReasonWanted, WrongState
from lianbing.contests.models import Contest, ContestEvent, ContestRound
from lianbing.contests.rules import (
    ContestKind,
    ContestLevel,
    ContestState,
    RoundKind,
    Schedule,
    schedule_faults,
)
from lianbing.exams import use_cases as exams
from lianbing.exams.queries import get_exam
from lianbing.exams.rules import ExamState
from lianbing.infra import audit
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import N_
from lianbing.kernel.ids import ContestId, ExamId, OrganisationId, ResultListId
from lianbing.papers.queries import get_paper
from lianbing.people.authority import require_reach


@dataclass(frozen=True, kw_only=True, slots=True)
class ContestPlan:
    """A contest of one event with its theory round. Times are aware UTC.

    Its subject is not chosen: it is that of the round's paper, so that a record never names an
    occupation whose questions were not asked.
    """

    title: str
    organisation_id: OrganisationId
    level: ContestLevel
    contest_class: str
    kind: ContestKind
    notice: str
    contact: str
    registration_opens_at: datetime
    registration_closes_at: datetime
    event_title: str
    conditions: tuple[Condition, ...]
    exam: exams.ExamPlan


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeRevision:
    """What may be changed of a contest until it is over. Times are aware UTC."""

    notice: str
    contact: str
    registration_opens_at: datetime
    registration_closes_at: datetime


def create_contest(
    session: Session, actor: Actor, plan: ContestPlan, *, now: datetime
) -> ContestId:
    """A draft contest with its event and scheduled theory round; raises BadContestPlan."""
    require_reach(session, actor, Role.ORGANISER, organisation_id=plan.organisation_id)
    faults = schedule_faults(_schedule_of(plan))
    if faults:
        raise BadContestPlan(why=faults[0])
    exam_plan = replace(plan.exam, organisation_id=plan.organisation_id)
    exam_id = exams.schedule_exam(session, actor, exam_plan, now=now)
    contest = Contest(
        title=plan.title,
        organisation_id=plan.organisation_id,
        level=plan.level.value,
        contest_class=plan.contest_class,
        kind=plan.kind.value,
        notice=plan.notice,
        contact=plan.contact,
        registration_opens_at=plan.registration_opens_at,
        registration_closes_at=plan.registration_closes_at,
        mask_policy=plan.exam.mask_policy.value,
        state=ContestState.DRAFT.value,
        created_at=now,
    )
    session.add(contest)
    session.flush()
    _add_event(session, contest, plan, exam_id)
    _audit(session, actor, contest, "create", now=now)
    return ContestId(contest.id)


def revise_notice(
    session: Session,
    actor: Actor,
    contest_id: ContestId,
    revision: NoticeRevision,
    *,
    now: datetime,
) -> None:
    """Change a contest's words and registration times; conditions and the exam stay as they are."""
    contest = _locked(session, actor, contest_id)
    if contest.state not in (ContestState.DRAFT, ContestState.PUBLISHED):
        raise WrongState
    for exam_id in exam_ids(session, contest_id):
        exam = get_exam(session, exam_id)
        schedule = Schedule(
            registration_opens_at=revision.registration_opens_at,
            registration_closes_at=revision.registration_closes_at,
            exam_opens_at=exam.opens_at,
            exam_closes_at=exam.closes_at,
        )
        faults = schedule_faults(schedule)
        if faults:
            raise BadContestPlan(why=faults[0])
    contest.notice = revision.notice
    contest.contact = revision.contact
    contest.registration_opens_at = revision.registration_opens_at
    contest.registration_closes_at = revision.registration_closes_at
    _audit(session, actor, contest, "revise_notice", now=now)


def publish_contest(
    session: Session, actor: Actor, contest_id: ContestId, *, now: datetime
) -> None:
    """Make the notice public; registration opens at its time. Publishing again changes nothing."""
    contest = _locked(session, actor, contest_id)
    if contest.state == ContestState.PUBLISHED:
        return
    if contest.state != ContestState.DRAFT:
        raise WrongState
    if now >= contest.registration_closes_at:
        raise BadContestPlan(why=N_("registration would already be over"))
    contest.state = ContestState.PUBLISHED.value
    contest.published_at = now
    _audit(session, actor, contest, "publish", now=now)


def cancel_contest(
    session: Session, actor: Actor, contest_id: ContestId, *, reason: str, now: datetime
) -> None:
    """Cancel a contest and its exam; entries and answers are kept."""
    contest = _locked(session, actor, contest_id)
    if not reason.strip():
        raise ReasonWanted
    if contest.state in (ContestState.CANCELLED, ContestState.CLOSED):
        raise WrongState
    for exam_id in exam_ids(session, contest_id):
        exams.cancel_exam(session, actor, exam_id, reason=reason, now=now)
    contest.state = ContestState.CANCELLED.value
    contest.cancelled_reason = reason.strip()
    _audit(session, actor, contest, "cancel", reason=reason.strip(), now=now)


def publish_contest_results(
    session: Session,
    actor: Actor,
    contest_id: ContestId,
    *,
    sign: Callable[[bytes], bytes],
    now: datetime,
) -> list[ResultListId]:
    """Sign and publish what is not yet published of the theory rounds; close the contest."""
    contest = _locked(session, actor, contest_id)
    if contest.state != ContestState.PUBLISHED:
        raise WrongState
    published = [
        exams.publish_results(session, actor, exam_id, sign=sign, now=now)
        for exam_id in exam_ids(session, contest_id)
        if get_exam(session, exam_id).state is not ExamState.PUBLISHED
    ]
    contest.state = ContestState.CLOSED.value
    _audit(session, actor, contest, "publish_results", now=now)
    return published


def exam_ids(session: Session, contest_id: ContestId) -> list[ExamId]:
    """The exams of a contest's theory rounds."""
    found = session.scalars(
        select(ContestRound.exam_id)
        .join(ContestEvent, ContestEvent.id == ContestRound.event_id)
        .where(ContestEvent.contest_id == contest_id)
        .order_by(ContestRound.id)
    )
    return [ExamId(exam_id) for exam_id in found]


def _schedule_of(plan: ContestPlan) -> Schedule:
    return Schedule(
        registration_opens_at=plan.registration_opens_at,
        registration_closes_at=plan.registration_closes_at,
        exam_opens_at=plan.exam.opens_at,
        exam_closes_at=plan.exam.closes_at,
    )


def _add_event(session: Session, contest: Contest, plan: ContestPlan, exam_id: ExamId) -> None:
    event = ContestEvent(
        contest_id=contest.id,
        subject_id=get_paper(session, plan.exam.paper_id).subject_id,
        title=plan.event_title,
        conditions=json.dumps(to_json(plan.conditions), ensure_ascii=False),
    )
    session.add(event)
    session.flush()
    session.add(
        ContestRound(
            event_id=event.id, kind=RoundKind.THEORY.value, title=plan.exam.title, exam_id=exam_id
        )
    )
    session.flush()


def _locked(session: Session, actor: Actor, contest_id: ContestId) -> Contest:
    contest = session.scalars(
        select(Contest).where(Contest.id == contest_id).with_for_update()
    ).one_or_none()
    if contest is None:
        raise ContestNotFound
    require_reach(
        session, actor, Role.ORGANISER, organisation_id=OrganisationId(contest.organisation_id)
    )
    return contest


def _audit(
    session: Session,
    actor: Actor,
    contest: Contest,
    verb: str,
    *,
    reason: str = "",
    now: datetime,
) -> None:
    audit.record(
        session,
        actor,
        f"contest.{verb}",
        subject=("contest", contest.id),
        reason=reason,
        now=now,
    )
