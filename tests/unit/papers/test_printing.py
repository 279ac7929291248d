"""A form can be derived again from its seed, asks the same questions, and is set without a box."""

import io
from collections.abc import Iterator
from decimal import Decimal

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Cm
from flask import Flask
from flask_babel import Babel, force_locale
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests.banks_factory import make_question

from lianbing.banks.rules import (
    CaseKey,
    ChoiceKey,
    Key,
    MatchingKey,
    OrderingKey,
    QuestionContent,
    QuestionType,
    part_contents,
)
from lianbing.banks.sheets.rich import picture_names, rich_blocks
from lianbing.kernel.ids import PaperId, QuestionVersionId
from lianbing.papers.printing.errors import CannotPrint
from lianbing.papers.printing.rules import form_name, form_paper, sheet_sections
from lianbing.papers.printing.typesetting import to_pdf
from lianbing.papers.printing.word import key_docx, paper_docx
from lianbing.papers.printing.words import answers_data, key_data, key_words, paper_data
from lianbing.papers.rules import FrozenPaper, PaperQuestion

SEEDS = st.integers(0, 2**63 - 1)


def content(number: int, kind: QuestionType, stem: str = "") -> QuestionContent:
    entry = make_question(f"Q{number}", kind=kind, stem=stem)
    return QuestionContent(
        version_id=QuestionVersionId(number),
        type=kind,
        stem=entry.stem,
        options=entry.options,
        key=entry.key,
        explanation="解析",
        source=None,
        difficulty=Decimal("0.5"),
        point_code="A01",
        scope_code="A",
        prompts=entry.prompts,
        parts=entry.parts,
    )


def paper(*, each: int = 3, stem: str = "") -> FrozenPaper:
    kinds = [kind for kind in QuestionType for _time in range(each)]
    return FrozenPaper(
        id=PaperId(1),
        content_hash="ab12" * 16,
        title="电工理论试卷",
        questions=tuple(
            PaperQuestion(number=at, marks=Decimal(2), content=content(at, kind, stem))
            for at, kind in enumerate(kinds, start=1)
        ),
    )


@pytest.fixture
def words() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context(), force_locale("en"):
        yield


def right_texts(asked: QuestionContent, key: Key) -> object:
    """What a key says in words, whatever the letters."""
    texts = {option.letter: option.text for option in asked.options}
    match key:
        case ChoiceKey():
            return {texts[letter] for letter in key.letters}
        case MatchingKey() | OrderingKey():
            return [texts[letter] for letter in key.letters]
        case CaseKey():
            return [right_texts(part, part.key) for part in part_contents(asked)]
        case _:
            return key


@given(seed=SEEDS)
def test_every_form_asks_the_same_questions_with_the_same_right_answers(seed: int) -> None:
    own = paper()
    form = form_paper(own, seed)
    assert form_paper(own, seed) == form
    assert [one.number for one in form.questions] == [one.number for one in own.questions]
    assert [one.content.type for one in form.questions] == [
        one.content.type for one in own.questions
    ]
    before = {one.content.version_id: one for one in own.questions}
    for one in form.questions:
        old = before[one.content.version_id]
        assert right_texts(one.content, one.content.key) == right_texts(
            old.content, old.content.key
        )
        assert [o.letter for o in one.content.options] == [o.letter for o in old.content.options]
        assert one.marks == old.marks


def test_the_papers_own_order_is_form_a_and_other_forms_differ() -> None:
    own = paper()
    assert form_paper(own, None) is own
    assert form_paper(own, 1) != own
    assert form_paper(own, 1) != form_paper(own, 2)
    assert form_name(own, "B") == "LB1-AB12AB12AB12AB12-B"


def test_marks_stand_in_the_heading_when_all_are_equal_else_by_the_question() -> None:
    own = paper(each=1)
    (first, *_rest) = sheet_sections(own)
    assert first.each == Decimal(2)
    assert first.questions[0].marks is None
    case = sheet_sections(own)[-1].questions[0]
    assert [part.marks for part in case.parts] == [
        Decimal("1.00"),
        Decimal("0.50"),
        Decimal("0.50"),
    ]


@pytest.mark.usefixtures("words")
def test_sheets_for_candidates_hold_no_key() -> None:
    own = paper(each=1)
    for data in (paper_data(own, "A"), answers_data(own, "A")):
        assert "解析" not in str(data)
        assert "保护接地" not in str(data)
        assert "断电、验电" not in str(data)


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize(
    ("template", "made"), [("paper", paper_data), ("key", key_data), ("answers", answers_data)]
)
def test_every_sheet_is_set_with_every_type_of_question(template: str, made) -> None:
    pdf = to_pdf(template, made(paper(), "B"))
    assert pdf.startswith(b"%PDF-")
    assert b"NotoSerifSC" in pdf


@pytest.mark.usefixtures("words")
def test_a_character_without_a_glyph_is_refused_by_name() -> None:
    data = paper_data(paper(each=1, stem="生僻字 𠮷 与 \U0001fae0"), "A")
    with pytest.raises(CannotPrint) as refused:
        to_pdf("paper", data)
    assert refused.value.params["characters"] == "𠮷 \U0001fae0"


