"""A question's text in a line of a list: formulas drawn and never cut, nothing else of markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.banks.shortening import render_short


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("a < b&c", "a &lt; b&amp;c"),
        ("第一句\n第二句很长很长", "第一句 第二句很…"),
        ("**严禁**带电作业", "严禁带电作业"),
        ("电压 {{1}} V", "电压 ＿＿ V"),
        ("|甲|乙|\n|---|---|\n|一|**二**|", "甲 乙 一 二"),
        ("图 ![表](pic:00000000000000000000000000000000)", "图 [表]"),
    ],
)
def test_markup_becomes_words_in_one_line(text: str, short: str) -> None:
    assert render_short(text, 8) == short


def test_a_formula_is_drawn_whole_or_left_out() -> None:
    stem = "已知 $\\frac{1}{2}mv^2$，求速度"
    drawn = render_short(stem, 60)
    assert "<mfrac>" in drawn
    assert drawn.endswith("，求速度")
    assert "$" not in drawn
    assert render_short(stem, 5) == "已知 …"


def test_a_formula_that_cannot_be_read_stays_what_was_typed() -> None:
    assert "$\\frac{$" in render_short("**求** $\\frac{$", 60)


@given(st.text(alphabet="甲a$|*\\{}<&_![]() \n1-", max_size=40), st.integers(0, 30))
def test_whatever_is_written_makes_one_safe_line(text: str, most: int) -> None:
    short = render_short(text, most)
    assert "\n" not in short
    assert "<a" not in short
    assert "< " not in short
