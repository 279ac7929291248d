"""Campaigns: what can be opened, when it is open, and what tries are worth."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.practice.campaigns.rules import (
    MOST_DAYS,
    Binding,
    CampaignForm,
    CampaignState,
    Plan,
    PlanFault,
    Run,
    credit_of,
    find_fault,
    heat_step,
    state_on,
)

FIRST = date(2026, 11, 16)
PLAN = Plan(
    title="接地月",
    form=CampaignForm.DAILY,
    binding=Binding.VOLUNTARY,
    why="",
    opens_on=FIRST,
    closes_on=FIRST + timedelta(days=9),
    questions=10,
    tries=3,
    points=2,
)
runs = st.lists(
    st.builds(
        Run,
        period=st.integers(0, 9).map(lambda number: FIRST + timedelta(days=number)),
        right=st.integers(0, 10),
        finished=st.booleans(),
    ),
    max_size=30,
)


@given(runs, runs)
def test_a_try_more_never_costs_anything(first: list[Run], more: list[Run]) -> None:
    before, after = credit_of(PLAN, first), credit_of(PLAN, [*first, *more])
    assert after.points >= before.points
    assert after.periods >= before.periods


@given(runs)
def test_the_best_finished_try_of_each_day_counts_once(tries: list[Run]) -> None:
    days = {run.period for run in tries if run.finished}
    best = [max(run.right for run in tries if run.finished and run.period == day) for day in days]
    credit = credit_of(PLAN, tries)
    assert credit.periods == len(days) <= PLAN.periods
    assert credit.points == 2 * sum(best)


def test_a_campaign_has_as_many_periods_as_days_and_an_assignment_one() -> None:
    assignment = replace(PLAN, form=CampaignForm.ASSIGNMENT)
    later = FIRST + timedelta(days=4)
    assert (PLAN.periods, assignment.periods) == (10, 1)
    assert (PLAN.period_of(later), assignment.period_of(later)) == (later, FIRST)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({}, None),
        ({"title": "  "}, PlanFault.TITLE),
        ({"closes_on": FIRST - timedelta(days=1)}, PlanFault.DATES),
        ({"closes_on": FIRST + timedelta(days=MOST_DAYS)}, PlanFault.DATES),
        ({"opens_on": FIRST - timedelta(days=20), "closes_on": FIRST - timedelta(days=2)}, "dates"),
        ({"questions": 0}, PlanFault.QUESTIONS),
        ({"tries": 11}, PlanFault.TRIES),
        ({"points": -1}, PlanFault.POINTS),
        ({"binding": Binding.REQUIRED}, PlanFault.WHY),
        ({"binding": Binding.REQUIRED, "why": "安全月"}, None),
    ],
)
def test_what_cannot_be_opened_is_told(changed: dict[str, object], fault: PlanFault | None) -> None:
    assert find_fault(replace(PLAN, **changed), today=FIRST) == fault


def test_a_campaign_is_open_from_its_first_to_its_last_day() -> None:
    states = [
        state_on(PLAN, FIRST + timedelta(days=number), withdrawn=False) for number in (-1, 0, 9, 10)
    ]
    assert states == [
        CampaignState.PLANNED,
        CampaignState.OPEN,
        CampaignState.OPEN,
        CampaignState.OVER,
    ]
    assert state_on(PLAN, FIRST, withdrawn=True) is CampaignState.WITHDRAWN


@pytest.mark.parametrize(
    ("percent", "step"),
    [(100, 0), (85, 0), (84, 1), (70, 1), (69, 2), (60, 2), (59, 3), (45, 3), (44, 4), (0, 4)],
)
def test_a_percentage_falls_into_one_step_of_the_heat_scale(percent: int, step: int) -> None:
    assert heat_step(percent) == step
