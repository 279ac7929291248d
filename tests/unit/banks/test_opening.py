"""Scopes and points as a trainer types them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.banks.opening.errors import (
    OutlineEmpty,
    OutlineMisread,
    OutlineMissing,
    OutlineUneven,
)
from lianbing.banks.opening.rules import next_code, read_outline
from lianbing.subjects.rules import Importance


def test_scopes_weights_and_points_are_read() -> None:
    text = "A 电工基础 60%\n  A01 欧姆定律 X\nA02 功率 Z\n\nＢ　安全用电　４０\nB01 接地 保护"
    basics, safety = read_outline(text)
    assert (basics.code, basics.title, basics.weight) == ("A", "电工基础", Decimal(60))
    assert [(p.code, p.title, p.importance) for p in basics.points] == [
        ("A01", "欧姆定律", Importance.X),
        ("A02", "功率", Importance.Z),
    ]
    assert (safety.title, safety.weight) == ("安全用电", Decimal(40))
    assert [(p.title, p.importance) for p in safety.points] == [("接地 保护", Importance.X)]


@given(st.integers(min_value=1, max_value=26))
def test_scopes_without_weights_share_the_whole(count: int) -> None:
    letters = [chr(ord("A") + place) for place in range(count)]
    plans = read_outline("\n".join(f"{letter} 范围\n{letter}01 点" for letter in letters))
    assert sum(plan.weight for plan in plans) == 100
    assert max(plan.weight for plan in plans) - min(plan.weight for plan in plans) < Decimal("0.2")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("A01 点", 1),
        ("A 范围\nB01 点", 2),
        ("A 范围\nA01 点\nA01 点", 3),
        ("A 范围\nA01 点\nA 范围", 3),
        ("A 范围\n\n没有编号", 3),
        ("A " + "长" * 101, 1),
    ],
)
def test_what_cannot_be_read_is_told_by_its_line(text: str, line: int) -> None:
    with pytest.raises(OutlineMisread) as refused:
        read_outline(text)
    assert refused.value.params["line"] == line


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (" \n", OutlineMissing),
        ("A 范围 100", OutlineEmpty),
        ("A 范围 60\nA01 点\nB 范围 30\nB01 点", OutlineUneven),
        ("A 范围 100\nA01 点\nB 范围\nB01 点", OutlineUneven),
    ],
)
def test_an_outline_that_does_not_hold_together_is_refused(
    text: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        read_outline(text)


def test_codes_go_on_after_the_highest() -> None:
    assert next_code([]) == "own-1"
    assert next_code(["own-2", "electrician", "own-10"]) == "own-11"
