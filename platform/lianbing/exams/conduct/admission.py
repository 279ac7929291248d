"""Who may come in: the access code, the address, and what a change of either tells."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lianbing.exams.conduct.errors import OutsideNetwork, WrongAccessCode
from lianbing.exams.conduct.models import IntegrityEvent
from lianbing.exams.conduct.queries import networks_of, policy_of
from lianbing.exams.conduct.recording import Event, record_events
from lianbing.exams.conduct.rules import EventKind, is_inside, is_right_code
from lianbing.exams.models import Attempt, AttemptDevice, Exam


@dataclass(frozen=True, kw_only=True, slots=True)
class Doorway:
    """What an entry shows of itself: browser, network address, access code."""

    user_agent: str = ""
    address: str = ""
    access_code: str = ""


def check_doorway(exam: Exam, doorway: Doorway) -> None:
    """Raise OutsideNetwork or WrongAccessCode for who may not come in here."""
    if not is_inside(doorway.address, networks_of(exam)):
        raise OutsideNetwork
    if not is_right_code(exam.access_code, doorway.access_code):
        raise WrongAccessCode


def note_device(
    session: Session, exam: Exam, attempt: Attempt, doorway: Doorway, *, now: datetime
) -> None:
    """Keep which device an attempt was entered from, and what changed since the one before."""
    if attempt.device > 1:
        _note_changes(session, exam, attempt, doorway, now=now)
    session.add(AttemptDevice(**device_row(attempt.id, attempt.device, doorway, now=now)))


def device_row(
    attempt_id: int, number: int, doorway: Doorway, *, now: datetime
) -> dict[str, object]:
    """The columns that tell from where an attempt was entered."""
    return {
        "attempt_id": attempt_id,
        "number": number,
        "entered_at": now,
        "user_agent": doorway.user_agent[:300],
        "address": doorway.address[:45],
    }


def _note_changes(
    session: Session, exam: Exam, attempt: Attempt, doorway: Doorway, *, now: datetime
) -> None:
    before = session.get(AttemptDevice, (attempt.id, attempt.device - 1))
    if before is None:
        return
    kinds = [EventKind.SECOND_SIGN_IN]
    if before.user_agent != doorway.user_agent[:300]:
        kinds.append(EventKind.DEVICE_CHANGED)
    if before.address != doorway.address[:45]:
        kinds.append(EventKind.ADDRESS_CHANGED)
    lowest = session.scalar(
        select(func.min(IntegrityEvent.number)).where(
            IntegrityEvent.attempt_id == attempt.id, IntegrityEvent.device == attempt.device
        )
    )
    first = min(lowest or 0, 0)
    events = [Event(number=first - place, kind=kind) for place, kind in enumerate(kinds)]
    record_events(session, policy_of(exam), attempt, events, device=attempt.device, now=now)
