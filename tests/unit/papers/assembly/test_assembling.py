"""Assembled papers keep every demand, are the same for a seed, and exist whenever any do."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations, pairwise, permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.assembly_factory import make_candidate, make_cell, make_problem

from lianbing.papers.assembly.explaining import assemble
from lianbing.papers.assembly.rules import (
    Candidate,
    Demand,
    ItemParameters,
    Papers,
    Placed,
    Problem,
    difficulty_of,
    faults,
    information_of,
    usual_difficulty,
)
from lianbing.papers.assembly.solving import Cancelled

DIFFICULTIES = st.sampled_from(["0.2", "0.4", "0.5", "0.6", "0.8"])


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Tiny problems: at most seven questions, two papers, two cells."""
    count = draw(st.integers(2, 7))
    candidates = [
        make_candidate(
            number,
            scope=draw(st.sampled_from("AB")),
            point=draw(st.integers(1, 3)),
            difficulty=draw(DIFFICULTIES),
            uses=draw(st.integers(0, 2)),
            parameters=ItemParameters(a=draw(st.sampled_from([0.5, 1.0, 2.0])), b=0.0, c=0.0),
        )
        for number in range(1, count + 1)
    ]
    cells = [make_cell(draw(st.integers(1, 2)), scope="A", marks=2)]
    if draw(st.booleans()):
        cells.append(make_cell(draw(st.integers(1, 2))))
    numbers = st.integers(1, count)
    return make_problem(
        candidates,
        cells,
        papers=draw(st.integers(1, 2)),
        target=Decimal(draw(DIFFICULTIES)),
        tolerance=draw(st.sampled_from([Decimal("0.05"), Decimal("0.2")])),
        shared_most=draw(st.integers(0, 1)),
        cut=draw(st.sampled_from([None, 0.0])),
        uses_most=draw(st.sampled_from([None, 2])),
        points_least=draw(st.sampled_from([None, 2])),
        fixed=frozenset(draw(st.lists(numbers, max_size=1))),
        enemies=tuple(
            pair
            for pair in draw(st.lists(st.tuples(numbers, numbers), max_size=2))
            if pair[0] < pair[1]
        ),
    )


def every_paper(problem: Problem) -> Iterator[tuple[Placed, ...]]:
    """Every way to fill the cells of one paper, by brute force."""
    wanted = [index for index, cell in enumerate(problem.cells) for _place in range(cell.count)]
    ids = [one.id for one in problem.candidates]
    for chosen in combinations(ids, len(wanted)):
        for order in permutations(chosen):
            paper = tuple(
                Placed(question_id=number, cell=cell)
                for number, cell in zip(order, wanted, strict=True)
            )
            if all(
                one.question_id < two.question_id or one.cell < two.cell
                for one, two in pairwise(paper)
            ):
                yield paper


def exists(problem: Problem) -> bool:
    papers = list(every_paper(problem))
    return any(not faults(problem, both) for both in product(papers, repeat=problem.papers))


@settings(max_examples=120)
@given(problem=problems())
def test_papers_are_found_exactly_when_brute_force_finds_some(problem: Problem) -> None:
    found = assemble(problem)
    assert (found is not None) == exists(problem)
    if found is not None:
        assert faults(problem, found) == set()


def big_problem(**changes: object) -> Problem:
    candidates = [
        make_candidate(
            number,
            scope="ABC"[number % 3],
            point=number % 40,
            difficulty=str(Decimal(number * 37 % 80 + 10) / 100),
            uses=number // 3 % 3,
            parameters=ItemParameters(a=0.6 + number % 5 / 4, b=(number % 9 - 4) / 2, c=0.2),
        )
        for number in range(1, 301)
    ]
    cells = [make_cell(8, scope="A"), make_cell(6, scope="B", marks=2), make_cell(10)]
    asked = {"papers": 3, "tolerance": Decimal("0.02"), "cut": 0.0, "points_least": 18}
    enemies = tuple((number, number + 3) for number in range(1, 280, 4))
    return make_problem(candidates, cells, enemies=enemies, **{**asked, **changes})


