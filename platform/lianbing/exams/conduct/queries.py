"""Rules of conduct and recorded events, as frozen rows."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lianbing.exams.conduct.models import IntegrityEvent
from lianbing.exams.conduct.rules import Action, ConductPolicy, EventKind
from lianbing.exams.models import Exam
from lianbing.kernel.ids import AttemptId


@dataclass(frozen=True, kw_only=True, slots=True)
class EventRow:
    """A recorded event as the invigilator sees it."""

    kind: EventKind
    seconds: int
    action: Action
    device: int
    arrived_at: datetime
    device_clock: str


def policy_of(exam: Exam) -> ConductPolicy:
    """The rules of conduct an exam stores."""
    return ConductPolicy.from_json(json.loads(exam.conduct))


def networks_of(exam: Exam) -> tuple[str, ...]:
    """The address ranges an exam may be entered from; empty when from anywhere."""
    return tuple(exam.networks.split())


def list_events(session: Session, attempt_id: AttemptId) -> list[EventRow]:
    """The events of an attempt, newest first; at most 200."""
    rows = session.scalars(
        select(IntegrityEvent)
        .where(IntegrityEvent.attempt_id == attempt_id)
        .order_by(IntegrityEvent.arrived_at.desc(), IntegrityEvent.number.desc())
        .limit(200)
    )
    return [
        EventRow(
            kind=EventKind(row.kind),
            seconds=row.seconds,
            action=Action(row.action),
            device=row.device,
            arrived_at=row.arrived_at,
            device_clock=row.device_clock,
        )
        for row in rows
    ]


def count_events(session: Session, attempt_id: AttemptId) -> dict[Action, int]:
    """How many events of an attempt came to each action."""
    rows = session.execute(
        select(IntegrityEvent.action, func.count())
        .where(IntegrityEvent.attempt_id == attempt_id)
        .group_by(IntegrityEvent.action)
    )
    found = dict.fromkeys(Action, 0)
    return found | {Action(action): count for action, count in rows}
