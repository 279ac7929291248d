"""A challenge run decided without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.grading.rules import Verdict
from lianbing.kernel.ids import QuestionId
from lianbing.practice.challenge.rules import (
    GRACE,
    LONGEST_RUN,
    RUNS_A_DAY,
    SECONDS_A_QUESTION,
    Clock,
    Ending,
    draw_run,
    ending_after,
    runs_left,
)

ASKED = datetime(2026, 11, 20, 4, tzinfo=UTC)
WHOLE = timedelta(seconds=SECONDS_A_QUESTION)


@given(st.integers(min_value=0, max_value=200_000))
def test_time_is_up_exactly_after_the_seconds_and_the_grace(milliseconds: int) -> None:
    clock = Clock(asked_at=ASKED)
    waited = timedelta(milliseconds=milliseconds)
    assert clock.is_over(ASKED + waited) == (waited > WHOLE + GRACE)
    shown = clock.seconds_left(ASKED + waited)
    assert shown == pytest.approx(max(0.0, (WHOLE - waited).total_seconds()))


def test_no_clock_runs_before_the_question_is_shown() -> None:
    clock = Clock(asked_at=None)
    assert clock.due_at is None
    assert not clock.is_over(ASKED + timedelta(days=9))
    assert clock.seconds_left(ASKED) == SECONDS_A_QUESTION


@pytest.mark.parametrize("verdict", [own for own in Verdict if own is not Verdict.RIGHT])
def test_whatever_is_not_wholly_right_ends_the_run(verdict: Verdict) -> None:
    assert ending_after(verdict, position=1, length=5) is Ending.WRONG


def test_a_right_answer_goes_on_until_the_last_question() -> None:
    assert ending_after(Verdict.RIGHT, position=4, length=5) is None
    assert ending_after(Verdict.RIGHT, position=5, length=5) is Ending.ALL


@given(st.integers(min_value=0, max_value=20))
def test_the_daily_cap_is_never_exceeded(begun: int) -> None:
    assert runs_left(begun) == max(0, RUNS_A_DAY - begun)


@given(st.sets(st.integers(1, 10**6).map(QuestionId), max_size=150), st.integers(0, 2**48))
def test_a_run_asks_each_question_once_in_an_order_of_its_seed(
    questions: set[QuestionId], seed: int
) -> None:
    drawn = draw_run(questions, seed=seed)
    assert len(set(drawn)) == len(drawn) == min(LONGEST_RUN, len(questions))
    assert set(drawn) <= questions
    assert drawn == draw_run(sorted(questions, reverse=True), seed=seed)
