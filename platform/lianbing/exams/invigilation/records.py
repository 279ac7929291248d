"""What happened to one attempt, for the invigilator's page: devices, and steps taken."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.exams.models import AttemptDevice
from lianbing.infra.audit import AuditEntry
from lianbing.kernel.ids import AttemptId, PersonId
from lianbing.people.queries import person_names


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceRow:
    """A device the attempt was entered from."""

    number: int
    entered_at: datetime
    user_agent: str
    address: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StepRow:
    """A recorded step about the attempt: what, by whom, why."""

    at: datetime
    action: str
    by: str
    reason: str


def list_devices(session: Session, attempt_id: AttemptId) -> list[DeviceRow]:
    """The devices in the order they were entered from; at most 100."""
    rows = session.scalars(
        select(AttemptDevice)
        .where(AttemptDevice.attempt_id == attempt_id)
        .order_by(AttemptDevice.number)
        .limit(100)
    )
    return [
        DeviceRow(
            number=row.number,
            entered_at=row.entered_at,
            user_agent=row.user_agent,
            address=row.address,
        )
        for row in rows
    ]


def list_steps(session: Session, attempt_id: AttemptId) -> list[StepRow]:
    """What invigilators did about the attempt, newest first; at most 100."""
    rows = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject_type == "attempt", AuditEntry.subject_id == attempt_id)
        .order_by(AuditEntry.id.desc())
        .limit(100)
    ).all()
    names = person_names(
        session, [PersonId(row.actor_person_id) for row in rows if row.actor_person_id]
    )
    return [
        StepRow(
            at=row.at,
            action=row.action,
            by=names.get(PersonId(row.actor_person_id), "") if row.actor_person_id else "",
            reason=row.reason,
        )
        for row in rows
    ]
