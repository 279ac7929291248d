"""At the door, on both databases: check-in once, wrong room and batch, absences, the sheet."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.exams_factory import enter
from tests.people_factory import actor_for, make_person
from tests.photo_bytes import jpeg
from tests.seating_factory import SeatingWorld, make_seating

from lianbing.exams.seating import assigning, door, incidents, photo_store
from lianbing.exams.seating.errors import (
    AlreadyBegun,
    AlreadyCheckedIn,
    AlreadyConfirmed,
    AlreadySigned,
    BadIncident,
    BadPhoto,
    BatchStillOpen,
    NoSuchInvigilator,
    NotCheckedIn,
    NotCheckedInYet,
    NotConfirmed,
    PhotoNotFound,
    PlanNotPublished,
    SeveralSuchPersons,
    TooEarlyToCheckIn,
    TooLateToCheckIn,
    WrongBatch,
    WrongRoom,
)
from lianbing.exams.seating.incidents import NewEntry
from lianbing.exams.seating.models import CheckIn, RoomInvigilator
from lianbing.exams.seating.queries import count_sheets
from lianbing.exams.seating.rules import CheckInRule, IncidentKind
from lianbing.exams.seating.seat_queries import absent_ids, list_absent
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import DomainError, Forbidden
from lianbing.kernel.ids import PersonId


def check_in(
    world: SeatingWorld,
    index: int,
    *,
    minutes: float = 0,
    actor: Actor | None = None,
    room_id: int | None = None,
    batch_id: int | None = None,
) -> None:
    with transaction() as session:
        door.check_in(
            session,
            actor or world.exam.organiser,
            world.seat(session, index).candidate_id,
            room_id=room_id,
            batch_id=batch_id,
            now=world.at(minutes),
        )


def undo(world: SeatingWorld, index: int, *, minutes: float = 1) -> None:
    with transaction() as session:
        seat = world.seat(session, index)
        door.undo_check_in(session, world.exam.organiser, seat.candidate_id, now=world.at(minutes))


def confirm(world: SeatingWorld, room: int, *, minutes: float, batch: int = 0) -> int:
    with transaction() as session:
        return door.confirm_absence(
            session,
            world.exam.organiser,
            world.id,
            world.rooms[room],
            world.batches[batch],
            now=world.at(minutes),
        )


def invigilator(session: Session, world: SeatingWorld, room: int, name: str = "孙监考") -> Actor:
    person = make_person(session, name, organisation=world.exam.team_id, staff_number=name)
    with transaction() as writing:
        assigning.assign_invigilator(
            writing, world.exam.organiser, world.id, world.rooms[room], name, now=world.at(-60)
        )
    return actor_for(session, person)


def in_room(session: Session, world: SeatingWorld, room: int) -> int:
    """The first candidate who sits in a room."""
    return next(
        n
        for n in range(len(world.exam.candidates))
        if world.seat(session, n).room_id == world.rooms[room]
    )


def test_required_check_in_holds_the_exam_until_it_is_done(session: Session) -> None:
    world = make_seating(session, batches=1, check_in=CheckInRule.REQUIRED)
    with pytest.raises(NotCheckedIn):
        enter(world.exam, 0, at=world.at(1))
    check_in(world, 0)
    undo(world, 0)
    with pytest.raises(NotCheckedIn):
        enter(world.exam, 0, at=world.at(1))
    check_in(world, 0, minutes=2)
    assert enter(world.exam, 0, at=world.at(3)).device == 1
    with pytest.raises(AlreadyBegun):
        undo(world, 0, minutes=4)


def test_recorded_check_in_holds_nobody(session: Session) -> None:
    world = make_seating(session, batches=1)
    assert enter(world.exam, 0, at=world.at(1)).device == 1


def test_nobody_is_checked_in_twice_nor_undone_twice(session: Session) -> None:
    world = make_seating(session, batches=1)
    check_in(world, 0)
    with pytest.raises(AlreadyCheckedIn):
        check_in(world, 0, minutes=1)
    undo(world, 0)
    with pytest.raises(NotCheckedInYet):
        undo(world, 0)
    rows = session.scalars(select(CheckIn).where(CheckIn.exam_id == world.id)).all()
    assert [row.undone_at is None for row in rows] == [False]


def test_two_who_check_one_candidate_in_at_once_do_it_once(app: Flask, session: Session) -> None:
    world = make_seating(session, batches=1)
    barrier, outcomes = threading.Barrier(2), []
    session.rollback()

    def work() -> None:
        with app.app_context():
            barrier.wait(20)
            try:
                check_in(world, 0)
                outcomes.append("in")
            except DomainError as error:
                outcomes.append(error.code)
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["already_checked_in", "in"]


def test_wrong_room_is_told_with_the_right_one(session: Session) -> None:
    world = make_seating(session, batches=1)
    index = in_room(session, world, 1)
    with pytest.raises(WrongRoom) as refused:
        check_in(world, index, room_id=world.rooms[0])
    assert refused.value.params["room"] == "第2考场"
    guard = invigilator(session, world, 0)
    with pytest.raises(WrongRoom):
        check_in(world, index, actor=guard)
    with pytest.raises(Forbidden):
        check_in(world, index, actor=guard, room_id=world.rooms[1])
    check_in(world, in_room(session, world, 0), actor=guard)


def test_wrong_batch_is_told_with_its_time(session: Session) -> None:
    world = make_seating(session)
    late = next(n for n in range(6) if world.seat(session, n).batch_id == world.batches[1])
    with pytest.raises(TooEarlyToCheckIn):
        check_in(world, late, minutes=-1)
    with pytest.raises(WrongBatch):
        check_in(world, late, minutes=5, batch_id=world.batches[0])
    with pytest.raises(TooLateToCheckIn):
        check_in(world, late, minutes=90)
    check_in(world, late, minutes=5, batch_id=world.batches[1])


def test_without_a_published_plan_nobody_is_checked_in(session: Session) -> None:
    world = make_seating(session, published=False)
    with pytest.raises(PlanNotPublished):
        check_in(world, 0)


def test_a_stranger_checks_nobody_in(session: Session) -> None:
    world = make_seating(session, batches=1)
    with pytest.raises(Forbidden):
        check_in(world, 0, actor=world.exam.actor(session, 1))


def test_absent_are_those_who_neither_checked_in_nor_began(session: Session) -> None:
    world = make_seating(session, seats=(6,), batches=1)
    check_in(world, 0)
    enter(world.exam, 1, at=world.at(1))
    with pytest.raises(BatchStillOpen):
        confirm(world, 0, minutes=29)
    assert confirm(world, 0, minutes=30) == 4
    assert absent_ids(session, world.id) == set(world.exam.candidates[2:])
    assert {row.state for row in list_absent(session, world.id).rows} == {"absent"}
    count = count_sheets(session, world.id)[world.rooms[0], world.batches[0]]
    assert (count.due, count.present, count.absent) == (6, 2, 4)
    with pytest.raises(AlreadyConfirmed):
        confirm(world, 0, minutes=31)


def test_a_confirmation_is_taken_back_and_made_anew(session: Session) -> None:
    world = make_seating(session, seats=(6,), batches=1)
    confirm(world, 0, minutes=30)
    place = (world.id, world.rooms[0], world.batches[0])
    with transaction() as writing:
        door.undo_absence(writing, world.exam.organiser, *place, now=world.at(31))
    session.expire_all()
    assert absent_ids(session, world.id) == frozenset()
    with pytest.raises(NotConfirmed), transaction() as writing:
        door.undo_absence(writing, world.exam.organiser, *place, now=world.at(32))
    assert confirm(world, 0, minutes=33) == 6


def test_a_released_invigilator_loses_the_room_and_stays_recorded(session: Session) -> None:
    world = make_seating(session, seats=(6,), batches=1)
    guard = invigilator(session, world, 0)
    assert guard.person_id is not None
    with transaction() as writing:
        assigning.release_invigilator(
            writing,
            world.exam.organiser,
            world.id,
            world.rooms[0],
            guard.person_id,
            now=world.at(-1),
        )
    with pytest.raises(Forbidden):
        check_in(world, 0, actor=guard)
    rows = session.scalars(select(RoomInvigilator)).all()
    assert [row.undone_at is None for row in rows] == [False]


def test_an_invigilator_is_found_by_name_only_when_it_names_one_person(session: Session) -> None:
    world = make_seating(session)
    with pytest.raises(SeveralSuchPersons), transaction() as writing:
        assigning.assign_invigilator(
            writing, world.exam.organiser, world.id, world.rooms[0], "考生", now=world.at(-60)
        )
    with pytest.raises(NoSuchInvigilator), transaction() as writing:
        assigning.assign_invigilator(
            writing, world.exam.organiser, world.id, world.rooms[0], "查无此人", now=world.at(-60)
        )


def write(world: SeatingWorld, actor: Actor, minutes: float = 10, **fields: object) -> int:
    values: dict[str, object] = {
        "happened_at": world.at(minutes) - timedelta(minutes=1),
        "kind": IncidentKind.NETWORK,
        "words": "断网三分钟",
    }
    with transaction() as session:
        return incidents.write_entry(
            session,
            actor,
            world.id,
            world.rooms[0],
            world.batches[0],
            NewEntry(**(values | fields)),
            now=world.at(minutes),  # type: ignore[arg-type]
        )


def sign(world: SeatingWorld, actor: Actor, minutes: float = 40) -> None:
    with transaction() as session:
        incidents.sign_sheet(
            session, actor, world.id, world.rooms[0], world.batches[0], now=world.at(minutes)
        )


def test_a_sheet_grows_by_entries_and_corrections_and_is_signed_by_two(session: Session) -> None:
    world = make_seating(session, seats=(6,), batches=1)
    one = invigilator(session, world, 0, "孙监考")
    other = invigilator(session, world, 0, "李监考")
    first = write(world, one, seat=2, measure="换网线")
    write(world, other, words="应为两分钟", corrects=first)
    with pytest.raises(BatchStillOpen):
        sign(world, one, minutes=10)
    sign(world, one)
    with pytest.raises(AlreadySigned):
        sign(world, one)
    sign(world, other)
    with pytest.raises(AlreadySigned):
        sign(world, world.exam.organiser)
    later = write(world, one, minutes=50, words="补记")
    place = (world.rooms[0], world.batches[0])
    entries = incidents.list_entries(session, *place)
    assert [entry.words for entry in entries] == ["断网三分钟", "应为两分钟", "补记"]
    assert entries[0].person_id in world.exam.candidates
    signatures = incidents.list_signatures(session, *place)
    assert [signature.due for signature in signatures] == [6, 6]
    assert signatures[-1].last_entry_id < later


@pytest.mark.parametrize(
    "fields", [{"words": "  "}, {"seat": 7}, {"corrects": 999}, {"happened_at": None}]
)
def test_a_bad_entry_is_refused(session: Session, fields: dict[str, object]) -> None:
    world = make_seating(session, seats=(6,), batches=1)
    if "happened_at" in fields:
        fields = {"happened_at": world.at(99)}
    with pytest.raises(BadIncident):
        write(world, world.exam.organiser, **fields)


def test_nobody_writes_on_the_sheet_of_another_room(session: Session) -> None:
    world = make_seating(session)
    guard = invigilator(session, world, 1)
    with pytest.raises(Forbidden):
        write(world, guard)
    with pytest.raises(Forbidden):
        sign(world, guard)


def store(world: SeatingWorld, actor: Actor, person: PersonId, raw: bytes) -> str:
    with transaction() as session:
        return photo_store.store_photo(session, actor, world.id, person, raw, now=world.at(-60))


def test_a_photo_is_seen_by_the_person_and_the_staff_of_the_room_alone(session: Session) -> None:
    world = make_seating(session, batches=1)
    index = in_room(session, world, 0)
    person, me = world.exam.candidates[index], world.exam.actor(session, index)
    with pytest.raises(PhotoNotFound):
        photo_store.get_photo(session, me, world.id, person)
    first = store(world, me, person, jpeg())
    assert store(world, world.exam.organiser, person, jpeg(width=333)) != first
    here, elsewhere = (invigilator(session, world, n, f"监考{n}") for n in range(2))
    for allowed in (me, world.exam.organiser, here):
        found = photo_store.get_photo(session, allowed, world.id, person)
        assert found.media_type == "image/jpeg"
    for stranger in (elsewhere, world.exam.actor(session, in_room(session, world, 1))):
        with pytest.raises(Forbidden):
            photo_store.get_photo(session, stranger, world.id, person)
        with pytest.raises(Forbidden):
            store(world, stranger, person, jpeg())
    with pytest.raises(BadPhoto):
        store(world, me, person, b"GIF89a")
