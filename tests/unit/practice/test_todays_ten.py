"""Today's ten: due, weak and new in their shares, the same every time, nothing twice."""

from datetime import date, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from lianbing.grading.rules import Verdict
from lianbing.kernel.ids import QuestionId, QuestionVersionId
from lianbing.practice.daily.cards import ReviewState, reviewed
from lianbing.practice.daily.rules import (
    LEAST_NEW,
    MOST_DUE,
    MOST_OF_A_POINT,
    TEN,
    Askable,
    Picked,
    Reason,
    pick_ten,
    points_to_ask,
)
from lianbing.practice.mastery.rules import answered, standings

DAY = date(2026, 3, 2)
LONG_AGO = DAY - timedelta(days=200)
YESTERDAY = DAY - timedelta(days=1)


def ask(number: int, point: int, card: ReviewState | None = None) -> Askable:
    return Askable(
        question_id=QuestionId(number),
        version_id=QuestionVersionId(number),
        point_id=point,
        card=card,
    )


def remembered(day: date) -> ReviewState:
    return reviewed(None, Verdict.RIGHT, day)


def ten(
    questions: list[Askable], shares: dict[int, float], met: set[int], day: date = DAY
) -> tuple[Picked, ...]:
    known = {point: answered(Verdict.WRONG, LONG_AGO) for point in met}
    found = standings(shares, known, day)
    points = points_to_ask(found, {question.point_id for question in questions})
    return pick_ten(questions, points, shares, day)


def reasons(picked: tuple[Picked, ...]) -> list[Reason]:
    return [each.reason for each in picked]


EVEN = dict.fromkeys(range(12), 1 / 12)


def test_a_first_day_is_new_and_goes_through_the_weightiest_points() -> None:
    shares = {point: (point + 1) / 78 for point in range(12)}
    questions = [ask(10 * point + n, point) for point in range(12) for n in range(3)]
    picked = ten(questions, shares, met=set())
    assert reasons(picked) == [Reason.NEW] * TEN
    assert [each.point_id for each in picked] == list(range(11, 1, -1))


def test_due_weak_and_new_have_their_shares() -> None:
    due = [ask(n, n % 6, remembered(LONG_AGO)) for n in range(20)]
    unseen = [ask(100 + n, n % 12) for n in range(36)]
    picked = ten([*due, *unseen], EVEN, met=set(range(6)))
    assert reasons(picked).count(Reason.DUE) == MOST_DUE
    assert reasons(picked).count(Reason.NEW) == LEAST_NEW
    assert len(picked) == TEN


def test_without_anything_new_or_weak_the_reviews_fill_the_day() -> None:
    due = [ask(n, 0, remembered(LONG_AGO)) for n in range(20)]
    picked = ten(due, {0: 1.0}, met={0})
    assert len(picked) == TEN
    assert reasons(picked).count(Reason.DUE) >= MOST_DUE


def test_reviews_go_by_the_marks_at_risk() -> None:
    shares = {1: 0.9, 2: 0.1}
    due = [ask(1, 2, remembered(LONG_AGO)), ask(2, 1, remembered(LONG_AGO))]
    assert [each.question_id for each in ten(due, shares, met={1, 2})] == [2, 1]


def test_what_was_answered_today_does_not_come_again() -> None:
    questions = [ask(1, 1, remembered(DAY)), ask(2, 1, remembered(YESTERDAY)), ask(3, 1)]
    assert {each.question_id for each in ten(questions, {1: 1.0}, met={1})} == {2, 3}


def test_an_empty_bank_gives_nothing() -> None:
    assert ten([], {}, met=set()) == ()


cards = st.one_of(st.none(), st.integers(1, 300).map(lambda n: remembered(DAY - timedelta(days=n))))
banks = st.lists(st.tuples(st.integers(0, 11), cards), max_size=60).map(
    lambda rows: [ask(number, point, card) for number, (point, card) in enumerate(rows)]
)
met_points = st.sets(st.integers(0, 11))


@given(banks, met_points)
def test_a_day_is_full_when_the_bank_can_fill_it_and_asks_nothing_twice(
    questions: list[Askable], met: set[int]
) -> None:
    met |= {question.point_id for question in questions if question.card is not None}
    picked = ten(questions, EVEN, met)
    assert len({each.question_id for each in picked}) == len(picked)
    assert len(picked) == min(TEN, len(questions))
    for each in picked:
        (question,) = (q for q in questions if q.question_id == each.question_id)
        assert (each.reason is Reason.NEW) <= (question.card is None)
        if each.reason is Reason.DUE:
            assert question.card is not None
            assert question.card.due <= DAY


@given(banks, met_points, st.randoms())
def test_the_same_state_and_day_give_the_same_ten(
    questions: list[Askable], met: set[int], rng: Random
) -> None:
    shuffled = [*questions]
    rng.shuffle(shuffled)
    assert ten(shuffled, EVEN, met) == ten(questions, EVEN, met)


@given(met_points)
def test_a_day_does_not_dwell_on_a_point_while_others_wait(met: set[int]) -> None:
    questions = [ask(20 * point + n, point) for point in range(12) for n in range(20)]
    picked = ten(questions, EVEN, met)
    assert max(sum(p.point_id == q.point_id for p in picked) for q in picked) <= MOST_OF_A_POINT
