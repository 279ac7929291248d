"""Mass quizzes as pure rules: what counts, whose day a try is, tries left, participation."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import quiz_factory

from lianbing.exams.mass_quiz.rules import (
    ABOUT_FAULT,
    DATES_FAULT,
    GRACE,
    MINUTES_FAULT,
    MOST_DAYS,
    POINTS_FAULT,
    QUESTIONS_FAULT,
    SETTLE,
    TITLE_FAULT,
    TRIES_FAULT,
    CountedTry,
    Counting,
    DayUse,
    QuizState,
    average_of,
    due_at,
    find_fault,
    is_final,
    points_due,
    score_of,
    seconds_used,
    share_of,
    span_of,
    state_at,
    tries_left,
)
from lianbing.leaderboards.rules import encode

SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
PLAN = replace(
    quiz_factory.PLAN, opens_on=TODAY, closes_on=TODAY + timedelta(days=6), minutes=15, tries=3
)

tries = st.lists(
    st.builds(
        CountedTry,
        day=st.integers(0, 5).map(lambda back: TODAY + timedelta(days=back)),
        marks=st.integers(0, 200).map(lambda halves: Decimal(halves) / 2),
        seconds=st.integers(0, 7200),
        ended_at=st.integers(0, 10**6).map(lambda after: NOON + timedelta(seconds=after)),
    ),
    max_size=30,
)


def score(counting: Counting, given: list[CountedTry]) -> tuple[Decimal, int]:
    found = score_of(counting, given)
    return (found.marks, found.seconds) if found else (Decimal(-1), 0)


@given(tries)
def test_best_is_a_try_that_no_other_beats(own: list[CountedTry]) -> None:
    found = score_of(Counting.BEST, own)
    if found is None:
        assert own == []
        return
    assert (found.marks, -found.seconds) == max((one.marks, -one.seconds) for one in own)
    assert found.tries == len(own)


@given(tries)
def test_a_sum_of_day_bests_is_the_best_of_each_day_alone(own: list[CountedTry]) -> None:
    days = defaultdict(list)
    for one in own:
        days[one.day].append(one)
    bests = [score_of(Counting.BEST, of_day) for of_day in days.values()]
    found = score_of(Counting.DAY_BESTS, own)
    assert (found.marks if found else Decimal(0)) == sum(
        (best.marks for best in bests if best), Decimal(0)
    )


@given(tries)
def test_all_is_never_less_than_day_bests_nor_these_than_the_best(own: list[CountedTry]) -> None:
    marks = [score(counting, own)[0] for counting in Counting]
    assert marks == sorted(marks)


@given(tries, st.randoms())
def test_the_order_in_which_tries_come_makes_no_difference(
    own: list[CountedTry], shuffler: object
) -> None:
    shuffled = list(own)
    shuffler.shuffle(shuffled)  # type: ignore[attr-defined]
    for counting in Counting:
        assert score_of(counting, own) == score_of(counting, shuffled)


@given(tries, st.sampled_from([Counting.BEST, Counting.DAY_BESTS]))
def test_a_try_more_never_costs_marks(own: list[CountedTry], counting: Counting) -> None:
    for cut in range(len(own)):
        assert score(counting, own[:cut])[0] <= score(counting, own[: cut + 1])[0]


@given(tries)
def test_every_score_has_a_key_on_a_board_and_better_stands_higher(own: list[CountedTry]) -> None:
    for counting in Counting:
        marks, seconds = score(counting, own)
        if own:
            assert encode(marks, seconds) < encode(marks + 1, seconds + 1)
            assert encode(marks, seconds) > encode(marks, seconds + 1)


def test_of_equal_marks_and_time_the_earlier_is_reached() -> None:
    late = CountedTry(day=TODAY, marks=Decimal(90), seconds=300, ended_at=NOON)
    early = replace(late, ended_at=NOON - timedelta(hours=1))
    found = score_of(Counting.BEST, [late, early])
    assert found is not None
    assert found.reached_at == early.ended_at


@given(st.integers(1, 10), st.lists(st.booleans(), max_size=15))
def test_tries_left_are_those_not_used_and_a_given_back_one_is_not_used(
    allowed: int, given_back: list[bool]
) -> None:
    left = tries_left(allowed, [DayUse(given_back=one) for one in given_back])
    assert 0 <= left <= allowed
    assert left == max(0, allowed - given_back.count(False))


def test_a_quiz_is_open_from_midnight_of_its_first_day_to_midnight_after_its_last() -> None:
    opens_at, closes_at = span_of(TODAY, TODAY, SHANGHAI)
    assert opens_at == datetime(2026, 11, 19, 16, tzinfo=UTC)
    assert closes_at - opens_at == timedelta(days=1)
    second = timedelta(seconds=1)

    def state(now: datetime, *, published: bool = True) -> QuizState:
        return state_at(published=published, opens_at=opens_at, closes_at=closes_at, now=now)

    assert state(opens_at - second) is QuizState.PLANNED
    assert state(opens_at) is QuizState.OPEN
    assert state(closes_at - second) is QuizState.OPEN
    assert state(closes_at) is QuizState.CLOSED
    assert state(opens_at, published=False) is QuizState.DRAFT


def test_a_try_ends_with_its_minutes_and_never_after_the_quiz() -> None:
    assert due_at(NOON, 15, NOON + timedelta(hours=1)) == NOON + timedelta(minutes=15)
    assert due_at(NOON, 15, NOON + timedelta(minutes=2)) == NOON + timedelta(minutes=2)


def test_nothing_is_final_while_an_answer_may_still_arrive() -> None:
    assert not is_final(NOON, NOON + GRACE)
    assert is_final(NOON, NOON + GRACE + SETTLE + timedelta(seconds=1))


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_participation_lies_between_nothing_and_everybody(people: int, heads: int) -> None:
    assert 0 <= share_of(people, heads) <= 1
    assert (share_of(people, heads) == 0) == (heads == 0 or people / heads < 0.00005)


def test_figures_of_a_place() -> None:
    assert share_of(1, 3) == Decimal("0.3333")
    assert share_of(5, 3) == 1
    assert average_of(Decimal(100), 3) == Decimal("33.33")
    assert average_of(Decimal(0), 0) == 0
    assert seconds_used(NOON, NOON + timedelta(seconds=61, milliseconds=900)) == 61
    assert seconds_used(NOON, NOON - timedelta(seconds=1)) == 0
    assert points_due(5, earning=True) == 5
    assert points_due(5, earning=False) == 0


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"title": " "}, TITLE_FAULT),
        ({"title": "长" * 81}, TITLE_FAULT),
        ({"about": "长" * 501}, ABOUT_FAULT),
        ({"closes_on": TODAY - timedelta(days=1)}, DATES_FAULT),
        ({"closes_on": TODAY + timedelta(days=MOST_DAYS)}, DATES_FAULT),
        ({"minutes": 0}, MINUTES_FAULT),
        ({"tries": 11}, TRIES_FAULT),
        ({"points": -1}, POINTS_FAULT),
        ({}, None),
    ],
)
def test_a_plan_that_makes_no_sense_is_told_why(
    changes: dict[str, object], fault: str | None
) -> None:
    plan = replace(PLAN, **changes)  # type: ignore[arg-type]
    assert find_fault(plan, questions=20, today=TODAY) == fault


def test_a_try_asks_no_more_than_a_hundred_questions() -> None:
    assert find_fault(PLAN, questions=0, today=TODAY) == QUESTIONS_FAULT
    assert find_fault(PLAN, questions=101, today=TODAY) == QUESTIONS_FAULT
