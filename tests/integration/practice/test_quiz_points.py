"""Points of a quiz on both databases: older words, repeated ones, the day's cap."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.quiz_factory import DAY, QuizWorld, make_quiz_world

from lianbing.exams.mass_quiz.events import QuizPointsDue
from lianbing.infra.database import transaction
from lianbing.kernel.ids import PersonId
from lianbing.practice.rewards.bonuses import pay_quiz
from lianbing.practice.rewards.models import PracticeDay
from lianbing.practice.rewards.recount import find_differences
from lianbing.practice.rewards.rules import PointsRules


@pytest.fixture
def world(session: Session) -> QuizWorld:
    return make_quiz_world(session)


def test_an_older_word_of_points_that_comes_later_changes_nothing(world: QuizWorld) -> None:
    world.session.rollback()
    for revision, points in ((2, 0), (1, 5), (3, 5), (3, 5), (2, 0)):
        word = QuizPointsDue(
            person_id=world.worker.id,
            day=DAY.isoformat(),
            source="quiz:1:2035-11-19",
            points=points,
            revision=revision,
        )
        with transaction() as session:
            pay_quiz(session, word)
    assert world.session.scalars(select(PracticeDay.points)).all() == [5]


def test_points_of_many_tries_stop_at_the_days_cap(world: QuizWorld) -> None:
    world.session.rollback()
    for number in range(12):
        word = QuizPointsDue(
            person_id=world.worker.id,
            day=DAY.isoformat(),
            source=f"quiz:1:try:{number}",
            points=10,
            revision=number + 1,
        )
        with transaction() as session:
            pay_quiz(session, word)
    assert world.session.scalars(select(PracticeDay.points)).all() == [PointsRules().daily_cap]
    assert find_differences(world.session, [PersonId(world.worker.id)]) == []
