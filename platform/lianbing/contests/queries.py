"""Contests as frozen rows: notices, what concerns a person, what an organiser steers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, case, or_, select
from sqlalchemy.orm import Session

from lianbing.contests.eligibility import Condition, from_json
from lianbing.contests.errors import ContestNotFound
from lianbing.contests.models import Contest, ContestEntry, ContestEvent, ContestRound
from lianbing.contests.rules import (
    ContestKind,
    ContestLevel,
    ContestState,
    EntryState,
    Phase,
    Schedule,
    phase_of,
    state_with_exam,
)
from lianbing.exams.models import Exam
from lianbing.exams.rules import ExamState
from lianbing.exams.seating.make_up import original_of
from lianbing.infra.calendar import local_date
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.ids import ContestId, EventId, ExamId, OrganisationId, PersonId, SubjectId
from lianbing.leaderboards.rules import MaskPolicy
from lianbing.people.authority import reachable_ids
from lianbing.people.queries import organisation_names, person_facts, same_person_ids

PER_PAGE = 20
Joined = Row[Contest, ContestEvent, ContestRound, datetime, datetime, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class EventRow:
    """An event with its theory round and the state of its contest."""

    id: EventId
    contest_id: ContestId
    contest_state: ContestState
    title: str
    subject_id: SubjectId
    conditions: tuple[Condition, ...]
    exam_id: ExamId
    schedule: Schedule

    def phase(self, now: datetime) -> Phase:
        """What is going on at an instant."""
        return phase_of(self.contest_state, self.schedule, now)


@dataclass(frozen=True, kw_only=True, slots=True)
class ContestRow:
    """A contest with its notice and its event."""

    id: ContestId
    title: str
    organisation_id: OrganisationId
    organisation_name: str
    level: ContestLevel
    contest_class: str
    kind: ContestKind
    notice: str
    contact: str
    mask_policy: MaskPolicy
    state: ContestState
    cancelled_reason: str
    published_at: datetime | None
    event: EventRow


@dataclass(frozen=True, kw_only=True, slots=True)
class MyContestRow:
    """A contest in a worker's list."""

    contest: ContestRow
    phase: Phase
    entered: bool


def get_contest(session: Session, contest_id: ContestId) -> ContestRow:
    """A contest; raises ContestNotFound."""
    rows = _contest_rows(session, session.execute(_joined().where(Contest.id == contest_id)).all())
    if not rows:
        raise ContestNotFound
    return rows[0]


def get_event(session: Session, event_id: EventId) -> EventRow:
    """An event; raises ContestNotFound."""
    found = session.execute(_joined().where(ContestEvent.id == event_id)).first()
    if found is None:
        raise ContestNotFound
    return _event_row(found)


def find_contest_of_exam(session: Session, exam_id: ExamId) -> ContestRow | None:
    """The contest whose theory round an exam is, or makes up for."""
    original = original_of(session, exam_id)
    rows = session.execute(_joined().where(ContestRound.exam_id == original)).all()
    return next(iter(_contest_rows(session, rows)), None)


def list_my_contests(
    session: Session, person_id: PersonId, *, number: int = 1, now: datetime
) -> Page[MyContestRow]:
    """The public contests of one's organisations and those one entered; running ones first."""
    identities = same_person_ids(session, person_id)
    facts = person_facts(session, person_id, on=local_date(now))
    statement = (
        _joined()
        .where(
            Contest.state != ContestState.DRAFT.value,
            or_(
                Contest.organisation_id.in_(facts.organisation_ids),
                ContestEvent.id.in_(_entered(identities)),
            ),
        )
        .order_by(case((_running(now), 0), else_=1), Exam.closes_at.desc(), Contest.id.desc())
    )
    page = page_of(session, statement, number, per_page=PER_PAGE)
    contests = _contest_rows(session, page.rows)
    entered = entered_events(session, identities, [contest.event.id for contest in contests])
    return page.with_rows(
        [
            MyContestRow(
                contest=contest,
                phase=contest.event.phase(now),
                entered=contest.event.id in entered,
            )
            for contest in contests
        ]
    )


def list_managed_contests(session: Session, actor: Actor, *, number: int = 1) -> Page[ContestRow]:
    """The contests an organiser reaches, the newest first."""
    statement = (
        _joined()
        .where(Contest.organisation_id.in_(reachable_ids(actor, Role.ORGANISER)))
        .order_by(Contest.created_at.desc(), Contest.id.desc())
    )
    page = page_of(session, statement, number, per_page=PER_PAGE)
    return page.with_rows(_contest_rows(session, page.rows))


