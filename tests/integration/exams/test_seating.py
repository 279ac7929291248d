"""Rooms, batches and seats on both databases: dealt, published, moved, asked for on entering."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, enter
from tests.people_factory import make_person
from tests.seating_factory import SEED, SeatingWorld, make_seating

from lianbing.exams.fairness.models import Accommodation
from lianbing.exams.queries import CandidateStanding, get_exam, standing_of
from lianbing.exams.seating import dealing, moving, planning
from lianbing.exams.seating.errors import (
    AlreadyBegun,
    BadSeating,
    BatchNotOpen,
    BatchOver,
    BatchTaken,
    NoSeat,
    NotEnoughSeats,
    NothingDealt,
    PlanPublished,
    PlanTooLate,
    RoomNameTaken,
    SeatTaken,
)
from lianbing.exams.seating.models import ExamSeat
from lianbing.exams.seating.planning import NewRoom
from lianbing.exams.seating.queries import count_unseated, find_plan
from lianbing.exams.use_cases import enrol, strike_off
from lianbing.infra.audit import AuditEntry
from lianbing.infra.database import transaction
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import DomainError, Forbidden
from lianbing.kernel.ids import OrganisationId, PersonId


def deal(world: SeatingWorld, *, minutes: float = -60, seed: int | None = SEED) -> int:
    with transaction() as session:
        return dealing.deal(
            session, world.exam.organiser, world.id, now=world.at(minutes), seed=seed
        )


def places(session: Session, world: SeatingWorld) -> set[tuple[int, int, int, int]]:
    return {
        (seat.person_id, seat.batch_id, seat.room_id, seat.number)
        for seat in session.scalars(select(ExamSeat).where(ExamSeat.exam_id == world.id))
    }


def test_the_stored_seed_deals_the_same_seats_again(session: Session) -> None:
    world = make_seating(session, published=False)
    first = places(session, world)
    assert len(first) == 6
    assert Counter((batch, room) for _, batch, room, _ in first) == Counter(
        {
            (batch, room): count
            for batch, room, count in zip(
                (world.batches[0], world.batches[0], world.batches[1], world.batches[1]),
                world.rooms * 2,
                (2, 2, 1, 1),
                strict=True,
            )
        }
    )
    deal(world, seed=SEED + 1)
    assert places(session, world) != first
    assert find_plan(session, world.id).seed == SEED + 1
    deal(world, seed=SEED)
    session.expire_all()
    assert places(session, world) == first


def test_a_published_plan_is_not_dealt_again(session: Session) -> None:
    world = make_seating(session)
    with pytest.raises(PlanPublished):
        deal(world)
    with transaction() as writing:
        planning.withdraw_plan(writing, world.exam.organiser, world.id, now=world.at(-30))
    assert deal(world) == 6


def test_a_plan_is_not_changed_after_the_opening(session: Session) -> None:
    world = make_seating(session, published=False)
    with pytest.raises(PlanTooLate):
        deal(world, minutes=0)


def test_too_few_seats_are_named_and_nothing_is_dealt(session: Session) -> None:
    world = make_seating(session, candidates=5, seats=(1, 1), batches=2, dealt=False)
    with pytest.raises(NotEnoughSeats) as refused:
        deal(world)
    assert refused.value.params == {"wanted": 5, "seats": 4}
    assert places(session, world) == set()
    with pytest.raises(NothingDealt), transaction() as writing:
        dealing.publish_plan(writing, world.exam.organiser, world.id, now=world.at(-60))


def test_bad_plans_are_refused(session: Session) -> None:
    world = make_seating(session, dealt=False)
    actor, now = world.exam.organiser, world.at(-60)
    room = NewRoom(
        name="第1考场", place="", seats=9, organisation_id=OrganisationId(world.exam.unit_id)
    )
    with pytest.raises(RoomNameTaken), transaction() as writing:
        planning.add_room(writing, actor, world.id, room, now=now)
    with pytest.raises(BatchTaken), transaction() as writing:
        planning.add_batch(
            writing, actor, world.id, opens_at=world.at(0), closes_at=world.at(5), now=now
        )
    with pytest.raises(BadSeating), transaction() as writing:
        planning.add_batch(
            writing, actor, world.id, opens_at=world.at(-1), closes_at=world.at(5), now=now
        )


def test_accommodated_candidates_sit_in_the_room_set_apart(session: Session) -> None:
    world = make_seating(session, dealt=False)
    special = world.exam.candidates[2]
    with transaction() as writing:
        apart = planning.add_room(
            writing,
            world.exam.organiser,
            world.id,
            NewRoom(
                name="备用考场",
                place="",
                seats=2,
                for_accommodated=True,
                organisation_id=OrganisationId(world.exam.unit_id),
            ),
            now=world.at(-60),
        )
        writing.add(
            Accommodation(
                person_id=special,
                multiplier=1,
                break_seconds=0,
                larger_text=True,
                evidence_sealed=b"",
                valid_from=world.opens_at.date() - timedelta(days=9),
                granted_at=world.opens_at,
            )
        )
    deal(world)
    assert world.seat(session, 2).room_id == apart


def test_the_batch_decides_who_may_begin_when(session: Session) -> None:
    world = make_seating(session)
    late = next(n for n in range(6) if world.seat(session, n).batch_id == world.batches[1])
    early = next(n for n in range(6) if world.seat(session, n).batch_id == world.batches[0])
    with pytest.raises(BatchNotOpen):
        enter(world.exam, late, at=world.at(10))
    with pytest.raises(BatchOver):
        enter(world.exam, early, at=world.at(30))
    assert enter(world.exam, early, at=world.at(29)).device == 1
    assert enter(world.exam, early, at=world.at(40)).device == 2  # coming back is no beginning
    assert enter(world.exam, late, at=world.at(60)).device == 1


def test_the_standing_follows_the_batch(session: Session) -> None:
    world = make_seating(session)
    late = next(n for n in range(6) if world.seat(session, n).batch_id == world.batches[1])
    exam, person = get_exam(session, world.id), world.exam.candidates[late]
    states = [
        standing_of(session, exam, [person], now=world.at(minutes)).state
        for minutes in (10, 60, 90)
    ]
    assert states == [
        CandidateStanding.WAITING,
        CandidateStanding.OPEN,
        CandidateStanding.MISSED,
    ]


def test_before_publication_the_plan_binds_nobody(session: Session) -> None:
    world = make_seating(session, published=False)
    for index in range(6):
        assert enter(world.exam, index, at=world.at(1)).device == 1


def test_who_enrols_late_gets_the_next_free_seat(session: Session) -> None:
    world = make_seating(session, candidates=6, seats=(4, 4), batches=1)
    people = [make_person(session, f"后来{n}", organisation=world.exam.team_id) for n in range(3)]
    with transaction() as writing:
        enrol(
            writing,
            world.exam.organiser,
            world.id,
            [PersonId(p.id) for p in people],
            now=world.at(-10),
        )
    assert len(places(session, world)) == 8
    assert count_unseated(session, world.id) == 1


def test_who_has_no_seat_is_sent_to_the_organiser(session: Session) -> None:
    world = make_seating(session, candidates=2, seats=(1, 1), batches=1)
    late = make_person(session, "后来", organisation=world.exam.team_id)
    with transaction() as writing:
        enrol(writing, world.exam.organiser, world.id, [PersonId(late.id)], now=world.at(-10))
    with pytest.raises(NoSeat):
        enter(with_candidate(world, late.id), 2, at=world.at(1))


def with_candidate(world: SeatingWorld, person_id: int) -> ExamWorld:
    return replace(world.exam, candidates=(*world.exam.candidates, PersonId(person_id)))


def test_who_leaves_the_roster_leaves_the_seat(session: Session) -> None:
    world = make_seating(session)
    with transaction() as writing:
        strike_off(
            writing, world.exam.organiser, world.id, [world.exam.candidates[0]], now=world.at(-5)
        )
    assert len(places(session, world)) == 5


def move(world: SeatingWorld, index: int, room: int, batch: int, number: int) -> None:
    with transaction() as session:
        moving.move_seat(
            session,
            world.exam.organiser,
            world.id,
            world.exam.candidates[index],
            room_id=room,
            batch_id=batch,
            number=number,
            reason="视力",
            now=world.at(-5),
        )


def test_a_candidate_is_moved_by_hand_with_a_reason_kept(session: Session) -> None:
    world = make_seating(session)
    move(world, 0, world.rooms[1], world.batches[1], 4)
    session.expire_all()
    seat = world.seat(session, 0)
    assert (seat.room_id, seat.batch_id, seat.number) == (world.rooms[1], world.batches[1], 4)
    kept = session.scalars(select(AuditEntry).where(AuditEntry.action == "seating.move")).one()
    assert kept.reason == "视力"
    with pytest.raises(SeatTaken):
        move(world, 1, world.rooms[1], world.batches[1], 4)


def test_whoever_has_begun_stays_where_they_sit(session: Session) -> None:
    world = make_seating(session, batches=1)
    enter(world.exam, 0, at=world.at(1))
    with pytest.raises(AlreadyBegun):
        move(world, 0, world.rooms[1], world.batches[0], 4)


def test_two_candidates_change_seats(session: Session) -> None:
    world = make_seating(session)
    one, other = world.seat(session, 0), world.seat(session, 1)
    with transaction() as writing:
        moving.swap_seats(
            writing,
            world.exam.organiser,
            world.id,
            one.person_id,
            other.person_id,
            reason="同一家庭",
            now=world.at(-5),
        )
    session.expire_all()
    swapped = world.seat(session, 0), world.seat(session, 1)
    for now, before in zip(swapped, (other, one), strict=True):
        assert (now.batch_id, now.room_id, now.number) == (
            before.batch_id,
            before.room_id,
            before.number,
        )
    assert swapped[0].ticket_number == one.ticket_number


def test_the_database_itself_refuses_two_on_one_seat(session: Session) -> None:
    world = make_seating(session)
    one, other = world.seat(session, 0), world.seat(session, 1)
    place = {"batch_id": one.batch_id, "room_id": one.room_id, "number": one.number}
    taking = update(ExamSeat).where(ExamSeat.candidate_id == other.candidate_id).values(**place)
    with pytest.raises(IntegrityError), transaction() as writing:
        writing.execute(taking)


def test_nobody_plans_an_exam_out_of_reach(session: Session) -> None:
    world = make_seating(session, published=False)
    stranger: Actor = world.exam.actor(session)
    with pytest.raises(Forbidden), transaction() as writing:
        dealing.deal(writing, stranger, world.id, now=world.at(-60))


def test_two_who_deal_at_once_leave_one_whole_deal(app: Flask, session: Session) -> None:
    world = make_seating(session, candidates=8, published=False)
    session.rollback()
    barrier, faults = threading.Barrier(2), []

    def work(seed: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                deal(world, seed=seed)
            except DomainError as error:
                faults.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    found = places(session, world)
    assert len({person for person, *_ in found}) == len(found) == 8
    kept = find_plan(session, world.id).seed
    session.rollback()
    deal(world, seed=kept)
    session.expire_all()
    assert places(session, world) == found


def test_the_entry_of_a_batch_is_prolonged_while_it_runs_but_not_beyond_the_exam(
    session: Session,
) -> None:
    world = make_seating(session, batches=1)
    act = {"reason": "停电", "now": world.at(25)}
    with transaction() as writing:
        planning.prolong_entry(
            writing, world.exam.organiser, world.id, world.batches[0], minutes=20, **act
        )
    assert enter(world.exam, 0, at=world.at(49)).device == 1
    with pytest.raises(BatchOver):
        enter(world.exam, 1, at=world.at(50))
    with pytest.raises(BadSeating), transaction() as writing:
        planning.prolong_entry(
            writing, world.exam.organiser, world.id, world.batches[0], minutes=71, **act
        )
