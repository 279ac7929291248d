"""The estimate of a point: every right answer helps, silence leads back to the prior."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.grading.rules import Verdict
from lianbing.practice.mastery.rules import (
    HALF_LIFE,
    PRIOR_MEAN,
    Evidence,
    answered,
    estimate,
    expected_mark,
    joined,
    point_shares,
    standings,
    weakest_first,
)
from lianbing.subjects.queries import PointRow, ScopeRow
from lianbing.subjects.rules import Importance

DAY = date(2026, 3, 2)
verdicts = st.sampled_from([Verdict.RIGHT, Verdict.PARTIAL, Verdict.WRONG, Verdict.UNANSWERED])
answers = st.lists(st.tuples(verdicts, st.integers(0, 400)), min_size=1, max_size=30)


def fold(given_answers: list[tuple[Verdict, int]]) -> Evidence:
    return joined(*(answered(verdict, DAY + timedelta(days=n)) for verdict, n in given_answers))


@given(answers, st.integers(0, 400))
def test_a_right_answer_raises_the_mean_and_a_wrong_one_lowers_it(
    history: list[tuple[Verdict, int]], later: int
) -> None:
    before = fold(history)
    day = before.as_of + timedelta(days=later)
    plain = estimate(before, day)
    right = estimate(joined(before, answered(Verdict.RIGHT, day)), day)
    wrong = estimate(joined(before, answered(Verdict.WRONG, day)), day)
    assert wrong.mean < plain.mean < right.mean
    assert 0 < plain.mean < 1


@given(answers, st.data())
def test_more_of_the_answers_right_never_means_less(
    history: list[tuple[Verdict, int]], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(history) - 1))
    better = [*history]
    better[place] = (Verdict.RIGHT, history[place][1])
    day = fold(history).as_of
    assert estimate(fold(better), day).mean >= estimate(fold(history), day).mean - 1e-12


@given(answers, st.integers(1, 400), st.integers(1, 400))
def test_silence_leads_back_to_the_prior_and_widens_the_margin(
    history: list[tuple[Verdict, int]], first: int, second: int
) -> None:
    evidence = fold(history)
    days = [evidence.as_of + timedelta(days=n) for n in (0, first, first + second)]
    found = [estimate(evidence, day) for day in days]
    for earlier, later in pairwise(found):
        assert abs(later.mean - PRIOR_MEAN) <= abs(earlier.mean - PRIOR_MEAN) + 1e-12
        assert later.margin > earlier.margin
    far = estimate(evidence, evidence.as_of + timedelta(days=int(40 * HALF_LIFE)))
    assert far.mean == pytest.approx(PRIOR_MEAN, abs=1e-6)
    assert far.margin == pytest.approx(estimate(None, DAY).margin, abs=1e-6)


@given(answers, verdicts)
def test_every_answer_narrows_the_margin(
    history: list[tuple[Verdict, int]], verdict: Verdict
) -> None:
    before = fold(history)
    after = joined(before, answered(verdict, before.as_of))
    assert estimate(after, before.as_of).margin < estimate(before, before.as_of).margin
    assert estimate(after, before.as_of).answers == len(history) + 1


@given(answers, st.randoms())
def test_the_order_in_which_answers_arrive_does_not_matter(
    history: list[tuple[Verdict, int]], rng: Random
) -> None:
    shuffled = [*history]
    rng.shuffle(shuffled)
    day = fold(history).as_of
    one, other = (estimate(fold(each), day) for each in (history, shuffled))
    assert one.mean == pytest.approx(other.mean, rel=1e-9)
    assert one.margin == pytest.approx(other.margin, rel=1e-9)


def test_an_answer_weighs_half_after_the_half_life() -> None:
    half = answered(Verdict.RIGHT, DAY).on(DAY + timedelta(days=int(HALF_LIFE)))
    assert (half.right, half.wrong) == (pytest.approx(0.5), 0)


def test_a_partial_answer_counts_half_to_either_side() -> None:
    piece = answered(Verdict.PARTIAL, DAY)
    assert (piece.right, piece.wrong) == (0.5, 0.5)


def point(number: int, importance: Importance) -> PointRow:
    return PointRow(id=number, code=f"P{number}", title=f"鉴定点 {number}", importance=importance)


def scope(
    number: int, weight: str, *points: PointRow, children: tuple[ScopeRow, ...] = ()
) -> ScopeRow:
    return ScopeRow(
        id=number,
        outline_id=1,
        code=f"S{number}",
        title=f"鉴定范围 {number}",
        weight=Decimal(weight),
        children=children,
        points=points,
    )


def test_points_share_their_scope_by_importance() -> None:
    tree = [
        scope(1, "60", point(1, Importance.X), point(2, Importance.Z)),
        scope(2, "40", point(3, Importance.Y)),
    ]
    assert point_shares(tree) == pytest.approx({1: 0.45, 2: 0.15, 3: 0.4})


def test_inner_scopes_take_their_own_weights_and_leave_the_rest() -> None:
    inner = (scope(2, "30", point(2, Importance.X)), scope(3, "10", point(3, Importance.X)))
    assert point_shares([scope(1, "60", point(1, Importance.Y), children=inner)]) == pytest.approx(
        {1: 20 / 60, 2: 30 / 60, 3: 10 / 60}
    )


def test_inner_scopes_without_weights_share_by_their_points() -> None:
    inner = (
        scope(2, "0", point(2, Importance.X), point(3, Importance.X)),
        scope(3, "0", point(4, Importance.X)),
    )
    shares = point_shares([scope(1, "60", children=inner)])
    assert shares == pytest.approx({2: 1 / 3, 3: 1 / 3, 4: 1 / 3})


def test_an_outline_without_weights_goes_by_importance() -> None:
    shares = point_shares([scope(1, "0", point(1, Importance.X), point(2, Importance.Z))])
    assert shares == pytest.approx({1: 0.75, 2: 0.25})
    assert point_shares([]) == {}


@st.composite
def trees(draw: st.DrawFn) -> list[ScopeRow]:
    ids = iter(range(1, 1000))

    def one(depth: int) -> ScopeRow:
        points = [
            point(next(ids), draw(st.sampled_from(Importance)))
            for _ in range(draw(st.integers(0, 3)))
        ]
        below = draw(st.integers(0, 2)) if depth < 2 else 0
        children = tuple(one(depth + 1) for _ in range(below))
        return scope(next(ids), str(draw(st.integers(0, 60))), *points, children=children)

    return [one(0) for _ in range(draw(st.integers(1, 4)))]


@given(trees())
def test_shares_are_of_a_whole_paper_and_every_point_has_one(tree: list[ScopeRow]) -> None:
    shares = point_shares(tree)
    assert set(shares) == {each.id for top in tree for each in top.all_points()}
    assert all(share >= 0 for share in shares.values())
    assert not shares or sum(shares.values()) == pytest.approx(1.0)


def test_what_is_weak_and_weighs_much_comes_first() -> None:
    shares = {1: 0.5, 2: 0.3, 3: 0.2}
    known = {
        1: joined(*[answered(Verdict.RIGHT, DAY)] * 20),
        2: joined(*[answered(Verdict.WRONG, DAY)] * 5),
    }
    points = standings(shares, known, DAY)
    assert [each.point_id for each in weakest_first(points)] == [2, 3, 1]
    total = expected_mark(points) + sum(each.at_stake for each in points)
    assert total == pytest.approx(100.0)