@pytest.mark.slow
@given(seed=st.integers(0, 2**63 - 1))
@settings(max_examples=5)
def test_the_same_seed_gives_the_same_papers_and_all_demands_are_kept(seed: int) -> None:
    problem = big_problem(seed=seed)
    papers = assemble(problem)
    assert papers is not None
    assert assemble(problem) == papers
    assert faults(problem, papers) == set()


def test_another_seed_gives_other_papers() -> None:
    assert assemble(big_problem(seed=1)) != assemble(big_problem(seed=2))


def test_least_used_questions_come_first() -> None:
    problem = big_problem(seed=3, cut=None, points_least=None, tolerance=Decimal("0.3"))
    papers = assemble(problem)
    assert papers is not None
    uses = [problem.by_id[place.question_id].uses for paper in papers for place in paper]
    assert sum(uses) < len(uses) * 0.05


def test_papers_are_equally_hard_and_equally_informative_at_the_cut() -> None:
    problem = big_problem(seed=4)
    papers = assemble(problem)
    assert papers is not None
    assert all(
        abs(difficulty_of(problem, paper) - problem.target) <= Decimal("0.02") for paper in papers
    )
    information = [information_of(problem, paper, 0.0) for paper in papers]
    assert max(information) < min(information) * 1.23


def test_fixed_questions_stand_in_every_paper_and_do_not_count_as_shared() -> None:
    problem = big_problem(seed=5, fixed=frozenset({3, 6}))
    papers = assemble(problem)
    assert papers is not None
    sets = [{place.question_id for place in paper} for paper in papers]
    assert set.intersection(*sets) == {3, 6}


def test_sharing_is_used_only_when_nothing_else_helps() -> None:
    candidates = [make_candidate(number) for number in range(1, 8)]
    shared_most = {"shared_most": 3}
    tight = assemble(make_problem(candidates, [make_cell(5)], **shared_most))
    assert tight is not None
    assert len({p.question_id for p in tight[0]} & {p.question_id for p in tight[1]}) == 3
    ample = assemble(make_problem(candidates, [make_cell(3)], **shared_most))
    assert ample is not None
    assert not {p.question_id for p in ample[0]} & {p.question_id for p in ample[1]}


def test_who_gives_up_waiting_is_heard() -> None:
    with pytest.raises(Cancelled):
        assemble(big_problem(), is_cancelled=lambda: True)


def test_information_is_greatest_near_the_items_difficulty() -> None:
    item = ItemParameters(a=1.2, b=0.5, c=0.0)
    assert item.information(0.5) == pytest.approx(1.2**2 / 4)
    assert item.information(0.5) > item.information(1.5)
    guessed = ItemParameters(a=1.2, b=0.5, c=0.25)
    assert guessed.information(0.5) < item.information(0.5)
    assert ItemParameters(a=2.0, b=0.0, c=0.2).information(400.0) == 0.0


def test_the_usual_difficulty_weighs_cells_by_their_marks() -> None:
    candidates: list[Candidate] = [
        make_candidate(1, scope="A", difficulty="0.2"),
        make_candidate(2, scope="B", difficulty="0.8"),
    ]
    cells = [make_cell(1, scope="A", marks=3), make_cell(1, scope="B", marks=1)]
    assert usual_difficulty(cells, candidates) == Decimal("0.35")
    assert usual_difficulty([], candidates) == Decimal("0.5")


def test_faults_name_what_a_hand_made_set_fails() -> None:
    problem = make_problem(
        [make_candidate(1, uses=5), make_candidate(2), make_candidate(3, difficulty="0.9")],
        [make_cell(2)],
        uses_most=5,
        enemies=((1, 3),),
        points_least=2,
        fixed=frozenset({2}),
        tolerance=Decimal("0.1"),
    )
    paper = (Placed(question_id=1, cell=0), Placed(question_id=3, cell=0))
    papers: Papers = (paper, paper)
    assert faults(problem, papers) == {
        Demand.OVERLAP,
        Demand.DIFFICULTY,
        Demand.ENEMIES,
        Demand.EXPOSURE,
        Demand.POINTS,
        Demand.FIXED,
    }
