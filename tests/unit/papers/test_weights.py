"""Weights of the standard become whole questions, and none is lost or made up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.papers.weights import spread

COUNTS = st.integers(min_value=0, max_value=120)
MARKS = st.sampled_from([Decimal("0.5"), Decimal(1), Decimal(2), Decimal(5)])
WEIGHTS = st.dictionaries(
    st.text("ABCDEFGH", min_size=1, max_size=2),
    st.integers(min_value=1, max_value=60).map(Decimal),
    min_size=1,
    max_size=8,
)


@given(columns=st.lists(st.tuples(COUNTS, MARKS), max_size=6), weights=WEIGHTS)
def test_each_column_keeps_its_questions_within_one_of_each_exact_share(
    columns: list[tuple[int, Decimal]], weights: dict[str, Decimal]
) -> None:
    shares = spread(columns, weights)
    for (count, _marks), column in zip(columns, shares, strict=True):
        assert sum(share.given for share in column.values()) == count
        assert all(abs(share.given - share.exact) < 1 for share in column.values())
        assert list(column) == list(weights)


def test_what_a_scope_lacks_in_one_column_it_gets_in_the_next() -> None:
    weights = {"A": Decimal(50), "B": Decimal(50)}
    first, second = spread([(5, Decimal(1)), (5, Decimal(1))], weights)
    assert [first[code].given for code in weights] == [3, 2]
    assert [second[code].given for code in weights] == [2, 3]


def test_largest_remainders_get_the_questions_left_over() -> None:
    weights = {"A": Decimal(47), "B": Decimal(33), "C": Decimal(20)}
    (column,) = spread([(10, Decimal(1))], weights)
    assert {code: share.given for code, share in column.items()} == {"A": 5, "B": 3, "C": 2}


def test_weights_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="nothing"):
        spread([(3, Decimal(1))], {})
