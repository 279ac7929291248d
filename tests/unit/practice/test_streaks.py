"""Streaks against a slow second opinion: every run of days, tried one by one."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lianbing.practice.rewards.streaks import streak_on

FIRST = date(2026, 3, 1)
SPAN = 40


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


practised = st.sets(st.integers(0, SPAN - 1).map(day), max_size=SPAN)
todays = st.integers(0, SPAN + 3).map(day)


def slow_length(days: set[date], today: date) -> int:
    """The most practised days in a run up to today without two missed in seven."""
    last = today if today in days else today - timedelta(days=1)
    best = 0
    for number in range((last - FIRST).days + 1):
        run = [day(one) for one in range(number, (last - FIRST).days + 1)]
        sevens = [run[start : start + 7] for start in range(len(run))]
        if all(sum(one not in days for one in seven) <= 1 for seven in sevens):
            best = max(best, sum(one in days for one in run))
    return best


@given(practised, todays)
def test_a_streak_is_the_longest_run_without_two_missed_in_seven(
    days: set[date], today: date
) -> None:
    assert streak_on(days, today).length == slow_length(
        {one for one in days if one <= today}, today
    )


@given(practised, todays)
def test_the_longest_streak_is_the_best_of_all_days(days: set[date], today: date) -> None:
    lengths = [streak_on(days, day(number)).length for number in range((today - FIRST).days + 1)]
    assert streak_on(days, today).longest == max(lengths, default=0)


@given(practised, todays, st.integers(0, SPAN + 3).map(day))
def test_one_day_more_never_makes_a_streak_shorter(
    days: set[date], today: date, more: date
) -> None:
    assert streak_on(days | {more}, today).length >= streak_on(days, today).length


@given(st.integers(1, SPAN))
def test_every_day_practised_counts_every_day(count: int) -> None:
    streak = streak_on({day(number) for number in range(count)}, day(count - 1))
    assert (streak.length, streak.longest, streak.rest_free) == (count, count, True)


@given(st.integers(8, SPAN), st.data())
def test_one_missed_day_breaks_nothing_and_two_in_a_row_do(count: int, data: st.DataObject) -> None:
    missed = data.draw(st.integers(1, count - 3))
    days = {day(number) for number in range(count)}
    one_missed = streak_on(days - {day(missed)}, day(count - 1))
    assert one_missed.length == count - 1
    two_missed = streak_on(days - {day(missed), day(missed + 1)}, day(count - 1))
    assert two_missed.length == count - missed - 2


def test_today_is_not_missed_before_it_is_over() -> None:
    days = {day(number) for number in range(5)}
    morning = streak_on(days, day(5))
    assert (morning.length, morning.practised_today, morning.rested_on) == (5, False, None)
    assert streak_on(days, day(6)).length == 5
    assert streak_on(days, day(6)).rested_on == day(5)
    assert streak_on(days, day(7)).length == 0


@given(practised, todays)
def test_a_free_rest_day_costs_nothing_and_another_does(days: set[date], today: date) -> None:
    now = streak_on(days, today)
    following = today + timedelta(days=2 if now.practised_today else 1)
    seen = {one for one in days if one <= today}
    assert (streak_on(seen, following).length == now.length) is (now.rest_free or not now.length)


def test_nothing_practised_is_no_streak() -> None:
    assert streak_on(set(), FIRST).length == 0
