"""Many seats are dealt in the background: the same as at once, whoever dies in between."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from tests.people_factory import make_person
from tests.seating_factory import SEED, SeatingWorld, make_seating

from lianbing.exams.seating import deal_jobs, dealing, moving, planning, tasks
from lianbing.exams.seating.deal_jobs import SILENT_FOR, TurnLost
from lianbing.exams.seating.errors import DealUnderWay, NothingDealt
from lianbing.exams.seating.models import ExamRoom, SeatDeal
from lianbing.exams.seating.queries import DealRow, count_unseated, find_deal, find_plan
from lianbing.exams.seating.rules import DealState
from lianbing.exams.use_cases import enrol, strike_off
from lianbing.infra.audit import AuditEntry
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import PersonId


class Killed(BaseException):
    """The process ends here: nothing of the task may handle it."""


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "PART", 2)


def places(session: Session, world: SeatingWorld) -> set[tuple[int, int, int, int]]:
    session.rollback()
    return {(row.person_id, row.batch_id, row.room_id, row.number) for row in world.seats(session)}


def ask(world: SeatingWorld, *, seed: int = SEED) -> None:
    with transaction() as writing:
        now = world.at(-60)
        deal_jobs.ask_for_deal(writing, world.exam.organiser, world.id, now=now, seed=seed)


def job(session: Session, world: SeatingWorld) -> DealRow | None:
    session.rollback()
    return find_deal(session, world.id)


def die_at(monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    """The worker is killed before it writes this part."""
    real, written = deal_jobs.write_part, [0]

    def write(*args: Any, **kwargs: Any) -> None:
        written[0] += 1
        if written[0] == part:
            raise Killed
        real(*args, **kwargs)

    monkeypatch.setattr(deal_jobs, "write_part", write)


def fall_silent(world: SeatingWorld) -> None:
    with transaction() as writing:
        long_ago = utc_now() - SILENT_FOR - timedelta(seconds=1)
        writing.execute(
            update(SeatDeal).where(SeatDeal.exam_id == world.id).values(alive_at=long_ago)
        )


def test_the_background_deals_what_the_click_would(session: Session) -> None:
    world = make_seating(session, published=False)
    at_once = places(session, world)
    ask(world, seed=SEED + 1)
    tasks.deal_waiting()
    assert places(session, world) != at_once
    ask(world)
    tasks.deal_waiting()
    assert places(session, world) == at_once
    assert job(session, world) is None
    plan = find_plan(session, world.id)
    assert plan.seed == SEED
    assert plan.dealt_at is not None
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "seating.deal").order_by(AuditEntry.id.desc())
    ).first()
    assert entry is not None
    assert entry.actor_person_id == world.exam.organiser.person_id


@pytest.mark.parametrize("part", [1, 2, 3])
def test_a_worker_killed_half_way_is_followed_by_another(
    session: Session, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    world = make_seating(session, published=False)
    whole = places(session, world)
    ask(world)
    with monkeypatch.context() as dying:
        die_at(dying, part)
        with pytest.raises(Killed):
            tasks.deal_waiting()
    db.session.remove()
    assert len(places(session, world)) == 2 * (part - 1)
    seen = job(session, world)
    assert seen is not None
    assert (seen.state, seen.progress) == (DealState.RUNNING, 40 + 20 * (part - 1))
    tasks.deal_waiting()  # too early: the other may still live
    assert len(places(session, world)) == 2 * (part - 1)
    fall_silent(world)
    tasks.deal_waiting()
    assert places(session, world) == whole
    assert job(session, world) is None


def test_who_was_only_thought_dead_writes_nothing_more(session: Session) -> None:
    world = make_seating(session, published=False)
    ask(world)
    with transaction() as writing:
        slow = deal_jobs.take_next(writing, now=utc_now())
    assert slow is not None
    rows = deal_jobs.share_out(session, slow)
    session.rollback()
    fall_silent(world)
    tasks.deal_waiting()
    with pytest.raises(TurnLost), transaction() as writing:
        deal_jobs.write_part(writing, slow, rows, done=1, now=world.at(-50))
    assert len(places(session, world)) == 6


def test_while_it_is_dealt_the_plan_stands_still(session: Session) -> None:
    world = make_seating(session, published=False)
    ask(world)
    actor, person, now = world.exam.organiser, world.exam.candidates[0], world.at(-60)
    with pytest.raises(DealUnderWay), transaction() as writing:
        dealing.publish_plan(writing, actor, world.id, now=now)
    with pytest.raises(DealUnderWay), transaction() as writing:
        planning.remove_room(writing, actor, world.id, world.rooms[0], now=now)
    with pytest.raises(DealUnderWay), transaction() as writing:
        moving.move_seat(
            writing,
            actor,
            world.id,
            person,
            room_id=world.rooms[0],
            batch_id=world.batches[1],
            number=4,
            reason="换座",
            now=now,
        )


def test_who_left_the_roster_meanwhile_gets_no_seat(session: Session) -> None:
    world = make_seating(session, dealt=False)
    gone = world.exam.candidates[3]
    ask(world)
    with transaction() as writing:
        turn = deal_jobs.take_next(writing, now=utc_now())
    assert turn is not None
    rows = deal_jobs.share_out(session, turn)
    session.rollback()
    with transaction() as writing:
        strike_off(writing, world.exam.organiser, world.id, [gone], now=world.at(-55))
    with transaction() as writing:
        deal_jobs.begin_writing(writing, turn, now=world.at(-50))
        deal_jobs.write_part(writing, turn, rows, done=1, now=world.at(-50))
        deal_jobs.finish(writing, turn, seats=len(rows), now=world.at(-50))
    assert {place[0] for place in places(session, world)} == set(world.exam.candidates) - {gone}
    assert count_unseated(session, world.id) == 0


def test_too_few_seats_leave_the_earlier_deal_and_say_why(session: Session) -> None:
    world = make_seating(session, candidates=4, seats=(2, 1), batches=2, published=False)
    before = places(session, world)
    ask(world)
    with transaction() as writing:
        rooms = update(ExamRoom).where(ExamRoom.exam_id == world.id)
        writing.execute(rooms.values(seats=1))
    late = [PersonId(make_person(session, f"后来{n}").id) for n in range(3)]
    with transaction() as writing:
        enrol(writing, world.exam.organiser, world.id, late, now=world.at(-55))
    tasks.deal_waiting()
    assert places(session, world) == before
    refused = job(session, world)
    assert refused is not None
    assert refused.state is DealState.REFUSED
    assert refused.refusal["params"] == {"wanted": 7, "seats": 4}
    with transaction() as writing:
        planning.remove_room(
            writing, world.exam.organiser, world.id, world.rooms[1], now=world.at(-50)
        )
    assert job(session, world) is None
    with pytest.raises(NothingDealt), transaction() as writing:
        dealing.publish_plan(writing, world.exam.organiser, world.id, now=world.at(-50))
