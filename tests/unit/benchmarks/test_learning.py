"""The simulated learners: they remember as stated, and the same seed lives the same life."""

import numpy as np
import pytest
from benchmarks.learning.banks import StudyBank, large_bank, shipped_bank
from benchmarks.learning.comparing import compare
from benchmarks.learning.memory import DAY, DECAY, NOISE, THRESHOLD, Memory, make_learners
from benchmarks.learning.plans import PLANS, TEN
from benchmarks.learning.trial import run_plan


@pytest.fixture(scope="module")
def bank() -> StudyBank:
    return shipped_bank()


@pytest.mark.parametrize("make", [shipped_bank, large_bank])
def test_a_blueprint_paper_is_of_a_hundred_marks(make: type[StudyBank]) -> None:
    bank = make()
    assert bank.exam_weights.sum() == pytest.approx(100.0)
    assert not bank.exam_weights[~bank.examined].any()


def test_one_answer_is_remembered_as_stated() -> None:
    def remembered(days: int) -> float:
        activation = -DECAY * np.log(days * DAY)
        return float(1 / (1 + np.exp((THRESHOLD - activation) / NOISE)))

    assert remembered(1) == pytest.approx(0.62, abs=0.005)
    assert remembered(30) == pytest.approx(0.33, abs=0.005)


def test_practice_raises_the_expected_mark_and_silence_lowers_it(bank: StudyBank) -> None:
    learners = make_learners(bank, 20, seed=1)
    memory = Memory(bank, learners, 5)
    before = memory.expected_mark(0.0)
    who = np.arange(20)
    for number in range(5):
        question = np.full(20, np.flatnonzero(bank.drilled)[number * 9])
        memory.answer(who, question, number * DAY, np.full(20, 0.5))
    soon, late = memory.expected_mark(5 * DAY), memory.expected_mark(60 * DAY)
    assert (soon > late).all()
    assert (late > before).all()


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_asks_ten_questions_that_may_be_drilled(bank: StudyBank, name: str) -> None:
    plan = PLANS[name](bank, 3)
    for day in range(4):
        ten = plan.ten(day)
        assert len(set(ten)) == TEN
        assert bank.drilled[list(ten)].all()
        for number in ten:
            plan.note(int(number), number % 3 > 0, day)


def test_the_same_seed_lives_the_same_life_under_every_plan(bank: StudyBank) -> None:
    learners = make_learners(bank, 3, seed=1)
    outcomes = {name: run_plan(name, bank, learners, 1) for name in PLANS}
    again = run_plan("daily", bank, learners, 1)
    assert (again.end == outcomes["daily"].end).all()
    assert (again.minutes == outcomes["daily"].minutes).all()
    for outcome in outcomes.values():
        assert (outcome.start == outcomes["daily"].start).all()
        assert (outcome.end > outcome.later).all()
    found = compare(outcomes, "daily", later=True)
    assert found.low <= found.more <= found.high
    assert found.best != "daily"
