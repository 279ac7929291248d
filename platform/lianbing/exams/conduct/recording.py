"""Recording events under the attempt's row lock, and judging each by the exam's rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lianbing.exams.conduct.models import IntegrityEvent
from lianbing.exams.conduct.rules import (
    Action,
    ConductPolicy,
    EventKind,
    Judgement,
    judge_event,
)
from lianbing.exams.models import Attempt

MOST_RECORDED = 1000
"""Events of one attempt that are kept; a page that reports more is flagged already."""
LONGEST_LEAVE = 12 * 3600


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """An event as the page numbered it, or the server (0 and less)."""

    number: int
    kind: EventKind
    seconds: int = 0
    device_clock: str = ""


def record_events(
    session: Session,
    policy: ConductPolicy,
    attempt: Attempt,
    events: Sequence[Event],
    *,
    device: int,
    now: datetime,
) -> list[Judgement]:
    """Record what is new of a locked attempt's events; what each new one came to."""
    known = set(
        session.scalars(
            select(IntegrityEvent.number).where(
                IntegrityEvent.attempt_id == attempt.id, IntegrityEvent.device == device
            )
        )
    )
    grave, total = _counts(session, attempt)
    judgements = []
    for event in events:
        if event.number in known or total >= MOST_RECORDED:
            continue
        known.add(event.number)
        total += 1
        judged = judge_event(
            policy, event.kind, lasted=timedelta(seconds=event.seconds), grave_before=grave
        )
        grave += judged.action is Action.HAND_IN
        judgements.append(judged)
        session.add(_row(attempt, event, judged, device, now))
    _mark(attempt, judgements, now)
    return judgements


def _counts(session: Session, attempt: Attempt) -> tuple[int, int]:
    rows = session.execute(
        select(IntegrityEvent.action, func.count())
        .where(IntegrityEvent.attempt_id == attempt.id)
        .group_by(IntegrityEvent.action)
    )
    counts: dict[str, int] = dict(rows.all())
    return counts.get(Action.HAND_IN.value, 0), sum(counts.values())


def _row(
    attempt: Attempt, event: Event, judged: Judgement, device: int, now: datetime
) -> IntegrityEvent:
    return IntegrityEvent(
        attempt_id=attempt.id,
        device=device,
        number=event.number,
        kind=event.kind.value,
        seconds=min(max(event.seconds, 0), LONGEST_LEAVE),
        action=judged.action.value,
        arrived_at=now,
        device_clock=event.device_clock,
    )


def _mark(attempt: Attempt, judgements: Sequence[Judgement], now: datetime) -> None:
    flagged = sum(judged.action in (Action.FLAG, Action.HAND_IN) for judged in judgements)
    if flagged:
        attempt.violations += flagged
        attempt.touched_at = now
