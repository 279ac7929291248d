"""Time counted can never outrun the clock on the wall, however many tabs claim it."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lianbing.training.reading.rules import LONGEST_BEAT, NOTHING, Credit, credit

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)

claims = st.timedeltas(min_value=timedelta(hours=-1), max_value=timedelta(hours=3))
waits = st.timedeltas(min_value=timedelta(minutes=-1), max_value=timedelta(minutes=5))
beats = st.lists(st.tuples(waits, claims), max_size=60)


def told(beats_: list[tuple[timedelta, timedelta]]) -> list[tuple[datetime, Credit]]:
    """Each beat's arrival and what it earned, from all tabs of a person in turn."""
    now, until, earned = START, None, []
    for wait, claimed in beats_:
        now += wait
        made = credit(claimed, now=now, counted_until=until)
        until = made.counted_until
        earned.append((now, made))
    return earned


@given(beats)
def test_no_moment_is_counted_twice_and_none_before_its_claim(
    beats_: list[tuple[timedelta, timedelta]],
) -> None:
    covered_until = None
    for (now, made), (_wait, claimed) in zip(told(beats_), beats_, strict=True):
        assert NOTHING <= made.counted <= LONGEST_BEAT
        assert made.counted <= max(claimed, NOTHING)
        if made.counted > NOTHING:
            assert made.counted_until == now
            assert covered_until is None or now - made.counted >= covered_until
            covered_until = now


@given(beats)
def test_the_sum_stays_within_the_time_that_passed(
    beats_: list[tuple[timedelta, timedelta]],
) -> None:
    earned = told(beats_)
    if earned:
        moments = [now for now, _made in earned]
        total = sum((made.counted for _now, made in earned), NOTHING)
        assert total <= max(moments) - min(moments) + LONGEST_BEAT


@given(st.lists(st.integers(min_value=1, max_value=30), min_size=1, max_size=40))
def test_one_honest_tab_is_counted_in_full(seconds: list[int]) -> None:
    earned = told([(step * SECOND, step * SECOND) for step in seconds])
    assert sum((made.counted for _now, made in earned), NOTHING) == sum(seconds) * SECOND


@given(st.integers(min_value=2, max_value=6), st.integers(min_value=1, max_value=20))
def test_many_tabs_at_once_earn_what_one_does(tabs: int, rounds: int) -> None:
    fifteen = 15 * SECOND
    one = told([(fifteen, fifteen)] * rounds)
    many = told(
        [(fifteen if tab == 0 else NOTHING, fifteen) for _ in range(rounds) for tab in range(tabs)]
    )
    assert sum((made.counted for _now, made in many), NOTHING) == sum(
        (made.counted for _now, made in one), NOTHING
    )


def test_a_claim_of_nothing_takes_nothing_from_another_tab() -> None:
    first = credit(NOTHING, now=START + 10 * SECOND, counted_until=START)
    second = credit(15 * SECOND, now=START + 15 * SECOND, counted_until=first.counted_until)
    assert second.counted == 15 * SECOND
