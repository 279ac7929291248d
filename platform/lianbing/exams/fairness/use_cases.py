"""Granting and taking back accommodations (照顾措施): once a person, for every exam."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.exams.fairness.errors import AccommodationNotFound, BadAccommodation
from lianbing.exams.fairness.models import Accommodation
from lianbing.exams.fairness.queries import GRANTERS
from lianbing.exams.fairness.rules import Grant, grant_faults
from lianbing.infra import audit
from lianbing.infra.calendar import local_date
from lianbing.infra.crypto import Keyring
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import PersonId
from lianbing.people.authority import require_over_person
from lianbing.people.queries import same_person_ids


@dataclass(frozen=True, kw_only=True, slots=True)
class AccommodationPlan:
    """What is granted, on what evidence, and from which to which day, both included."""

    person_id: PersonId
    valid_from: date
    valid_to: date | None = None
    evidence: str
    grant: Grant = field(default_factory=Grant)


def grant_accommodation(
    session: Session, actor: Actor, plan: AccommodationPlan, *, keyring: Keyring, now: datetime
) -> int:
    """Grant an accommodation to a person in reach; it holds for exams started from now on."""
    kept = same_person_ids(session, plan.person_id)[0]
    require_over_person(session, actor, *GRANTERS, person_id=kept, on=local_date(now))
    faults = grant_faults(plan.grant, valid_from=plan.valid_from, valid_to=plan.valid_to)
    if faults:
        raise BadAccommodation(why=faults[0])
    made = Accommodation(
        person_id=kept,
        multiplier=plan.grant.multiplier,
        break_seconds=int(plan.grant.break_time.total_seconds()),
        larger_text=plan.grant.larger_text,
        evidence_sealed=keyring.encrypt(plan.evidence),
        valid_from=plan.valid_from,
        valid_to=plan.valid_to,
        granted_by=actor.person_id,
        granted_at=now,
    )
    session.add(made)
    session.flush()
    audit.record(session, actor, "accommodation.grant", subject=("accommodation", made.id), now=now)
    return made.id


def revoke_accommodation(
    session: Session, actor: Actor, accommodation_id: int, *, now: datetime
) -> None:
    """Take an accommodation back; attempts that have started keep what they got."""
    found = _locked(session, accommodation_id)
    require_over_person(
        session, actor, *GRANTERS, person_id=PersonId(found.person_id), on=local_date(now)
    )
    found.revoked_at = now
    found.revoked_by = actor.person_id
    audit.record(
        session, actor, "accommodation.revoke", subject=("accommodation", found.id), now=now
    )


def read_evidence(
    session: Session, actor: Actor, accommodation_id: int, *, keyring: Keyring, now: datetime
) -> str:
    """The evidence in clear, for a granter in reach; each reading leaves an audit row."""
    found = _locked(session, accommodation_id)
    require_over_person(
        session, actor, *GRANTERS, person_id=PersonId(found.person_id), on=local_date(now)
    )
    audit.record(
        session, actor, "accommodation.read_evidence", subject=("accommodation", found.id), now=now
    )
    return keyring.decrypt(found.evidence_sealed)


def _locked(session: Session, accommodation_id: int) -> Accommodation:
    found = session.scalars(
        select(Accommodation)
        .where(Accommodation.id == accommodation_id, Accommodation.revoked_at.is_(None))
        .with_for_update()
    ).one_or_none()
    if found is None:
        raise AccommodationNotFound
    return found
