"""A make-up exam for the absent and the voided, and the live screen of one room."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session
from tests.exams_factory import enter
from tests.seating_factory import SeatingWorld, make_seating

from lianbing.exams.invigilation.queries import LiveFilter, count_live, list_live
from lianbing.exams.invigilation.use_cases import void_attempt
from lianbing.exams.queries import get_exam
from lianbing.exams.rosters import enrolled_ids
from lianbing.exams.rules import Release
from lianbing.exams.seating import door
from lianbing.exams.seating.errors import NobodyToMakeUp, SamePaperReleased
from lianbing.exams.seating.make_up import (
    MakeUpPlan,
    find_original,
    list_eligible,
    list_make_ups,
    make_up,
)
from lianbing.exams.use_cases import cancel_exam
from lianbing.infra.database import transaction
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import ExamId, PaperId, PersonId


def held(session: Session, **changes: object) -> SeatingWorld:
    """An exam whose candidate 0 sat, 1 was voided, and all others were confirmed absent."""
    world = make_seating(session, candidates=4, seats=(4,), batches=1, **changes)  # type: ignore[arg-type]
    enter(world.exam, 0, at=world.at(1))
    enter(world.exam, 1, at=world.at(1))
    with transaction() as writing:
        void_attempt(
            writing,
            world.exam.organiser,
            world.id,
            world.exam.candidates[1],
            reason="停电",
            now=world.at(20),
        )
        door.confirm_absence(
            writing,
            world.exam.organiser,
            world.id,
            world.rooms[0],
            world.batches[0],
            now=world.at(31),
        )
    return world


def hold_again(
    world: SeatingWorld,
    people: tuple[PersonId, ...],
    *,
    minutes: float = 60,
    paper_id: PaperId | None = None,
    actor: Actor | None = None,
) -> ExamId:
    plan = MakeUpPlan(
        title="补考",
        opens_at=world.at(24 * 60),
        closes_at=world.at(26 * 60),
        person_ids=people,
        reason="停电与缺考",
        paper_id=paper_id,
    )
    with transaction() as session:
        return make_up(
            session, actor or world.exam.organiser, world.id, plan, now=world.at(minutes)
        )


def test_absent_and_voided_are_offered_and_seated_in_a_linked_exam(session: Session) -> None:
    world = held(session)
    people = world.exam.candidates
    assert list_eligible(session, world.id) == list(people[1:])
    made = hold_again(world, people[1:3])
    assert enrolled_ids(session, made, people) == set(people[1:3])
    assert [row.exam_id for row in list_make_ups(session, world.id)] == [made]
    original = find_original(session, made)
    assert original is not None
    assert original.exam_id == world.id
    first, second = get_exam(session, world.id), get_exam(session, made)
    assert second.paper_id != first.paper_id
    assert (second.duration, second.pass_mark) == (first.duration, first.pass_mark)
    assert list_eligible(session, world.id) == [people[3]]


def test_whoever_sat_or_was_provided_for_gets_no_second_chance(session: Session) -> None:
    world = held(session)
    people = world.exam.candidates
    for wrong in ((), people[:2]):
        with pytest.raises(NobodyToMakeUp):
            hold_again(world, wrong)
    made = hold_again(world, people[1:2])
    with pytest.raises(NobodyToMakeUp):
        hold_again(world, people[1:2])
    with transaction() as writing:
        cancel_exam(writing, world.exam.organiser, made, reason="改期", now=world.at(70))
    assert hold_again(world, people[1:2], minutes=80) != made


def test_the_same_paper_serves_until_anything_of_it_is_out(session: Session) -> None:
    world = held(session, results_release=Release.AFTER_CLOSE)
    people, paper = world.exam.candidates, world.exam.paper_id
    made = hold_again(world, people[1:2], paper_id=paper)
    assert get_exam(session, made).paper_id == paper
    with pytest.raises(SamePaperReleased):
        hold_again(world, people[2:3], paper_id=paper, minutes=200)
    assert hold_again(world, people[2:3], minutes=200) != made


def test_nobody_out_of_reach_makes_a_make_up_exam(session: Session) -> None:
    world = held(session)
    with pytest.raises(Forbidden):
        hold_again(world, world.exam.candidates[1:2], actor=world.exam.actor(session))


def test_the_live_screen_narrows_to_a_room_and_a_batch(session: Session) -> None:
    world = make_seating(session)
    now = world.at(0) + timedelta(minutes=5)
    room, batch = world.rooms[0], world.batches[0]
    here = {seat.person_id for seat in world.seats(session, room_id=room, batch_id=batch)}
    wanted = LiveFilter(room_id=room, batch_id=batch)
    shown = list_live(session, world.id, wanted, now=now)
    assert {row.person_id for row in shown.rows} == here
    assert count_live(session, world.id, now=now, wanted=wanted)["all"] == len(here)
    assert count_live(session, world.id, now=now)["all"] == 6
