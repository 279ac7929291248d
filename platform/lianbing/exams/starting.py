"""First starts by the batch: many waiting candidates, one INSERT.

Only the plain case is decided here: an enrolled person's first entry into an open exam, nothing
against it. Whatever else a ticket brings (a second device, a wrong code, a pause, time that
reaches beyond the exam's end) is left to ``sitting.enter``, which does it or says why not.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Table, insert, select
from sqlalchemy.orm import Session

from lianbing.exams.attempt_tokens import Seat, Ticket
from lianbing.exams.conduct.admission import Doorway, check_doorway, device_row
from lianbing.exams.entering import fresh_attempt, refuse_outside
from lianbing.exams.fairness.deadlines import last_final_at
from lianbing.exams.fairness.queries import Grant, grants_of_many, sum_grants, told_before
from lianbing.exams.models import Attempt, AttemptDevice, Exam, ExamCandidate
from lianbing.exams.rules import ExamState
from lianbing.exams.seating.admission import list_seat_facts
from lianbing.exams.seating.rules import SeatFacts, decide_admission
from lianbing.infra.calendar import local_date
from lianbing.infra.upsert import insert_for
from lianbing.kernel.errors import DomainError
from lianbing.kernel.ids import AttemptId, ExamId, PaperId, PersonId
from lianbing.people.queries import live_sessions, with_identities

Rostered = Row[int, int, int, int, int, int | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Entrance:
    """A candidate's click in the waiting room: the ticket, the doorway, when it arrived."""

    ticket: Ticket
    doorway: Doorway
    arrived_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """An attempt that has begun; ``ask``: there is more its page must ask for, as notices."""

    seat: Seat
    order_seed: int
    shuffle_questions: bool
    shuffle_options: bool
    due_at: datetime
    larger_text: bool
    ask: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _Facts:
    """What the batch read before it decides."""

    exams: Mapping[int, Exam]
    roster: Mapping[int, Rostered]
    grants: Sequence[Grant]
    told: set[tuple[int, int | None]]
    seats: Mapping[tuple[int, int], SeatFacts]
    identities: Mapping[int, set[int]]


def start_many(session: Session, entrances: Sequence[Entrance]) -> list[Started | None]:
    """Start what is plain, in few statements; None in the place of what is not."""
    facts = _read_facts(session, entrances)
    wanted: dict[tuple[int, int], tuple[Entrance, dict[str, Any]]] = {}
    for entrance in entrances:
        values = _plain_start(entrance, facts)
        if values is not None:
            # Of two clicks of one person in a batch the first starts, the other continues.
            wanted.setdefault((values["exam_id"], values["person_id"]), (entrance, values))
    made = _insert(session, [values for _, values in wanted.values()])
    started = {
        id(wanted[key][0]): _started(wanted[key], facts, attempt_id)
        for key, attempt_id in made.items()
    }
    devices = [
        device_row(attempt_id, 1, wanted[key][0].doorway, now=wanted[key][0].arrived_at)
        for key, attempt_id in made.items()
    ]
    if devices:
        session.execute(insert(cast(Table, AttemptDevice.__table__)), devices)
    return [started.get(id(entrance)) for entrance in entrances]


def _read_facts(session: Session, entrances: Sequence[Entrance]) -> _Facts:
    tickets = [entrance.ticket for entrance in entrances]
    exam_ids = {ticket.exam_id for ticket in tickets}
    person_ids = {person_id for ticket in tickets for person_id in ticket.person_ids}
    # The exams first and locked: who pauses or extends one waits for this batch, or it for them.
    exams = session.scalars(
        select(Exam)
        .where(Exam.id.in_(exam_ids))
        .order_by(Exam.id)
        .with_for_update(read=True, key_share=True)
    ).all()
    arrived_at = entrances[0].arrived_at
    sessions = {ticket.session_id for ticket in tickets if ticket.session_id is not None}
    alive = live_sessions(session, sessions, now=arrived_at)
    candidates = {ticket.candidate_id for ticket in tickets if ticket.session_id in alive}
    roster = _read_roster(session, candidates)
    identities: dict[int, set[int]] = {}
    for row in roster:
        own = identities.setdefault(row.id, {row.kept_id})
        own.update(() if row.absorbed_id is None else (row.absorbed_id,))
    seated = [exam.id for exam in exams if not exam.plain_admission]
    return _Facts(
        seats=list_seat_facts(session, seated, person_ids) if seated else {},
        exams={exam.id: exam for exam in exams},
        roster={row.id: row for row in roster},
        identities=identities,
        grants=grants_of_many(session, exam_ids, person_ids, on=local_date(arrived_at)),
        told=told_before(session, exam_ids, person_ids),
    )


