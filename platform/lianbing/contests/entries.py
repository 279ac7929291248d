"""Entries as read: the own standing with its conditions, an organiser's list by unit."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lianbing.contests.eligibility import ConditionResult, check_eligibility
from lianbing.contests.models import ContestEntry, ContestUnitPlaces
from lianbing.contests.queries import EventRow, entered_events
from lianbing.contests.rules import EntryState, is_registration_open
from lianbing.infra.calendar import local_date
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.ids import EventId, OrganisationId, PersonId
from lianbing.people.queries import homes_of, organisation_names, person_facts, same_person_ids

EXPORT_BATCH = 1000
MOST_UNITS = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class MyEntry:
    """Where a person stands with an event, condition by condition."""

    entered: bool
    results: tuple[ConditionResult, ...]
    registration_open: bool
    exam_started: bool

    @property
    def eligible(self) -> bool:
        """Whether every condition is met."""
        return all(result.met for result in self.results)

    @property
    def can_register(self) -> bool:
        return self.registration_open and self.eligible and not self.entered

    @property
    def can_withdraw(self) -> bool:
        return self.registration_open and self.entered and not self.exam_started


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryRow:
    """An entry in an organiser's list; names come from ``people``."""

    person_id: PersonId
    unit_id: OrganisationId | None
    state: EntryState
    registered_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitCount:
    """How many of a unit are registered; ``unit_id`` None for those without a unit."""

    unit_id: OrganisationId | None
    name: str
    registered: int


def my_entry(session: Session, event: EventRow, person_id: PersonId, *, now: datetime) -> MyEntry:
    """A person's own standing with an event today."""
    identities = same_person_ids(session, person_id)
    facts = person_facts(session, person_id, on=local_date(now))
    entered = event.id in entered_events(session, identities, [event.id])
    others = 0 if entered else _taken_in_unit(session, event.id, person_id)
    results = check_eligibility(event.conditions, facts, local_date(now), unit_entries=others)
    return MyEntry(
        entered=entered,
        results=tuple(results),
        registration_open=is_registration_open(event.contest_state, event.schedule, now),
        exam_started=now >= event.schedule.exam_opens_at,
    )


def list_entries(
    session: Session,
    event_id: EventId,
    *,
    unit_id: OrganisationId | None = None,
    number: int = 1,
) -> Page[EntryRow]:
    """The entries of an event, or of one unit, in the order of registration."""
    page = page_of(session, _entries(event_id, unit_id), number)
    return page.with_rows([_entry_row(row[0]) for row in page.rows])


def all_entries(
    session: Session, event_id: EventId, *, unit_id: OrganisationId | None = None
) -> Iterator[list[EntryRow]]:
    """Every entry for an export, in batches of at most ``EXPORT_BATCH``."""
    number = 1
    while True:
        page = page_of(session, _entries(event_id, unit_id), number, per_page=EXPORT_BATCH)
        if page.rows:
            yield [_entry_row(row[0]) for row in page.rows]
        if not page.has_next:
            return
        number += 1


def count_by_unit(session: Session, event_id: EventId) -> list[UnitCount]:
    """How many each unit has registered, most first; at most ``MOST_UNITS`` units."""
    found = session.execute(
        select(ContestEntry.unit_id, func.count())
        .where(
            ContestEntry.event_id == event_id,
            ContestEntry.state == EntryState.REGISTERED.value,
        )
        .group_by(ContestEntry.unit_id)
        .order_by(func.count().desc(), ContestEntry.unit_id)
        .limit(MOST_UNITS)
    ).all()
    units = {OrganisationId(unit_id) for unit_id, _ in found if unit_id is not None}
    names = organisation_names(session, units)
    return [
        UnitCount(
            unit_id=None if unit_id is None else OrganisationId(unit_id),
            name="" if unit_id is None else names.get(OrganisationId(unit_id), ""),
            registered=count,
        )
        for unit_id, count in found
    ]


def count_registered(session: Session, event_id: EventId) -> tuple[int, int]:
    """How many are registered, and from how many units."""
    row = session.execute(
        select(func.count(), func.count(func.distinct(ContestEntry.unit_id))).where(
            ContestEntry.event_id == event_id,
            ContestEntry.state == EntryState.REGISTERED.value,
        )
    ).one()
    return row[0], row[1]


def _taken_in_unit(session: Session, event_id: EventId, person_id: PersonId) -> int:
    home = homes_of(session, [person_id]).get(person_id)
    if home is None or home.unit_id is None:
        return 0
    taken = session.scalar(
        select(ContestUnitPlaces.taken).where(
            ContestUnitPlaces.event_id == event_id, ContestUnitPlaces.unit_id == home.unit_id
        )
    )
    return taken or 0


def _entries(event_id: EventId, unit_id: OrganisationId | None) -> Select[ContestEntry]:
    statement = (
        select(ContestEntry)
        .where(ContestEntry.event_id == event_id)
        .order_by(ContestEntry.registered_at, ContestEntry.id)
    )
    return statement if unit_id is None else statement.where(ContestEntry.unit_id == unit_id)


def _entry_row(entry: ContestEntry) -> EntryRow:
    return EntryRow(
        person_id=PersonId(entry.person_id),
        unit_id=None if entry.unit_id is None else OrganisationId(entry.unit_id),
        state=EntryState(entry.state),
        registered_at=entry.registered_at,
    )
