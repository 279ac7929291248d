"""A paper is drawn whenever one exists, without repeats, the same from the same seed."""

import random
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.banks.queries import DrawItem
from lianbing.banks.rules import DifficultyBand, QuestionType
from lianbing.kernel.ids import QuestionId, QuestionVersionId
from lianbing.papers.blueprints import Cell
from lianbing.papers.drawing import CannotFill, draw, find_shortage, fits

TYPES = (QuestionType.SINGLE_CHOICE, QuestionType.TRUE_FALSE)
BY_BAND = {
    DifficultyBand.EASY: Decimal("0.1"),
    DifficultyBand.MEDIUM: Decimal("0.5"),
    DifficultyBand.HARD: Decimal("0.9"),
}


def item(
    number: int,
    *,
    kind: QuestionType = QuestionType.SINGLE_CHOICE,
    scopes: tuple[str, ...] = ("A",),
    point: int = 1,
    difficulty: Decimal = Decimal("0.5"),
) -> DrawItem:
    return DrawItem(
        question_id=QuestionId(number),
        version_id=QuestionVersionId(1000 + number),
        type=kind,
        scope_codes=scopes,
        point_id=point,
        difficulty=difficulty,
    )


def cell(
    count: int,
    *,
    kind: QuestionType = QuestionType.SINGLE_CHOICE,
    scope: str | None = None,
    band: DifficultyBand | None = None,
) -> Cell:
    return Cell(type=kind, count=count, marks=Decimal(1), scope_code=scope, band=band)


items = st.builds(
    item,
    st.integers(1, 40),
    kind=st.sampled_from(TYPES),
    scopes=st.sampled_from([("A",), ("A", "A1"), ("B",), ("B", "B1")]),
    point=st.integers(1, 4),
    difficulty=st.sampled_from(list(BY_BAND.values())),
)
pools = st.lists(items, max_size=12, unique_by=lambda one: one.question_id)
cells = st.lists(
    st.builds(
        cell,
        st.integers(1, 3),
        kind=st.sampled_from(TYPES),
        scope=st.sampled_from([None, "A", "A1", "B"]),
        band=st.sampled_from([None, *BY_BAND]),
    ),
    min_size=1,
    max_size=4,
)


def can_be_filled(pool: list[DrawItem], asked: list[Cell]) -> bool:
    """Hall's condition over every set of cells: an oracle that shares nothing with the draw."""
    for chosen in range(1, 1 << len(asked)):
        some = [one for index, one in enumerate(asked) if chosen >> index & 1]
        fitting = sum(any(fits(candidate, one) for one in some) for candidate in pool)
        if fitting < sum(one.count for one in some):
            return False
    return True


@given(pool=pools, asked=cells, seed=st.integers(0, 2**63 - 1))
def test_a_draw_is_found_exactly_when_one_exists(
    pool: list[DrawItem], asked: list[Cell], seed: int
) -> None:
    if not can_be_filled(pool, asked):
        with pytest.raises(CannotFill) as refused:
            draw(pool, asked, seed=seed)
        shortage = refused.value.shortage
        short = [asked[index] for index in shortage.cells]
        assert shortage.has < shortage.asks == sum(one.count for one in short)
        assert shortage.has == sum(any(fits(one, each) for each in short) for one in pool)
        return
    drawn = draw(pool, asked, seed=seed)
    assert all(fits(one.item, one.cell) for one in drawn)
    assert len({one.item.question_id for one in drawn}) == len(drawn)
    wanted = Counter[Cell]()
    for one in asked:
        wanted[one] += one.count
    assert Counter(one.cell for one in drawn) == wanted


@given(pool=pools, asked=cells, seed=st.integers(0, 1000), mixed=st.randoms())
def test_the_same_seed_draws_the_same_paper_in_whatever_order_the_bank_comes(
    pool: list[DrawItem], asked: list[Cell], seed: int, mixed: random.Random
) -> None:
    if find_shortage(pool, asked) is not None:
        return
    shuffled = list(pool)
    mixed.shuffle(shuffled)
    assert draw(pool, asked, seed=seed) == draw(shuffled, asked, seed=seed)


def test_an_open_cell_gives_way_to_a_narrow_one() -> None:
    pool = [item(1, scopes=("A",)), item(2, scopes=("B",))]
    for seed in range(20):
        drawn = draw(pool, [cell(1), cell(1, scope="A")], seed=seed)
        assert {one.item.question_id for one in drawn} == {1, 2}


def test_points_are_spread_before_any_comes_twice() -> None:
    pool = [item(number, point=number % 5) for number in range(50)]
    for seed in range(10):
        counts = Counter(one.item.point_id for one in draw(pool, [cell(10)], seed=seed))
        assert set(counts.values()) == {2}


def test_other_seeds_draw_other_papers() -> None:
    pool = [item(number, point=number) for number in range(60)]
    papers = {
        tuple(one.item.question_id for one in draw(pool, [cell(10)], seed=seed))
        for seed in range(20)
    }
    assert len(papers) == 20


def test_types_stand_in_their_usual_order_and_equal_marks_together() -> None:
    pool = [item(number, kind=TYPES[number % 2]) for number in range(20)]
    asked = [cell(3, kind=QuestionType.TRUE_FALSE), cell(3)]
    kinds = [one.item.type for one in draw(pool, asked, seed=1)]
    assert kinds == [QuestionType.SINGLE_CHOICE] * 3 + [QuestionType.TRUE_FALSE] * 3


def test_a_cell_short_alone_is_the_one_named() -> None:
    pool = [item(number) for number in range(4)]
    shortage = find_shortage(pool, [cell(3), cell(5, scope="A")])
    assert shortage is not None
    assert (shortage.cells, shortage.asks, shortage.has) == ((1,), 5, 4)


def test_a_large_bank_draws_a_full_paper() -> None:
    pool = [
        item(number, kind=TYPES[number % 2], scopes=(f"S{number % 7}",), point=number % 90)
        for number in range(3000)
    ]
    asked = [cell(20, scope=f"S{index}") for index in range(7)] + [cell(60)]
    assert len(draw(pool, asked, seed=3)) == 200