@pytest.mark.usefixtures("words")
def test_hostile_text_is_text_in_both_files() -> None:
    stem = '#panic("x") $x$ *bold* <w:p> & \x07 ]]> #read("/etc/passwd")'
    data = paper_data(paper(each=1, stem=stem), "A")
    assert to_pdf("paper", data).startswith(b"%PDF-")
    text = "\n".join(p.text for p in Document(io.BytesIO(paper_docx(data))).paragraphs)
    assert '#read("/etc/passwd")' in text
    assert "<w:p> &" in text


@pytest.mark.usefixtures("words")
def test_word_files_name_chinese_fonts_and_hold_what_the_sheet_holds() -> None:
    own = form_paper(paper(), 7)
    document = Document(io.BytesIO(paper_docx(paper_data(own, "B"))))
    fonts = document.styles["Normal"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "宋体"
    assert len(document.sections[0].header.part.rels) == 1
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert all(one.content.options[0].text in text for one in own.questions if one.content.options)
    keys = Document(io.BytesIO(key_docx(key_data(own, "B"))))
    told = "\n".join(paragraph.text for paragraph in keys.paragraphs)
    assert all(key_words(one.content.key) in told for one in own.questions)


@pytest.mark.usefixtures("words")
def test_word_files_count_their_pages_and_break_no_bracket() -> None:
    document = Document(io.BytesIO(paper_docx(paper_data(form_paper(paper(), 7), "A"))))
    foot = document.sections[0].footer._element.xml
    assert 'w:instr="PAGE"' in foot
    assert 'w:instr="NUMPAGES"' in foot
    assert "w:pBdr" not in document.styles["Title"].element.xml
    assert 'w:eastAsia="zh-CN"' in document.styles.element.xml
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "（" + "\N{NO-BREAK SPACE}" * 6 + "）" in text


RICH = (
    "已知 $\\frac{a}{b}=\\sqrt{x_1^2}$ 与 $\\overline{U}$，**正确**的是{{1}}\n"
    "![接线图](pic:" + "ab" * 16 + ")\n\n| 设备 | 电流 |\n|---|---|\n| 灯 | $I_N$ |\n\n1. 甲\n2. 乙"
)


def picture() -> dict[str, bytes]:
    drawn = io.BytesIO()
    Image.new("RGB", (900, 300), "white").save(drawn, "PNG")
    return {"ab" * 16: drawn.getvalue()}


def test_a_rich_text_is_cut_into_blocks_and_runs_of_plain_data() -> None:
    blocks = rich_blocks(RICH)
    assert [block["k"] for block in blocks] == ["p", "table", "p", "p"]
    assert [run["k"] for run in blocks[0]["runs"]] == [
        "text",
        "math",
        "text",
        "math",
        "text",
        "text",
        "text",
        "blank",
        "br",
        "pic",
    ]
    assert [block["mark"] for block in blocks[2:]] == ["1.", "2."]
    assert blocks[1]["rows"][1][1][0]["k"] == "math"
    assert picture_names(blocks) == {"ab" * 16}
    assert rich_blocks("平常 2*3*4\n第二行")[0]["runs"] == [
        {"k": "text", "t": "平常 2*3*4", "strong": False},
        {"k": "br"},
        {"k": "text", "t": "第二行", "strong": False},
    ]


@pytest.mark.parametrize(
    "tex",
    [
        r"\sum_{i=1}^{n} x_i",
        r"\left(\frac{1}{2}\right)^3",
        r"\begin{matrix}1&2\\3&4\end{matrix}",
        r"\sqrt[3]{8}+\vec{F}+\sin\alpha",
        r"U=220\,\mathrm{V},\ \text{功率}",
        r"\underset{x}{\min} f",
        r"x''",
        r"\#panic \& \%",
        r"{}",
    ],
)
@pytest.mark.usefixtures("words")
def test_formulas_are_set_and_written_as_formulas(tex: str) -> None:
    data = paper_data(paper(each=1, stem=f"求 ${tex}$ 的值 {{{{1}}}}{{{{2}}}}"), "A")
    assert to_pdf("paper", data).startswith(b"%PDF-")
    body = Document(io.BytesIO(paper_docx(data))).element.body.xml
    assert "<m:oMath" in body


@pytest.mark.usefixtures("words")
def test_pictures_and_tables_come_along_and_a_picture_that_is_gone_leaves_its_words() -> None:
    data = paper_data(paper(each=1, stem=RICH), "A")
    with_picture, without = to_pdf("paper", data, picture()), to_pdf("paper", data)
    assert with_picture.count(b"/Subtype/Image") + with_picture.count(b"/Subtype /Image") > 0
    assert len(with_picture) != len(without)
    document = Document(io.BytesIO(paper_docx(data, picture())))
    assert len(document.inline_shapes) > 0
    assert all(shape.width <= Cm(9) for shape in document.inline_shapes)
    assert document.tables[0].cell(1, 0).text == "灯"
    gone = Document(io.BytesIO(paper_docx(data)))
    assert any("[接线图]" in paragraph.text for paragraph in gone.paragraphs)
