"""A bank gone through in order, and one point of it, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.people_factory import actor_for, make_person
from tests.practice_factory import Learning, items_of, make_learning, mixed

from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import NotFound
from lianbing.people.models import Person
from lianbing.practice import points, sequence
from lianbing.practice.errors import NothingToDrill
from lianbing.practice.rules import LEFT_BEHIND_AFTER, Given
from lianbing.subjects.models import AssessmentPoint, AssessmentScope

NOW = utc_now()
HOUR = timedelta(hours=1)
GAVE_UP = Given(gave_up=True)


@pytest.fixture
def learning(session: Session) -> Learning:
    return make_learning(session, mixed(14))


def codes(drill_id: int) -> list[str]:
    return [code for code, _ in items_of(drill_id)]


def done(session: Session, learning: Learning) -> tuple[int, int]:
    session.rollback()
    progress = sequence.get_progress(session, learning.actor, learning.bank_id)
    return progress.done, progress.total


def test_tens_follow_each_other_and_the_bank_begins_again(
    session: Session, learning: Learning
) -> None:
    assert done(session, learning) == (0, 14)
    first = learning.start_sequential(now=NOW)
    assert codes(first) == [f"Q{number:02d}" for number in range(10)]
    learning.run(first, now=NOW)
    assert done(session, learning) == (10, 14)
    second = learning.start_sequential(now=NOW)
    assert codes(second) == ["Q10", "Q11", "Q12", "Q13"]
    learning.run(second, now=NOW)
    assert done(session, learning) == (14, 14)
    assert codes(learning.start_sequential(now=NOW))[0] == "Q00"
    assert done(session, learning) == (0, 14)


def test_a_place_is_kept_within_a_ten_even_after_days(session: Session, learning: Learning) -> None:
    drill_id = learning.start_sequential(now=NOW)
    for position, (_code, _kind) in enumerate(items_of(drill_id)[:3], start=1):
        learning.answer(drill_id, position, GAVE_UP, now=NOW)
    assert learning.start_sequential(now=NOW + HOUR) == drill_id
    later = learning.start_sequential(now=NOW + LEFT_BEHIND_AFTER + HOUR)
    assert later != drill_id
    assert codes(later)[0] == "Q03"
    assert done(session, learning) == (3, 14)


def test_the_bank_can_be_begun_again_and_other_drills_move_no_place(
    session: Session, learning: Learning
) -> None:
    learning.run(learning.start_sequential(now=NOW), now=NOW)
    learning.run(learning.start(now=NOW), now=NOW)
    assert done(session, learning) == (10, 14)
    again = learning.start_sequential(now=NOW, from_first=True)
    assert codes(again)[0] == "Q00"
    assert learning.start_sequential(now=NOW) == again


def test_a_place_survives_retired_and_reserved_questions(
    session: Session, learning: Learning
) -> None:
    learning.run(learning.start_sequential(now=NOW), now=NOW)
    learning.turn_exam_only(["Q09", "Q10"])
    assert codes(learning.start_sequential(now=NOW)) == ["Q11", "Q12", "Q13"]
    assert done(session, learning) == (9, 12)


def test_merged_identities_stand_in_one_place(session: Session, learning: Learning) -> None:
    learning.run(learning.start_sequential(now=NOW), now=NOW)
    kept = make_person(session, "王小练", organisation=learning.union)
    session.get_one(Person, learning.person.id).kept_id = kept.id
    session.commit()
    learning.actor = actor_for(session, kept)
    assert codes(learning.start_sequential(now=NOW + HOUR)) == ["Q10", "Q11", "Q12", "Q13"]


def test_a_point_drill_stays_in_its_point_and_the_page_counts_it(session: Session) -> None:
    learning = make_learning(session, mixed(3) + mixed(4, point="B01", prefix="R"))
    point = session.scalars(select(AssessmentPoint).where(AssessmentPoint.code == "B01")).one()
    drill_id = learning.start_point(point.id, now=NOW)
    assert set(codes(drill_id)) == {"R00", "R01", "R02", "R03"}
    learning.run(drill_id, wrong=["R00"], now=NOW)
    scope = session.scalars(
        select(AssessmentScope).where(AssessmentScope.id == point.scope_id)
    ).one()
    page = points.get_scope_points(session, learning.actor, learning.bank_id, scope.id, number=1)
    assert [(row.code, row.total, row.done, row.right) for row in page.page.rows] == [
        ("B01", 4, 4, 3)
    ]
    with pytest.raises(NotFound):
        points.get_scope_points(session, learning.actor, learning.bank_id, 10**6, number=1)
    with pytest.raises(NothingToDrill):
        learning.start_point(10**6, now=NOW)
