"""What answers earn on both databases: the running day equals the fold of the record."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.people_factory import LONG_AGO, make_organisation
from tests.practice_factory import Learning, make_learning, mixed

from lianbing.infra.calendar import local_date
from lianbing.infra.database import db
from lianbing.infra.redis_client import current_settings
from lianbing.people.models import Person
from lianbing.practice.rewards.models import PointsRule, PracticeDay

DAY = datetime(2026, 11, 18, 12, 0)
"""A Wednesday noon, in whatever zone the installation keeps."""


def noon(days: int = 0) -> datetime:
    return (DAY + timedelta(days=days)).replace(tzinfo=current_settings().zone)


@pytest.fixture
def learning(session: Session) -> Learning:
    return make_learning(session, mixed(25))


def days_of(learning: Learning) -> list[tuple[int, int, int]]:
    """Answers, right ones and points, a day after the other."""
    db.session.rollback()
    rows = db.session.execute(
        select(PracticeDay.answers, PracticeDay.right_count, PracticeDay.points)
        .where(PracticeDay.person_id == learning.person.id)
        .order_by(PracticeDay.day)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def test_ten_right_answers_earn_two_points_each(learning: Learning) -> None:
    learning.run(learning.start(now=noon()), now=noon())
    assert days_of(learning) == [(10, 10, 20)]


def test_wrong_answers_count_as_practice_and_earn_less(learning: Learning) -> None:
    drill_id = learning.start(now=noon())
    learning.run(drill_id, wrong=["Q00", "Q01", "Q02", "Q03", "Q04"], now=noon())
    [(answers, right, points)] = days_of(learning)
    assert answers == 10
    assert 5 <= right <= 10
    assert 2 * right <= points <= 20


def test_a_day_stops_at_its_cap_and_the_next_begins_anew(learning: Learning) -> None:
    for number in range(3):
        learning.run(learning.start(seed=number, now=noon()), now=noon())
    learning.run(learning.start(seed=9, now=noon(1)), now=noon(1))
    assert days_of(learning) == [(30, 30, 40), (10, 10, 20)]


def test_a_question_answered_again_on_the_same_day_earns_nothing(session: Session) -> None:
    learning = make_learning(session, mixed(10))
    learning.run(learning.start(now=noon()), now=noon())
    learning.run(learning.start(now=noon()), now=noon())
    learning.run(learning.start(now=noon(1)), now=noon(1))
    assert days_of(learning) == [(20, 20, 20), (10, 10, 20)]


def test_a_retried_answer_earns_once(learning: Learning) -> None:
    drill_id = learning.start(now=noon())
    learning.run(drill_id, now=noon())
    learning.run(drill_id, now=noon())
    assert days_of(learning) == [(10, 10, 20)]


def test_the_nearest_rules_in_force_on_the_day_decide(session: Session, learning: Learning) -> None:
    unit_id = learning.actor.organisation_ids[0] if learning.actor.organisation_ids else None
    assert unit_id is not None
    for organisation_id, version, right, days in (
        (learning.union.id, 1, 5, -30),
        (unit_id, 1, 3, -20),
        (unit_id, 2, 4, 1),
    ):
        write_rule(session, organisation_id, version=version, right=right, days=days)
    write_rule(session, make_organisation(session, "别处").id, version=1, right=9, days=-30)
    learning.run(learning.start(now=noon()), now=noon())
    learning.run(learning.start(seed=3, now=noon(1)), now=noon(1))
    assert [points for _, _, points in days_of(learning)] == [30, 40]


def write_rule(
    session: Session, organisation_id: int, *, version: int, right: int, days: int
) -> None:
    session.add(
        PointsRule(
            organisation_id=organisation_id,
            version=version,
            from_day=local_date(noon(days)),
            right_points=right,
            partial_points=1,
            daily_cap=100,
            streak_answers=5,
            roll_names="full",
            written_at=noon(),
        )
    )
    session.commit()


def test_a_merged_person_has_one_day(session: Session, learning: Learning) -> None:
    learning.run(learning.start(now=noon()), now=noon())
    other = Person(name="王小练", created_at=noon())
    session.add(other)
    session.flush()
    session.get_one(Person, learning.person.id).kept_id = other.id
    session.commit()
    assert LONG_AGO < local_date(noon())
