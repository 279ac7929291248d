"""When a pair is in force: both have agreed, its first day has come, its last has not passed."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lianbing.practice.mentoring.rules import (
    CREDITED_FROM,
    LONGEST_PERIOD,
    PairFacts,
    PairState,
    is_sound_period,
)

DAY = date(2026, 3, 2)
days = st.integers(-40, 40).map(lambda number: DAY + timedelta(days=number))


@st.composite
def pairs(draw: st.DrawFn) -> PairFacts:
    starts_on, ends_on = sorted((draw(days), draw(days)))
    agreed_on = draw(st.none() | days)
    ended_on = draw(st.none() | days)
    return PairFacts(starts_on=starts_on, ends_on=ends_on, agreed_on=agreed_on, ended_on=ended_on)


def facts(*, agreed: bool = True, ended_after: int | None = None) -> PairFacts:
    return PairFacts(
        starts_on=DAY,
        ends_on=DAY + timedelta(days=30),
        agreed_on=DAY if agreed else None,
        ended_on=None if ended_after is None else DAY + timedelta(days=ended_after),
    )


@given(pairs(), days)
def test_in_force_means_agreed_begun_and_not_over(pair: PairFacts, on: date) -> None:
    in_force = pair.state(on) is PairState.IN_FORCE
    assert in_force == (
        pair.agreed_on is not None
        and pair.ended_on is None
        and max(pair.starts_on, pair.agreed_on) <= on <= pair.ends_on
    )


@given(pairs(), days)
def test_days_in_force_are_the_days_on_which_it_was(pair: PairFacts, on: date) -> None:
    first = min(pair.starts_on, on) - timedelta(days=100)
    open_pair = PairFacts(
        starts_on=pair.starts_on, ends_on=pair.ends_on, agreed_on=pair.agreed_on, ended_on=None
    )
    until = on if pair.ended_on is None else min(on, pair.ended_on)
    counted = sum(
        open_pair.state(first + timedelta(days=number)) is PairState.IN_FORCE
        for number in range((until - first).days + 1)
    )
    assert pair.days_in_force(on) == counted


def test_a_pair_runs_through_its_states() -> None:
    assert facts(agreed=False).state(DAY) is PairState.PROPOSED
    assert facts(agreed=False, ended_after=0).state(DAY) is PairState.DECLINED
    assert facts().state(DAY - timedelta(days=1)) is PairState.AGREED
    assert facts().state(DAY) is PairState.IN_FORCE
    assert facts().state(DAY + timedelta(days=30)) is PairState.IN_FORCE
    assert facts().state(DAY + timedelta(days=31)) is PairState.OVER
    assert facts(ended_after=0).state(DAY) is PairState.OVER


def test_a_week_in_force_earns_credit_and_less_does_not() -> None:
    on = DAY + timedelta(days=40)
    assert facts(ended_after=CREDITED_FROM.days - 1).earns_credit(on)
    assert not facts(ended_after=CREDITED_FROM.days - 2).earns_credit(on)
    assert not facts(agreed=False, ended_after=20).earns_credit(on)


def test_a_period_is_in_order_not_over_and_not_for_ever() -> None:
    assert is_sound_period(DAY, DAY, on=DAY)
    assert not is_sound_period(DAY, DAY - timedelta(days=1), on=DAY)
    assert not is_sound_period(DAY - timedelta(days=9), DAY - timedelta(days=1), on=DAY)
    assert not is_sound_period(DAY, DAY + LONGEST_PERIOD + timedelta(days=1), on=DAY)
