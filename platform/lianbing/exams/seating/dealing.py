"""Seats are dealt by the rules, published, moved and swapped by hand, and found for latecomers."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from lianbing.exams.fairness.queries import accommodated_ids
from lianbing.exams.models import Exam, ExamCandidate
from lianbing.exams.seating.errors import (
    BadSeating,
    NotEnoughSeats,
    NotEnoughSeatsApart,
    NothingDealt,
)
from lianbing.exams.seating.models import ExamBatch, ExamSeat, ExamSeating
from lianbing.exams.seating.planning import clear_deal, lock_draft
from lianbing.exams.seating.queries import (
    count_unseated,
    list_batches,
    list_rooms,
)
from lianbing.exams.seating.rules import RoomPlan, Sitter, TooFewSeats, deal_seats, free_places
from lianbing.infra import audit
from lianbing.infra.calendar import local_date
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import N_
from lianbing.kernel.ids import ExamId, PersonId
from lianbing.people.queries import homes_of, kept_ids

SEED_BITS = 48
CHUNK = 5000


def deal(
    session: Session, actor: Actor, exam_id: ExamId, *, now: datetime, seed: int | None = None
) -> int:
    """Deal the whole roster's seats, anew if they were dealt; return how many.

    Without any batch planned, the exam's own window is the one batch.
    """
    exam, plan = lock_draft(session, actor, exam_id, now=now)
    prepare(session, exam)
    seed = new_seed() if seed is None else seed
    rows = dealt_rows(session, exam, seed=seed)
    clear_deal(session, plan)
    for start in range(0, len(rows), CHUNK):
        session.execute(insert(ExamSeat), rows[start : start + CHUNK])
    note_dealt(session, actor, plan, seed=seed, seats=len(rows), now=now)
    return len(rows)


def new_seed() -> int:
    """A seed nobody chose."""
    return secrets.randbits(SEED_BITS)


def prepare(session: Session, exam: Exam) -> None:
    """Raise BadSeating without a room; without a batch, plan the exam's window as the one."""
    exam_id = ExamId(exam.id)
    if not _rooms(session, exam_id):
        raise BadSeating(why=N_("plan a room first"))
    if not list_batches(session, exam_id):
        whole = ExamBatch(exam_id=exam_id, opens_at=exam.opens_at, closes_at=exam.closes_at)
        session.add(whole)
        session.flush()


def dealt_rows(session: Session, exam: Exam, *, seed: int) -> list[dict[str, int]]:
    """The roster's seats as rows to insert; raises NotEnoughSeats, NotEnoughSeatsApart."""
    exam_id = ExamId(exam.id)
    roster = _roster(session, exam_id)
    batch_ids = [batch.id for batch in list_batches(session, exam_id)]
    sitters = _sitters(session, exam, roster)
    try:
        dealt = deal_seats(sitters, _rooms(session, exam_id), batch_ids, seed=seed)
    except TooFewSeats as error:
        kind = NotEnoughSeatsApart if error.accommodated else NotEnoughSeats
        raise kind(wanted=error.wanted, seats=error.seats) from error
    return [
        {
            "candidate_id": one.candidate_id,
            "exam_id": exam_id,
            "person_id": roster[one.candidate_id],
            "batch_id": one.batch_id,
            "room_id": one.room_id,
            "number": one.number,
        }
        for one in dealt
    ]


def note_dealt(
    session: Session, actor: Actor, plan: ExamSeating, *, seed: int, seats: int, now: datetime
) -> None:
    """Say in plan and audit that all seats are dealt."""
    plan.seed, plan.dealt_at = seed, now
    audit.record(
        session,
        actor,
        "seating.deal",
        subject=("exam", plan.exam_id),
        now=now,
        details={"seed": seed, "seats": seats},
    )


