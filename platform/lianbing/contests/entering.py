"""A worker's entry in an event: register, withdraw. Constraints guard it, never a prior count."""

import json
from datetime import datetime
from typing import cast

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from lianbing.contests.eligibility import (
    ConditionResult,
    check_eligibility,
    places_per_unit,
    to_json,
)
from lianbing.contests.errors import (
    ContestNotFound,
    ExamHasOpened,
    NotEligible,
    RegistrationClosed,
    UnitFull,
)
from lianbing.contests.models import ContestEntry, ContestUnitPlaces
from lianbing.contests.queries import EventRow, get_event
from lianbing.contests.rules import EntryState, is_registration_open
from lianbing.exams import use_cases as exams
from lianbing.infra import audit
from lianbing.infra.calendar import local_date
from lianbing.infra.upsert import insert_for
from lianbing.kernel.actor import SYSTEM, Actor
from lianbing.kernel.ids import EventId, OrganisationId, PersonId
from lianbing.people.queries import homes_of, person_facts, same_person_ids


def register(session: Session, actor: Actor, event_id: EventId, *, now: datetime) -> None:
    """Enter the actor in an event and its theory exam; doing it again changes nothing."""
    event = get_event(session, event_id)
    if not is_registration_open(event.contest_state, event.schedule, now):
        raise RegistrationClosed
    identities = _identities(session, actor)
    if _registered(session, event_id, identities):
        return
    person_id = identities[0]
    facts = person_facts(session, person_id, on=local_date(now))
    results = check_eligibility(event.conditions, facts, local_date(now))
    if not all(result.met for result in results):
        raise NotEligible
    home = homes_of(session, [person_id]).get(person_id)
    unit_id = home.unit_id if home else None
    if not _enter(session, event_id, person_id, unit_id, results, now):
        return  # another request of the same person was quicker
    if unit_id is not None:
        _take_place(session, event, unit_id)
    exams.enrol(session, SYSTEM, event.exam_id, [person_id], now=now)
    audit.record(session, actor, "contest.register", subject=("contest_event", event_id), now=now)


def withdraw(session: Session, actor: Actor, event_id: EventId, *, now: datetime) -> None:
    """Take the actor's entry back while registration is open; again changes nothing."""
    event = get_event(session, event_id)
    if not is_registration_open(event.contest_state, event.schedule, now):
        raise RegistrationClosed
    if now >= event.schedule.exam_opens_at:
        raise ExamHasOpened
    identities = _identities(session, actor)
    withdrawn = session.execute(
        update(ContestEntry)
        .where(
            ContestEntry.event_id == event_id,
            ContestEntry.person_id.in_(identities),
            ContestEntry.state == EntryState.REGISTERED.value,
        )
        .values(state=EntryState.WITHDRAWN.value, withdrawn_at=now)
        .returning(ContestEntry.person_id, ContestEntry.unit_id)
        .execution_options(synchronize_session=False)
    ).all()
    for person_id, unit_id in withdrawn:
        if unit_id is not None:
            _free_place(session, event_id, OrganisationId(unit_id))
        exams.strike_off(session, SYSTEM, event.exam_id, [PersonId(person_id)], now=now)
        audit.record(
            session, actor, "contest.withdraw", subject=("contest_event", event_id), now=now
        )


def _identities(session: Session, actor: Actor) -> tuple[PersonId, ...]:
    if actor.person_id is None:
        raise ContestNotFound
    return same_person_ids(session, actor.person_id)


def _registered(session: Session, event_id: EventId, identities: tuple[PersonId, ...]) -> bool:
    found = session.scalar(
        select(ContestEntry.id).where(
            ContestEntry.event_id == event_id,
            ContestEntry.person_id.in_(identities),
            ContestEntry.state == EntryState.REGISTERED.value,
        )
    )
    return found is not None


def _enter(
    session: Session,
    event_id: EventId,
    person_id: PersonId,
    unit_id: OrganisationId | None,
    results: list[ConditionResult],
    now: datetime,
) -> bool:
    """Insert the entry, or bring a withdrawn one back; False when it is registered already."""
    statement = insert_for(session, cast(Table, ContestEntry.__table__)).values(
        event_id=event_id,
        person_id=person_id,
        unit_id=unit_id,
        state=EntryState.REGISTERED.value,
        registered_at=now,
        withdrawn_at=None,
        eligibility=_snapshot(results, now),
    )
    changing = ("unit_id", "state", "registered_at", "withdrawn_at", "eligibility")
    entered = session.execute(
        statement.on_conflict_do_update(
            index_elements=["event_id", "person_id"],
            set_={name: statement.excluded[name] for name in changing},
            where=ContestEntry.state == EntryState.WITHDRAWN.value,
        ).returning(ContestEntry.id)
    )
    return entered.scalar_one_or_none() is not None


def _snapshot(results: list[ConditionResult], now: datetime) -> str:
    conditions = to_json([result.condition for result in results])
    return json.dumps(
        {
            "checked_at": now.isoformat(),
            "conditions": [
                {"condition": condition, "outcome": result.why.value}
                for condition, result in zip(conditions, results, strict=True)
            ],
        },
        ensure_ascii=False,
    )


def _take_place(session: Session, event: EventRow, unit_id: OrganisationId) -> None:
    """Count one more entry of the unit, unless it has its places: one row, one statement."""
    limit = places_per_unit(event.conditions)
    statement = insert_for(session, cast(Table, ContestUnitPlaces.__table__)).values(
        event_id=event.id, unit_id=unit_id, taken=1
    )
    taken = session.execute(
        statement.on_conflict_do_update(
            index_elements=["event_id", "unit_id"],
            set_={"taken": ContestUnitPlaces.taken + 1},
            where=None if limit is None else ContestUnitPlaces.taken < limit,
        ).returning(ContestUnitPlaces.taken)
    )
    if taken.scalar_one_or_none() is None:
        raise UnitFull


def _free_place(session: Session, event_id: EventId, unit_id: OrganisationId) -> None:
    session.execute(
        update(ContestUnitPlaces)
        .where(ContestUnitPlaces.event_id == event_id, ContestUnitPlaces.unit_id == unit_id)
        .values(taken=ContestUnitPlaces.taken - 1)
    )
