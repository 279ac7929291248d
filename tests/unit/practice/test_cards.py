"""Cards: the library's own golden sequence, told by the day; and that no chance is in it."""

from datetime import UTC, date, datetime, time, timedelta
from unittest.mock import patch

import pytest
from fsrs import Card, State
from hypothesis import given
from hypothesis import strategies as st

from lianbing.grading.rules import Verdict
from lianbing.practice.daily.cards import (
    SCHEDULER,
    ReviewState,
    recall_chance,
    replayed,
    reviewed,
)

DAY = date(2026, 3, 2)
RIGHT, WRONG = Verdict.RIGHT, Verdict.WRONG
GOLDEN_DAYS = [2, 11, 46, 163, 497, 1346, 9, 1, 2, 4, 7, 13, 22]
"""What fsrs 6.3.2 gives with its default weights, in whole days and without learning steps."""
GOLDEN_STABILITY = 21.528151
GOLDEN_DIFFICULTY = 9.055760


def reviewed_when_due(verdicts: list[Verdict]) -> list[ReviewState]:
    """Each answer on the day the one before asked for."""
    state, day, found = None, DAY, []
    for verdict in verdicts:
        state = reviewed(state, verdict, day)
        day = state.due
        found.append(state)
    return found


def test_the_golden_sequence_of_intervals() -> None:
    verdicts = [RIGHT] * 6 + [WRONG, WRONG] + [RIGHT] * 5
    states = reviewed_when_due(verdicts)
    days = [(state.due - state.last_on).days for state in states]
    assert days == GOLDEN_DAYS
    assert states[-1].stability == pytest.approx(GOLDEN_STABILITY, rel=1e-4)
    assert states[-1].difficulty == pytest.approx(GOLDEN_DIFFICULTY, rel=1e-4)


def test_only_wholly_right_is_remembered() -> None:
    again = reviewed(None, WRONG, DAY)
    assert reviewed(None, Verdict.PARTIAL, DAY) == again
    assert reviewed(None, Verdict.UNANSWERED, DAY) == again
    assert reviewed(None, RIGHT, DAY).due > again.due


@given(st.lists(st.tuples(st.sampled_from([RIGHT, WRONG]), st.integers(0, 60)), min_size=1))
def test_a_card_is_a_fold_that_is_due_after_its_day(steps: list[tuple[Verdict, int]]) -> None:
    day, answers = DAY, []
    state = None
    for verdict, wait in steps:
        day += timedelta(days=wait)
        answers.append((verdict, day))
        state = reviewed(state, verdict, day)
        assert state.due > day
        assert state.last_on == day
    assert replayed(*answers) == state


def test_what_is_remembered_fades() -> None:
    state = reviewed(None, RIGHT, DAY)
    chances = [recall_chance(state, DAY + timedelta(days=n)) for n in (0, 1, 5, 50)]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] == 1
    assert recall_chance(state, state.due) == pytest.approx(0.9, abs=0.05)


def test_no_card_sleeps() -> None:
    with patch("fsrs.card.time.sleep", side_effect=AssertionError("slept")):
        reviewed(reviewed(None, RIGHT, DAY), WRONG, DAY)


@given(st.floats(0.01, 3000), st.integers(0, 4000))
def test_the_chance_is_the_librarys_own(stability: float, days: int) -> None:
    state = ReviewState(stability=stability, difficulty=5.0, due=DAY, last_on=DAY)
    day = DAY + timedelta(days=days)
    card = Card(
        card_id=1,
        state=State.Review,
        stability=stability,
        difficulty=5.0,
        last_review=datetime.combine(DAY, time.min, tzinfo=UTC),
    )
    theirs = SCHEDULER.get_card_retrievability(card, datetime.combine(day, time.min, tzinfo=UTC))
    assert recall_chance(state, day) == pytest.approx(theirs, rel=1e-12)
