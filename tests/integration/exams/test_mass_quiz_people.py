"""Who stands where in a mass quiz: merged identities, shared places, who leaves or moves away."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from tests.people_factory import actor_for
from tests.quiz_factory import DAY, QuizWorld, at, make_quiz_world

from lianbing.exams.mass_quiz import queries, rolls, use_cases
from lianbing.exams.mass_quiz.events import QuizPointsDue
from lianbing.exams.mass_quiz.models import MassQuiz
from lianbing.exams.mass_quiz.rules import QuizState
from lianbing.infra import outbox
from lianbing.infra.database import transaction
from lianbing.kernel.ids import BoardId, OrganisationId, PersonId
from lianbing.leaderboards import use_cases as boards
from lianbing.leaderboards.board import Entry
from lianbing.leaderboards.sql_board import SqlBoard
from lianbing.people.models import Person
from lianbing.practice.rewards.bonuses import pay_quiz
from lianbing.practice.rewards.models import DayBonus, PracticeDay
from lianbing.practice.rewards.use_cases import leave_boards


@pytest.fixture
def world(session: Session) -> QuizWorld:
    return make_quiz_world(session)


def merge(world: QuizWorld, absorbed: Person) -> None:
    world.session.rollback()
    world.session.execute(
        update(Person).where(Person.id == absorbed.id).values(kept_id=world.worker.id)
    )
    world.session.commit()


def deliver(world: QuizWorld, *, after: int = 0) -> int:
    """Pay what the outbox holds beyond an event already paid; the last one's id."""
    world.session.rollback()
    event = outbox.OutboxEvent
    statement = select(event.id, event.kind, event.payload).where(event.id > after)
    rows = world.session.execute(statement.order_by(event.id)).all()
    world.session.rollback()
    for row in rows:
        if row.kind == QuizPointsDue.kind:
            with transaction() as session:
                pay_quiz(session, QuizPointsDue(**json.loads(row.payload)))
    return rows[-1].id if rows else after


def points(world: QuizWorld) -> int:
    world.session.rollback()
    return sum(world.session.scalars(select(PracticeDay.points)))


def on_board(world: QuizWorld) -> set[int]:
    world.session.rollback()
    board_id = board_of(world)
    return {one.person_id for one in SqlBoard(world.session).top(board_id, 50)}


def board_of(world: QuizWorld) -> BoardId:
    return BoardId(world.session.get_one(MassQuiz, world.quiz_id).board_id or 0)


def test_a_day_of_both_merged_identities_is_paid_once_from_the_next_word_on(
    world: QuizWorld,
) -> None:
    twin = world.colleague("程立新")
    world.sit(at(9), person=twin)
    world.sit(at(9, 30))
    paid = deliver(world)
    assert points(world) == 10
    merge(world, twin)
    source = f"quiz:{world.quiz_id}:{DAY.isoformat()}"
    word = QuizPointsDue(
        person_id=world.worker.id, day=DAY.isoformat(), source=source, points=5, revision=99
    )
    with transaction() as session:
        pay_quiz(session, word)
    assert paid
    assert sum(world.session.scalars(select(DayBonus.points))) == 5
    assert points(world) == 5


def test_a_merged_try_that_is_voided_takes_back_what_it_earned(world: QuizWorld) -> None:
    twin = world.colleague("程立新")
    world.sit(at(9), person=twin)
    try_id = world.sit(at(10), person=twin)
    paid = deliver(world)
    assert points(world) == 5
    merge(world, twin)
    for one in (try_id, try_id - 1):
        with transaction() as session:
            use_cases.void_try(
                session, world.organiser, one, reason="代答", give_back=False, now=at(11)
            )
    deliver(world, after=paid)
    assert points(world) == 0


def test_who_left_the_boards_before_being_merged_stays_off_them(world: QuizWorld) -> None:
    twin = world.colleague("程立新")
    with transaction() as session:
        leave_boards(session, actor_for(session, twin), now=at(8))
    merge(world, twin)
    world.sit(at(9))
    world.take_up(at(9, 5))
    assert on_board(world) == set()


def test_who_leaves_while_their_score_is_taken_up_is_off_the_board_with_the_next_round(
    world: QuizWorld,
) -> None:
    world.sit(at(9))
    world.take_up(at(9, 5))
    assert on_board(world) == {world.worker.id}
    world.session.rollback()
    with transaction() as session:
        leave_boards(session, world.actor, now=at(10))
    assert on_board(world) == set()
    with transaction() as session:  # what a round that began before has yet to write
        entry = Entry(person_id=PersonId(world.worker.id), sort_key=1)
        boards.record_many(session, board_of(world), [entry], now=at(10))
    world.take_up(at(10, 5))
    assert on_board(world) == set()


def test_equals_share_a_place_on_the_leaders_list_as_on_the_board(world: QuizWorld) -> None:
    people = [world.colleague(name) for name in ("甲一", "乙二", "丙三")]
    for hour, (person, right) in enumerate(zip(people, (4, 4, 2), strict=True), start=9):
        world.sit(at(hour), right=right, person=person)
    world.take_up(at(13))
    world.session.rollback()
    row = queries.get_quiz(world.session, world.quiz_id, now=at(13))
    place = OrganisationId(world.union.id)
    page = rolls.page_of_people(world.session, row, place, 1, on=DAY)
    assert [one.rank for one in page.rows] == [1, 1, 3]
    assert [one.rank for one in rolls.all_people(world.session, row, place, on=DAY)] == [1, 1, 3]


def test_a_place_on_a_later_page_counts_all_who_are_better(
    world: QuizWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rolls, "PER_PAGE", 1)
    for number in range(3):
        person = world.colleague(f"甲{number}")
        world.sit(at(9 + number), right=4 if number < 2 else 2, person=person)
    world.session.rollback()
    row = queries.get_quiz(world.session, world.quiz_id, now=at(13))
    place = OrganisationId(world.union.id)
    ranks = [
        rolls.page_of_people(world.session, row, place, number, on=DAY).rows[0].rank
        for number in (1, 2, 3)
    ]
    assert ranks == [1, 1, 3]


def test_a_quiz_closed_before_it_opened_is_closed_and_not_still_to_come(world: QuizWorld) -> None:
    before = at(0) - timedelta(days=1)
    world.session.rollback()
    with transaction() as session:
        use_cases.close_quiz(session, world.organiser, world.quiz_id, reason="取消", now=before)
    world.session.rollback()
    later = before + timedelta(minutes=5)
    row = queries.get_quiz(world.session, world.quiz_id, now=later)
    assert row.state is QuizState.CLOSED