def list_open_contests(
    session: Session, person_id: PersonId, *, now: datetime, limit: int = 3
) -> list[ContestRow]:
    """Contests of one's organisations that may be entered now and are not; soonest close first."""
    identities = same_person_ids(session, person_id)
    facts = person_facts(session, person_id, on=local_date(now))
    statement = (
        _joined()
        .where(
            Contest.state == ContestState.PUBLISHED.value,
            Contest.registration_opens_at <= now,
            Contest.registration_closes_at > now,
            Contest.organisation_id.in_(facts.organisation_ids),
            ContestEvent.id.not_in(_entered(identities)),
        )
        .order_by(Contest.registration_closes_at, Contest.id)
        .limit(limit)
    )
    return _contest_rows(session, session.execute(statement).all())


def entered_events(
    session: Session, identities: Sequence[PersonId], event_ids: Sequence[EventId]
) -> set[EventId]:
    """In which of the events a person is registered."""
    found = session.scalars(_entered(identities).where(ContestEntry.event_id.in_(event_ids)))
    return {EventId(event_id) for event_id in found}


def list_entered_contests(
    session: Session, person_id: PersonId, *, limit: int = PER_PAGE
) -> list[ContestRow]:
    """The latest contests a person is registered in; all of them are in ``list_my_contests``."""
    identities = same_person_ids(session, person_id)
    statement = (
        _joined()
        .where(ContestEvent.id.in_(_entered(identities)))
        .order_by(Exam.opens_at.desc(), Contest.id.desc())
        .limit(limit)
    )
    return _contest_rows(session, session.execute(statement).all())


def _entered(identities: Sequence[PersonId]) -> Select[int]:
    return select(ContestEntry.event_id).where(
        ContestEntry.person_id.in_(identities),
        ContestEntry.state == EntryState.REGISTERED.value,
    )


def _running(now: datetime) -> ColumnElement[bool]:
    return (Contest.state == ContestState.PUBLISHED.value) & (Exam.closes_at > now)


def _joined() -> Select[Contest, ContestEvent, ContestRound, datetime, datetime, str]:
    return (
        select(Contest, ContestEvent, ContestRound, Exam.opens_at, Exam.closes_at, Exam.state)
        .join(ContestEvent, ContestEvent.contest_id == Contest.id)
        .join(ContestRound, ContestRound.event_id == ContestEvent.id)
        .join(Exam, Exam.id == ContestRound.exam_id)
    )


def _event_row(row: Joined) -> EventRow:
    contest, event, theory, exam_opens_at, exam_closes_at, exam_state = row
    return EventRow(
        id=EventId(event.id),
        contest_id=ContestId(contest.id),
        contest_state=state_with_exam(
            ContestState(contest.state),
            exam_published=exam_state == ExamState.PUBLISHED,
            exam_cancelled=exam_state == ExamState.CANCELLED,
        ),
        title=event.title,
        subject_id=SubjectId(event.subject_id),
        conditions=from_json(json.loads(event.conditions)),
        exam_id=ExamId(theory.exam_id),
        schedule=Schedule(
            registration_opens_at=contest.registration_opens_at,
            registration_closes_at=contest.registration_closes_at,
            exam_opens_at=exam_opens_at,
            exam_closes_at=exam_closes_at,
        ),
    )


def _contest_rows(session: Session, rows: Sequence[Joined]) -> list[ContestRow]:
    names = organisation_names(session, {OrganisationId(row[0].organisation_id) for row in rows})
    return [_contest_row(row, names) for row in rows]


def _contest_row(row: Joined, names: dict[OrganisationId, str]) -> ContestRow:
    contest, event = row[0], _event_row(row)
    host = OrganisationId(contest.organisation_id)
    return ContestRow(
        id=ContestId(contest.id),
        title=contest.title,
        organisation_id=host,
        organisation_name=names.get(host, ""),
        level=ContestLevel(contest.level),
        contest_class=contest.contest_class,
        kind=ContestKind(contest.kind),
        notice=contest.notice,
        contact=contest.contact,
        mask_policy=MaskPolicy(contest.mask_policy),
        state=event.contest_state,
        cancelled_reason=contest.cancelled_reason,
        published_at=contest.published_at,
        event=event,
    )
