"""Plain texts stay plain; formulas, tables and pictures are shown; nothing harmful comes out."""

import re
from html import escape
from pathlib import Path

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.banks.bank_reader import read_bank
from lianbing.banks.rendering import (
    LONGEST_FORMULA,
    is_rich,
    plain_text,
    render_block,
    render_line,
    rich_parts,
    stored_pictures,
    unreadable_formulas,
    with_pictures,
)
from lianbing.banks.rich_checks import texts_of

NAME = "ab" * 16
PICTURE = f"![电流表 <5 A>](pic:{NAME})"


@pytest.mark.parametrize(
    "text",
    [
        "第一行\n第二行",
        "a < b && c > d，<b>不是标记</b>",
        "2*3*4 与 *星*、_下划线_、____、{{1}}",
        "# 不是标题\n> 不是引用\n- 不是列表\n1. 也不是\n---",
        "价格 $5 和 $6",
        "[连接](http://example.org) <http://example.org> `代码`",
        "A | B",
        "![没有括号",
        "2**3 与 4**5",
    ],
)
def test_plain_text_is_escaped_and_otherwise_left_alone(text: str) -> None:
    assert not is_rich(text)
    assert render_block(text) == render_line(text) == escape(text, quote=False)
    assert plain_text(text) == text


@pytest.mark.slow
def test_every_shipped_question_renders_as_it_did(project_root: Path) -> None:
    for folder in sorted((project_root / "question_banks").glob("*/bank.yaml")):
        bank = read_bank(folder.parent).bank
        assert bank is not None
        for entry in bank.questions:
            for _path, text in texts_of(entry):
                if "$" not in text and "![" not in text and "**" not in text:
                    assert render_block(text) == escape(text, quote=False)


def test_formulas_tables_pictures_and_bold_are_shown() -> None:
    html = render_block(
        f"**功率** $P=\\frac{{U^2}}{{R}}$\n\n|a|b|\n|---|---|\n|1|$x_1$|\n\n{PICTURE}"
    )
    assert "<strong>功率</strong>" in html
    assert "<mfrac>" in html
    assert html.count("<td>") == 2
    assert f'<img src="pic:{NAME}" alt="电流表 &lt;5 A&gt;">' in html
    assert "\n" not in html  # pages keep line breaks of texts


def test_rich_texts_keep_breaks_blanks_and_single_stars() -> None:
    html = render_block("**甲**\n2*3*4 _x_ ____ <i> {{1}}")
    assert html == "<p><strong>甲</strong><br>2*3*4 _x_ ____ &lt;i&gt; {{1}}</p>"


def test_a_stem_is_cut_at_its_blanks_even_inside_a_table() -> None:
    parts = rich_parts("|量|值|\n|---|---|\n|电压|{{2}} V|\n\n**频率** {{1}} Hz")
    assert [part.blank for part in parts if part.blank] == [2, 1]
    assert "".join(part.html for part in parts).endswith(
        "<td> V</td></tr></tbody></table><p><strong>频率</strong>  Hz</p>"
    )


@pytest.mark.parametrize(
    "tex",
    [
        "{" * 400 + "}" * 400,
        "{" * 21 + "}" * 21,
        "x" * (LONGEST_FORMULA + 1),
        "\\frac{1}",
        "}{",
        "\\left(" * 40,
        "\\begin{matrix}" * 20,
        "^" * 400,
        "\\sqrt" * 90,
    ],
)
def test_a_hostile_formula_is_shown_as_typed_or_as_something_but_never_crashes(tex: str) -> None:
    html = render_block(f"${tex}$")
    assert html.startswith("<p>")
    list(unreadable_formulas(f"${tex}$"))


def test_a_sign_that_would_break_the_markup_makes_a_formula_unreadable() -> None:
    assert list(unreadable_formulas("$a&b$ 与 $a<b$")) == ["a&b"]


def test_an_unreadable_formula_is_named_and_stays_as_typed() -> None:
    deep = "{" * 21 + "}" * 21
    assert list(unreadable_formulas(f"看 ${deep}$ 和 $x$")) == [deep]
    assert f"${deep}$" in render_block(f"看 ${deep}$")


ALLOWED = re.compile(
    r"</?(?:p|br|strong|ul|ol|li|table|thead|tbody|tr|t[hd]|m[a-z]+|span)"
    r"(?: (?:class|display|stretchy|fence|form|movablelimits|mathvariant|linethickness|columnalign"
    r'|width)="[^"<>]*")*>|<img src="pic:[0-9a-f]{32}" alt="[^"]*">'
)
PIECES = st.sampled_from(
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '" onload="x',
        "javascript:",
        "![x](javascript:alert(1))",
        "![x](http://e.org/x.png)",
        "![x](pic:zz)",
        PICTURE,
        "**b**",
        "$x^2$",
        "$\\text{<img src=x onerror=1>}$",
        "$\\href{javascript:1}{x}$",
        "|a|\n|---|\n|b|",
        "\n\n",
        "\n",
        "$",
        "**",
        "<style>*{}</style>",
        "&lt;script&gt;",
        "<svg/onload=1>",
        "{{1}}",
        "$\\unicode{x3c}script\\unicode{x3e}$",
        "[a](pic:x)",
        "<!--",
        "-->",
        "<math><mi//xlink:href=x>",
    ]
)


@given(st.lists(PIECES | st.text(max_size=8), max_size=8).map("".join))
def test_whatever_goes_in_only_known_tags_come_out(text: str) -> None:
    for html in (render_block(text), render_line(text)):
        assert "<" not in ALLOWED.sub("", html)
        assert "javascript:1" not in "".join(re.findall(r"<[^>]*>", html))
        assert nh3.clean(html, tags=set()) is not None


def test_pictures_are_put_in_by_name_or_stand_in_words() -> None:
    html = render_block(PICTURE)
    assert 'src="data:image/png;base64,AA"' in with_pictures(
        html, lambda _name: "data:image/png;base64,AA"
    )
    gone = with_pictures(html, lambda _name: "")
    assert "<img" not in gone
    assert "[电流表 &lt;5 A&gt;]" in gone
    assert stored_pictures(f"{PICTURE} ![x](http://e.org)") == {NAME}
    assert plain_text(f"看**表** {PICTURE}") == "看表 [电流表 <5 A>]"
