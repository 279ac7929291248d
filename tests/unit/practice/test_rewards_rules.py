"""Points: repeats, offline answers and the cap, whatever the day looks like."""

from datetime import date
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from lianbing.grading.rules import Verdict
from lianbing.practice.rewards.rules import (
    DayAnswer,
    DayTally,
    PointsRules,
    RulesFault,
    days_of_week,
    find_fault,
    tally,
    week_of,
    with_bonus,
)

answers = st.builds(
    DayAnswer,
    verdict=st.sampled_from([Verdict.RIGHT, Verdict.PARTIAL, Verdict.WRONG, Verdict.UNANSWERED]),
    ranked=st.booleans(),
    repeated=st.booleans(),
)
rules = st.builds(
    PointsRules,
    right=st.integers(1, 20),
    partial=st.integers(0, 20),
    daily_cap=st.integers(1, 60),
    streak_answers=st.integers(1, 50),
)
days = st.lists(answers, max_size=40)
NOTHING = DayTally()


@given(rules, days)
def test_a_day_never_earns_above_its_cap_and_never_loses(
    rules: PointsRules, day: list[DayAnswer]
) -> None:
    steps = list(
        accumulate(day, lambda so_far, one: tally(rules, [one], so_far=so_far), initial=NOTHING)
    )
    points = [step.points for step in steps]
    assert points == sorted(points)
    assert points[-1] <= rules.daily_cap


@given(rules, days, st.integers(0, 40))
def test_a_day_in_two_parts_is_the_day_in_one(
    rules: PointsRules, day: list[DayAnswer], cut: int
) -> None:
    first = tally(rules, day[:cut], so_far=NOTHING)
    assert tally(rules, day[cut:], so_far=first) == tally(rules, day, so_far=NOTHING)


@given(rules, days)
def test_repeats_and_offline_answers_earn_nothing_and_still_count_as_practice(
    rules: PointsRules, day: list[DayAnswer]
) -> None:
    earning = [one for one in day if one.ranked and not one.repeated]
    whole = tally(rules, day, so_far=NOTHING)
    assert whole.points == tally(rules, earning, so_far=NOTHING).points
    assert whole.answers == len(day)
    assert whole.right == sum(one.verdict is Verdict.RIGHT for one in day)


def test_right_partly_right_and_wrong_are_worth_what_the_rules_say() -> None:
    rules = PointsRules(right=3, partial=1, daily_cap=100)
    day = [
        DayAnswer(verdict=verdict) for verdict in (Verdict.RIGHT, Verdict.PARTIAL, Verdict.WRONG)
    ]
    assert tally(rules, day, so_far=NOTHING) == DayTally(answers=3, right=1, points=4)


def test_the_last_answer_before_the_cap_earns_what_room_is_left() -> None:
    rules = PointsRules(right=4, daily_cap=6)
    day = [DayAnswer(verdict=Verdict.RIGHT)] * 3
    assert tally(rules, day, so_far=NOTHING).points == 6


def test_senseless_rules_are_told_apart() -> None:
    assert find_fault(PointsRules()) is None
    assert find_fault(PointsRules(right=0)) is RulesFault.POINTS
    assert find_fault(PointsRules(right=2, partial=3)) is RulesFault.PARTIAL
    assert find_fault(PointsRules(right=5, daily_cap=4)) is RulesFault.CAP
    assert find_fault(PointsRules(streak_answers=0)) is RulesFault.STREAK


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_a_week_runs_from_monday_to_sunday_and_holds_its_days(day: date) -> None:
    week = days_of_week(week_of(day))
    assert day in week
    assert [one.weekday() for one in week] == [0, 1, 2, 3, 4, 5, 6]


@given(rules, days, st.integers(0, 40), st.lists(st.integers(0, 50), max_size=5))
def test_it_makes_no_difference_when_among_the_answers_a_bonus_comes(
    rules: PointsRules, day: list[DayAnswer], cut: int, bonuses: list[int]
) -> None:
    amid = tally(rules, day[:cut], so_far=NOTHING)
    for points in bonuses:
        amid = with_bonus(rules, amid, points)
    amid = tally(rules, day[cut:], so_far=amid)
    after = with_bonus(rules, tally(rules, day, so_far=NOTHING), sum(bonuses))
    assert amid == after
    assert after.points <= rules.daily_cap
