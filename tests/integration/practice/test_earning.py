"""What answers earn on both databases: the running day equals the fold of the record."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.people_factory import actor_for, make_organisation, make_person
from tests.practice_factory import Learning, make_learning, mixed

from lianbing.banks.models import Question, QuestionVersion
from lianbing.grading.rules import Verdict
from lianbing.infra.calendar import local_date
from lianbing.infra.database import db, transaction
from lianbing.infra.redis_client import current_settings
from lianbing.kernel.ids import PersonId, QuestionId, QuestionVersionId
from lianbing.people.models import Membership, Person
from lianbing.practice.recording import Answered, lock_learners, record_answers
from lianbing.practice.rewards.models import PointsRule, PracticeDay
from lianbing.practice.rewards.recount import find_differences, recount
from lianbing.practice.rules import DrillMode

DAY = date(2026, 11, 18)
"""A Wednesday."""


def noon(days: int = 0) -> datetime:
    """Noon of that day or so many later, in whatever zone the installation keeps."""
    return datetime.combine(DAY + timedelta(days=days), time(12), current_settings().zone)


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
    unit_id = session.scalars(
        select(Membership.organisation_id).where(Membership.person_id == learning.person.id)
    ).one()
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


def test_a_merged_person_has_one_cap_a_day_and_repeats_what_the_other_answered(
    session: Session,
) -> None:
    learning = make_learning(session, mixed(10))
    learning.run(learning.start(now=noon()), now=noon())
    kept = make_person(session, "王小练", organisation=learning.union)
    session.get_one(Person, learning.person.id).kept_id = kept.id
    session.commit()
    learning.person, learning.actor = kept, actor_for(session, kept)
    learning.run(learning.start(now=noon()), now=noon())
    assert days_of(learning) == [(10, 10, 0)]


def test_an_offline_answer_is_practice_on_its_own_day_and_earns_nothing(
    session: Session, learning: Learning
) -> None:
    question_id, version_id, point_id = session.execute(
        select(Question.id, QuestionVersion.id, QuestionVersion.point_id)
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .where(Question.code == "Q00")
    ).one()
    person_id = PersonId(learning.person.id)
    session.rollback()
    with transaction() as writing:
        lock_learners(writing, [person_id])
        common = {
            "person_id": person_id,
            "question_id": QuestionId(question_id),
            "version_id": QuestionVersionId(version_id),
            "point_id": point_id,
            "drill_id": None,
            "position": None,
            "mode": DrillMode.RANDOM.value,
            "answer": "B",
            "verdict": Verdict.RIGHT,
        }
        yesterday = Answered(**common, answered_at=noon(-1), offline=True)
        today = Answered(**common, answered_at=noon())
        again = Answered(**common, answered_at=noon() + timedelta(minutes=1))
        record_answers(writing, [again, yesterday, today], now=noon() + timedelta(hours=1))
    assert days_of(learning) == [(1, 1, 0), (2, 2, 2)]


def test_the_running_days_equal_the_record_folded_anew_and_a_lost_point_is_found(
    session: Session, learning: Learning
) -> None:
    for number in range(3):
        wrong = ["Q00", "Q05", "Q11"] if number else []
        drill_id = learning.start(seed=number, now=noon())
        learning.run(drill_id, wrong=wrong, now=noon())
    learning.run(learning.start(seed=7, now=noon(1)), wrong=["Q02"], now=noon(1))
    session.rollback()
    people = [PersonId(learning.person.id)]
    assert find_differences(session, people) == []
    assert set(recount(session, people)) == {local_date(noon()), local_date(noon(1))}
    key = (learning.person.id, local_date(noon(1)))
    session.get_one(PracticeDay, key).points += 1
    session.flush()
    assert find_differences(session, people) == [local_date(noon(1))]
    session.rollback()