def _read_roster(session: Session, candidate_ids: Collection[int]) -> Sequence[Rostered]:
    """The candidates' rows; one row for every identity merged into a candidate's."""
    statement = select(
        ExamCandidate.id,
        ExamCandidate.exam_id,
        ExamCandidate.person_id,
        ExamCandidate.order_seed,
    ).where(ExamCandidate.id.in_(candidate_ids))
    return session.execute(with_identities(statement, ExamCandidate.person_id)).all()


def _plain_start(entrance: Entrance, facts: _Facts) -> dict[str, Any] | None:
    """The columns of the attempt; None where ``sitting.enter`` has to look."""
    ticket = entrance.ticket
    exam, row = facts.exams.get(ticket.exam_id), facts.roster.get(ticket.candidate_id)
    if exam is None or row is None or exam.state == ExamState.CANCELLED:
        return None
    if row.exam_id != ticket.exam_id or row.person_id not in ticket.person_ids:
        return None
    if set(ticket.person_ids) != facts.identities[row.id]:
        return None  # merged or parted since the ticket: grants of other identities may hold
    if not exam.plain_admission:
        seat = facts.seats.get((exam.id, row.person_id))
        if decide_admission(seat, at=entrance.arrived_at) is not None:
            return None
    try:
        refuse_outside(exam, entrance.arrived_at)
        check_doorway(exam, entrance.doorway)
    except DomainError:
        return None
    values = fresh_attempt(
        exam,
        person_id=row.person_id,
        order_seed=row.order_seed,
        granted=sum_grants(facts.grants, ticket.exam_id, ticket.person_ids),
        arrived_at=entrance.arrived_at,
    )
    return values if values["final_at"] <= last_final_at(exam) else None


def _insert(session: Session, rows: Sequence[dict[str, Any]]) -> dict[tuple[int, int], int]:
    """Insert attempts of persons who have none; the new ids by exam and person."""
    if not rows:
        return {}
    ordered = sorted(rows, key=lambda row: (row["exam_id"], row["person_id"]))
    table = cast(Table, Attempt.__table__)
    made = session.execute(
        insert_for(session, table)
        .on_conflict_do_nothing(index_elements=["exam_id", "person_id"])
        .returning(table.c.exam_id, table.c.person_id, table.c.id),
        ordered,
    )
    return {(exam_id, person_id): id_ for exam_id, person_id, id_ in made}


def _started(begun: tuple[Entrance, dict[str, Any]], facts: _Facts, attempt_id: int) -> Started:
    entrance, values = begun
    exam = facts.exams[values["exam_id"]]
    told = {(exam.id, None), *((exam.id, id_) for id_ in entrance.ticket.person_ids)}
    return Started(
        seat=Seat(
            attempt_id=AttemptId(attempt_id),
            exam_id=ExamId(exam.id),
            person_id=PersonId(values["person_id"]),
            paper_id=PaperId(exam.paper_id),
            device=1,
        ),
        order_seed=values["order_seed"],
        shuffle_questions=exam.shuffle_questions,
        shuffle_options=exam.shuffle_options,
        due_at=values["due_at"],
        larger_text=values["larger_text"],
        ask=values["break_left_seconds"] > 0 or not told.isdisjoint(facts.told),
    )
