"""Setting an exam's rules of conduct, and taking in what a page reports."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.exams.closing import Ending, end_attempts
from lianbing.exams.conduct.errors import BadConduct
from lianbing.exams.conduct.queries import policy_of
from lianbing.exams.conduct.recording import Event, record_events
from lianbing.exams.conduct.rules import (
    LONGEST_CODE,
    Action,
    ConductPolicy,
    policy_faults,
    read_networks,
)
from lianbing.exams.errors import AlreadyPublished, BadToken, ExamNotFound
from lianbing.exams.models import Attempt, Exam
from lianbing.exams.rules import AttemptState, ExamState
from lianbing.grading.use_cases import Cause
from lianbing.infra import audit
from lianbing.kernel.actor import SYSTEM, Actor, Role
from lianbing.kernel.errors import N_
from lianbing.kernel.ids import AttemptId, ExamId, OrganisationId, PersonId
from lianbing.people.authority import require_reach


@dataclass(frozen=True, kw_only=True, slots=True)
class ConductPlan:
    """What an organiser decides: rules, an access code or none, address ranges or none."""

    policy: ConductPolicy = field(default_factory=ConductPolicy)
    access_code: str = ""
    networks: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What became of a page's report: the gravest new action, and whether it ended the attempt."""

    action: Action = Action.IGNORE
    ended: bool = False


def set_conduct(
    session: Session, actor: Actor, exam_id: ExamId, plan: ConductPlan, *, now: datetime
) -> None:
    """Set an exam's rules of conduct; raises BadConduct naming the first fault."""
    exam = session.scalars(select(Exam).where(Exam.id == exam_id).with_for_update()).one_or_none()
    if exam is None:
        raise ExamNotFound
    require_reach(
        session, actor, Role.ORGANISER, organisation_id=OrganisationId(exam.organisation_id)
    )
    if exam.state == ExamState.PUBLISHED:
        raise AlreadyPublished
    faults = policy_faults(plan.policy)
    if len(plan.access_code) > LONGEST_CODE:
        faults.append(N_("an access code has at most 32 characters"))
    if faults:
        raise BadConduct(why=faults[0])
    try:
        networks = read_networks(plan.networks)
    except ValueError as error:
        raise BadConduct(why=N_("an address range could not be read")) from error
    exam.conduct = json.dumps(plan.policy.to_json())
    exam.access_code = plan.access_code.strip()
    exam.networks = "\n".join(networks)
    audit.record(session, actor, "exam.set_conduct", subject=("exam", exam_id), now=now)


def take_events(
    session: Session,
    attempt_id: AttemptId,
    events: Sequence[Event],
    *,
    person_id: PersonId,
    device: int,
    now: datetime,
) -> Taken:
    """Record what a page reports, and act as the exam's rules say. Again is harmless."""
    attempt = session.scalars(
        select(Attempt).where(Attempt.id == attempt_id).with_for_update()
    ).one_or_none()
    if attempt is None or attempt.person_id != person_id:
        raise BadToken  # after a restored backup an attempt's number may be somebody else's
    if attempt.state != AttemptState.OPEN or device > attempt.device:
        return Taken()
    exam = session.get_one(Exam, attempt.exam_id)
    judged = record_events(session, policy_of(exam), attempt, events, device=device, now=now)
    actions = [one.action for one in judged]
    ended = any(one.ends_attempt for one in judged)
    if ended:
        attempt.news += 1
        end_attempts(session, [Ending(attempt=attempt, cause=Cause.FORCED, at=now)], now=now)
        audit.record(
            session, SYSTEM, "exam.force_hand_in", subject=("attempt", attempt_id), now=now
        )
    return Taken(action=max(actions, key=list(Action).index, default=Action.IGNORE), ended=ended)