def publish_plan(session: Session, actor: Actor, exam_id: ExamId, *, now: datetime) -> None:
    """Publish the plan: tickets show, and from now on the batch decides who may begin when."""
    exam, plan = lock_draft(session, actor, exam_id, now=now)
    if plan.dealt_at is None:
        raise NothingDealt
    left = _seat_the_unseated(session, exam)
    if left:
        seats = sum(room.seats for room in list_rooms(session, exam_id))
        total = seats * len(list_batches(session, exam_id))
        raise NotEnoughSeats(wanted=total + left, seats=total)
    plan.published_at = now
    exam.plain_admission = False
    audit.record(session, actor, "seating.publish", subject=("exam", exam_id), now=now)


def seat_latecomers(session: Session, exam: Exam) -> int:
    """Give who was enrolled after publication the next free seat; return for how many none is.

    Called under the exam's lock, by enrolment.
    """
    return 0 if exam.plain_admission else _seat_the_unseated(session, exam)


def unseat(session: Session, exam_id: ExamId, person_ids: Sequence[int]) -> None:
    """Take the seats of persons who leave the roster; called under the exam's lock."""
    session.execute(
        delete(ExamSeat).where(ExamSeat.exam_id == exam_id, ExamSeat.person_id.in_(person_ids))
    )


def _seat_the_unseated(session: Session, exam: Exam) -> int:
    exam_id = ExamId(exam.id)
    if not count_unseated(session, exam_id):
        return 0
    roster = _roster(session, exam_id)
    seated = session.execute(
        select(ExamSeat.candidate_id, ExamSeat.batch_id, ExamSeat.room_id, ExamSeat.number).where(
            ExamSeat.exam_id == exam_id
        )
    ).all()
    taken = {(batch, room, number) for _, batch, room, number in seated}
    have = {candidate for candidate, *_ in seated}
    new = {id_: person for id_, person in roster.items() if id_ not in have}
    rooms = _rooms(session, exam_id)
    batch_ids = [batch.id for batch in list_batches(session, exam_id)]
    places = {
        apart: free_places(rooms, batch_ids, taken, accommodated=apart) for apart in (True, False)
    }
    left = 0
    for sitter in _sitters(session, exam, new):
        place = next(places[sitter.accommodated], None)
        if place is None:
            left += 1
            continue
        taken.add(place)
        session.add(
            ExamSeat(
                candidate_id=sitter.candidate_id,
                exam_id=exam_id,
                person_id=new[sitter.candidate_id],
                batch_id=place[0],
                room_id=place[1],
                number=place[2],
            )
        )
    session.flush()
    return left


def _rooms(session: Session, exam_id: ExamId) -> list[RoomPlan]:
    return [
        RoomPlan(room_id=room.id, seats=room.seats, for_accommodated=room.for_accommodated)
        for room in list_rooms(session, exam_id)
    ]


def _roster(session: Session, exam_id: ExamId) -> dict[int, PersonId]:
    rows = session.execute(
        select(ExamCandidate.id, ExamCandidate.person_id)
        .where(ExamCandidate.exam_id == exam_id)
        .order_by(ExamCandidate.id)
    )
    return {id_: PersonId(person_id) for id_, person_id in rows}


def _sitters(session: Session, exam: Exam, roster: dict[int, PersonId]) -> list[Sitter]:
    """The candidates with where they count on the exam's day, and who is accommodated then."""
    day = local_date(exam.opens_at)
    homes = homes_of(session, list(roster.values()), on=day)
    granted = accommodated_ids(session, on=day)
    accommodated = set(kept_ids(session, granted).values())
    kept = kept_ids(session, list(roster.values()))
    sitters = []
    for candidate_id, person_id in roster.items():
        home = homes.get(person_id)
        sitters.append(
            Sitter(
                candidate_id=candidate_id,
                unit=(home.unit_id or home.organisation_id) if home else 0,
                team=(home.team_id or home.organisation_id) if home else 0,
                accommodated=kept[person_id] in accommodated,
            )
        )
    return sitters
