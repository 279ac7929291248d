"""Granted time: multipliers, extensions, breaks and pauses, without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.exams.fairness.rules import (
    HOLD,
    Clock,
    Grant,
    end_break,
    grant_faults,
    is_on_break,
    pause_length,
    start_break,
)
from lianbing.exams.rules import due_time

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
instants = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=300)).map(START.__add__)
spans = st.timedeltas(min_value=MINUTE, max_value=timedelta(hours=6))
factors = st.decimals(min_value=1, max_value=4, places=2)


def test_time_factor_reaches_beyond_the_end_of_the_window() -> None:
    due = due_time(
        started_at=START, duration=HOUR, closes_at=START + HOUR, multiplier=Decimal("1.5")
    )
    assert due == START + HOUR * 1.5


def test_who_starts_late_has_the_factor_of_what_was_left() -> None:
    due = due_time(
        started_at=START, duration=HOUR, closes_at=START + HOUR / 2, multiplier=Decimal("1.5")
    )
    assert due == START + timedelta(minutes=45)


@given(started_at=instants, duration=spans, left=spans, multiplier=factors, extra=spans)
def test_grants_never_take_time_away(
    started_at: datetime,
    duration: timedelta,
    left: timedelta,
    multiplier: Decimal,
    extra: timedelta,
) -> None:
    closes_at = started_at + left
    ordinary = due_time(started_at=started_at, duration=duration, closes_at=closes_at)
    granted = due_time(
        started_at=started_at,
        duration=duration,
        closes_at=closes_at,
        multiplier=multiplier,
        extra=extra,
    )
    assert ordinary == min(started_at + duration, closes_at)
    longest = (ordinary - started_at) * float(multiplier)
    assert timedelta(0) <= granted - extra - started_at - longest <= timedelta(seconds=1.001)


CLOCK = Clock(due_at=START + HOUR, final_at=START + HOUR + MINUTE, break_left=10 * MINUTE)


def test_break_moves_the_deadline_by_exactly_what_was_used() -> None:
    on_break = start_break(CLOCK, now=START)
    assert on_break is not None
    assert is_on_break(on_break, now=START + 9 * MINUTE)
    assert not is_on_break(on_break, now=START + 10 * MINUTE)
    back = end_break(on_break, now=START + 4 * MINUTE)
    assert back.due_at == CLOCK.due_at + 4 * MINUTE
    assert (back.idle, back.break_left, back.break_ends_at) == (4 * MINUTE, 6 * MINUTE, None)


def test_break_that_is_never_ended_uses_all_that_was_left() -> None:
    on_break = start_break(CLOCK, now=START)
    assert on_break is not None
    late = end_break(on_break, now=START + HOUR)
    assert late.due_at == CLOCK.due_at + 10 * MINUTE
    assert start_break(late, now=START + HOUR) is None


def test_no_break_without_a_grant_during_one_or_after_time() -> None:
    assert start_break(replace(CLOCK, break_left=timedelta(0)), now=START) is None
    assert start_break(CLOCK, now=CLOCK.due_at) is None
    on_break = start_break(CLOCK, now=START)
    assert on_break is not None
    assert start_break(on_break, now=START + MINUTE) is None


@given(used=st.lists(st.timedeltas(min_value=timedelta(0), max_value=HOUR), max_size=6))
def test_breaks_never_give_more_than_was_granted(used: list[timedelta]) -> None:
    clock, now = CLOCK, START
    for length in used:
        begun = start_break(clock, now=now)
        if begun is None:
            continue
        now += length
        clock = end_break(begun, now=now)
        assert clock.due_at - CLOCK.due_at == clock.idle <= 10 * MINUTE
        assert clock.break_left + clock.idle == 10 * MINUTE
        assert clock.final_at - clock.due_at == MINUTE


def test_pause_gives_back_whole_seconds_and_at_most_the_hold() -> None:
    assert pause_length(paused_at=START, now=START + timedelta(seconds=90.2)) == timedelta(
        seconds=91
    )
    assert pause_length(paused_at=START, now=START + 3 * HOLD) == HOLD


@pytest.mark.parametrize(
    ("grant", "valid_to", "fault"),
    [
        (Grant(), None, "grants nothing"),
        (Grant(multiplier=Decimal("0.9")), None, "between 1 and 4"),
        (Grant(break_time=timedelta(hours=4)), None, "between 0 and 180"),
        (Grant(larger_text=True), date(2025, 1, 1), "before the first"),
    ],
)
def test_accommodation_that_makes_no_sense_is_refused(
    grant: Grant, valid_to: date | None, fault: str
) -> None:
    faults = grant_faults(grant, valid_from=date(2026, 1, 1), valid_to=valid_to)
    assert len(faults) == 1
    assert fault in faults[0]
