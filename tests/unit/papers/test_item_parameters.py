"""Item parameters as people keep them in tables."""

from decimal import Decimal

import pytest

from lianbing.papers.pool.rules import read_parameters


def test_a_table_with_a_heading_and_empty_lines_is_read() -> None:
    lines, problem = read_parameters("\ufeffcode,a,b,c\nQ1, 1.25 ,-0.5,0.2\n\nQ2,0.8,1\n")
    assert problem is None
    assert [(line.code, line.a, line.b, line.c) for line in lines] == [
        ("Q1", Decimal("1.25"), Decimal("-0.5"), Decimal("0.2")),
        ("Q2", Decimal("0.8"), Decimal(1), Decimal(0)),
    ]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("", 1),
        ("code,a,b\n", 1),
        ("Q1,1,0\nQ2,x,0", 2),
        ("Q1,1,0\nQ1,1,0", 2),
        ("Q1,0,0", 1),
        ("Q1,1,7", 1),
        ("Q1,1,0,0.9", 1),
        ("Q1,1,0,0.1,5", 1),
        (",1,0", 1),
        ("Q1,1,NaN", 1),
        ("Q1,1e-99999999999,0", 1),
    ],
)
def test_the_first_line_that_is_wrong_is_named(text: str, row: int) -> None:
    lines, problem = read_parameters(text)
    assert lines == []
    assert problem is not None
    assert problem.row == row
