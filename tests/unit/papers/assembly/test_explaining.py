"""What cannot be had is explained by the demands that conflict, and the least that helps."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.assembly_factory import make_candidate, make_cell, make_problem

from lianbing.papers.assembly.conflicts import (
    Conflict,
    Remedy,
    ShortCell,
    conflict_from_json,
    conflict_to_json,
)
from lianbing.papers.assembly.explaining import assemble, explain
from lianbing.papers.assembly.rules import Demand, ItemParameters, Problem


def remedy(found: Conflict, demand: Demand) -> Remedy:
    return next(one for one in found.remedies if one.demand is demand)


def demands(found: Conflict) -> set[Demand]:
    return {one.demand for one in found.remedies}


def explained(problem: Problem) -> Conflict:
    assert assemble(problem) is None
    found = explain(problem)
    assert conflict_from_json(conflict_to_json(found)) == found
    return found


def test_a_bank_that_is_short_is_told_cell_by_cell() -> None:
    candidates = [make_candidate(number, scope="A") for number in range(1, 4)]
    candidates += [make_candidate(number, scope="B") for number in range(4, 20)]
    cells = [make_cell(5, scope="A"), make_cell(5, scope="B")]
    found = explained(make_problem(candidates, cells, papers=1))
    assert found.demands == ()
    assert found.remedies == (
        Remedy(demand=Demand.CELLS, cells=(ShortCell(cell=0, asks=5, has=3, fewer=2),)),
    )


def test_papers_that_may_share_nothing_need_fewer_or_some_sharing() -> None:
    candidates = [make_candidate(number) for number in range(1, 9)]
    found = explained(make_problem(candidates, [make_cell(5)]))
    assert found.demands == (Demand.OVERLAP,)
    assert remedy(found, Demand.OVERLAP).amount == 2
    assert remedy(found, Demand.CELLS).cells == (ShortCell(cell=0, asks=5, has=8, fewer=1),)


def test_a_difficulty_that_the_bank_does_not_have_is_told_with_the_band_that_would_do() -> None:
    candidates = [make_candidate(number, difficulty="0.6") for number in range(1, 21)]
    found = explained(
        make_problem(candidates, [make_cell(5)], target=Decimal("0.5"), tolerance=Decimal("0.05"))
    )
    assert found.demands == (Demand.DIFFICULTY,)
    assert remedy(found, Demand.DIFFICULTY).amount == Decimal("0.1")


def test_enemies_that_leave_too_few_are_named() -> None:
    candidates = [make_candidate(number) for number in range(1, 4)]
    found = explained(make_problem(candidates, [make_cell(3)], papers=1, enemies=((1, 2),)))
    assert found.demands == (Demand.ENEMIES,)
    assert remedy(found, Demand.ENEMIES).about == (0,)


def test_worn_questions_are_told_with_the_limit_that_would_do() -> None:
    candidates = [make_candidate(number, uses=number) for number in range(1, 5)]
    found = explained(make_problem(candidates, [make_cell(3)], papers=1, uses_most=2))
    assert found.demands == (Demand.EXPOSURE,)
    assert len(remedy(found, Demand.EXPOSURE).about) == 2


def test_points_that_cannot_be_covered_are_told_with_how_many_can() -> None:
    candidates = [make_candidate(number, point=number % 2) for number in range(1, 9)]
    found = explained(make_problem(candidates, [make_cell(4)], papers=1, points_least=3))
    assert found.demands == (Demand.POINTS,)
    assert found.remedies == (Remedy(demand=Demand.POINTS, amount=Decimal(2)),)


def test_a_fixed_question_that_fits_nowhere_is_named() -> None:
    candidates = [make_candidate(number) for number in range(1, 9)]
    candidates.append(make_candidate(9, scope="Z"))
    found = explained(make_problem(candidates, [make_cell(3, scope="A")], fixed=frozenset({9})))
    assert found.demands == (Demand.FIXED,)
    assert found.remedies == (Remedy(demand=Demand.FIXED, about=(9,)),)


def test_information_that_cannot_be_equal_is_told() -> None:
    sharp, flat = (ItemParameters(a=a, b=0.0, c=0.0) for a in (2.0, 0.5))
    candidates = [make_candidate(1, parameters=sharp), make_candidate(2, parameters=flat)]
    found = explained(make_problem(candidates, [make_cell(1)], cut=0.0))
    assert Demand.INFORMATION in found.demands
    assert Demand.INFORMATION in demands(found)


def test_only_what_takes_part_in_the_conflict_is_named() -> None:
    candidates = [make_candidate(number, point=number, uses=number % 2) for number in range(1, 9)]
    problem = make_problem(
        candidates, [make_cell(5)], enemies=((1, 8),), points_least=2, uses_most=9
    )
    assert explained(problem).demands == (Demand.OVERLAP,)


@settings(max_examples=30)
@given(
    has=st.integers(1, 9),
    asks=st.integers(1, 9),
    papers=st.integers(1, 3),
)
def test_asking_for_as_many_fewer_as_told_lets_papers_be_had(
    has: int, asks: int, papers: int
) -> None:
    candidates = [make_candidate(number) for number in range(1, has + 1)]
    problem = make_problem(candidates, [make_cell(asks)], papers=papers)
    if assemble(problem) is not None:
        assert has >= asks * papers
        return
    (short,) = remedy(explain(problem), Demand.CELLS).cells
    assert short.asks - short.fewer == has // papers


def test_several_conflicts_at_once_are_told_together_when_no_single_change_helps() -> None:
    candidates = [make_candidate(number, difficulty="0.9") for number in range(1, 4)]
    problem = make_problem(
        candidates,
        [make_cell(3)],
        papers=1,
        target=Decimal("0.1"),
        tolerance=Decimal("0.05"),
        fixed=frozenset({1}),
        points_least=2,
    )
    found = explained(problem)
    assert found.together
    assert {Demand.DIFFICULTY, Demand.POINTS} <= demands(found)


@pytest.mark.parametrize("papers", [1, 4])
def test_a_big_bank_short_in_one_cell_is_explained(papers: int) -> None:
    candidates = [
        make_candidate(number, scope="AB"[number > 10], difficulty=f"0.{number % 7 + 2}")
        for number in range(1, 600)
    ]
    cells = [make_cell(12, scope="A"), make_cell(30, scope="B")]
    found = explained(make_problem(candidates, cells, papers=papers, tolerance=Decimal("0.05")))
    (short,) = remedy(found, Demand.CELLS).cells
    assert (short.cell, short.has) == (0, 10)
