"""Word files of a sheet: the same data as the PDF, in the reader's own fonts.

Chinese characters take the East Asian font of a run (``w:eastAsia``), which python-docx does
not set by itself.
"""

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import segno
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from lianbing.papers.printing.word_math import omml

LATIN = "Times New Roman"
SONG, HEI = "宋体", "黑体"
A4 = (Cm(21), Cm(29.7))
MARGIN = Cm(1.9)
TEXT_WIDTH_CM = 17.2
STEP = 0.7
WIDEST_PICTURE = Cm(9)
RULE = "＿" * 5
LONG_RULE = "＿" * 38
BRACKET = "（      ）"
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def paper_docx(data: dict[str, Any], pictures: Mapping[str, bytes] | None = None) -> bytes:
    """The sheet for candidates."""
    document = _document(data)
    fields = "    ".join(f"{name}{RULE}" for name in data["person"])
    _paragraph(document, fields).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for section in data["sections"]:
        _heading(document, section["heading"])
        for question in section["questions"]:
            _question(document, question, pictures or {})
    return _saved(document)


def key_docx(data: dict[str, Any], _pictures: Mapping[str, bytes] | None = None) -> bytes:
    """The key, for markers."""
    document = _document(data)
    for section in data["sections"]:
        _heading(document, section["heading"])
        lines = [f"{line['number']}. {line['text']}" for line in section["lines"]]
        if section["long"]:
            for line in lines:
                _paragraph(document, line)
            continue
        for start in range(0, len(lines), 5):
            paragraph = _paragraph(document, "\t".join(lines[start : start + 5]))
            _tabs(paragraph, 5)
    return _saved(document)


def _document(data: dict[str, Any]) -> WordDocument:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = A4
    section.left_margin = section.right_margin = MARGIN
    section.top_margin = section.bottom_margin = MARGIN
    _fonts(document.styles["Normal"], SONG, 10.5)
    _fonts(document.styles["Title"], HEI, 16)
    _fonts(document.styles["Heading 2"], HEI, 12)
    document.core_properties.title = _clean(data["title"])
    document.core_properties.author = ""
    code = io.BytesIO()
    segno.make(data["name"], error="m", micro=False).save(code, kind="png", scale=4, border=2)
    code.seek(0)
    corner = section.header.paragraphs[0]
    corner.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    corner.add_run(f"{data['form']}  ")
    corner.add_run().add_picture(code, width=Cm(1.8))
    section.footer.paragraphs[0].text = _clean(data["foot"])
    title = document.add_paragraph(_clean(data["title"]), style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _paragraph(document, data["lead"]).alignment = WD_ALIGN_PARAGRAPH.CENTER
    return document


def _fonts(style: Any, chinese: str, points: float) -> None:
    if not isinstance(style, ParagraphStyle):
        raise TypeError("the template lacks a paragraph style")
    style.font.name, style.font.size = LATIN, Pt(points)
    style.font.color.rgb = None
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    fonts.set(qn("w:eastAsia"), chinese)


def _question(
    document: WordDocument,
    question: dict[str, Any],
    pictures: Mapping[str, bytes],
    *,
    indent: float = 0,
) -> None:
    _stem(document, question, pictures, indent)
    for at, prompt in enumerate(question["prompts"], start=1):
        line = _paragraph(document, f"{at}. ", indent=indent + STEP)
        _runs(line, prompt, pictures)
        line.add_run(BRACKET)
    columns = question["columns"]
    options = question["options"]
    for start in range(0, len(options), columns):
        line = _paragraph(document, "", indent=indent + STEP)
        for at, (letter, runs) in enumerate(options[start : start + columns]):
            line.add_run(("\t" if at else "") + f"{letter}. ")
            _runs(line, runs, pictures)
        _tabs(line, columns)
    for _line in range(question["lines"]):
        _paragraph(document, LONG_RULE, indent=indent)
    for part in question["parts"]:
        _question(document, part, pictures, indent=indent + STEP)


def _stem(
    document: WordDocument,
    question: dict[str, Any],
    pictures: Mapping[str, bytes],
    indent: float,
) -> None:
    """The blocks of a stem; the number opens the first, bracket and marks close the last."""
    dot = "" if question["number"].startswith("(") else "."
    paragraph = _paragraph(document, f"{question['number']}{dot} ", indent=indent)
    for at, block in enumerate(question["stem"]):
        if block["k"] == "table":
            _table(document, block["rows"], pictures)
            paragraph = _paragraph(document, "", indent=indent)
            continue
        if at:
            paragraph = _paragraph(document, f"{block['mark']} ".lstrip(), indent=indent)
        _runs(paragraph, block["runs"], pictures)
    paragraph.add_run(_clean((BRACKET if question["bracket"] else "") + question["tail"]))
    paragraph.paragraph_format.keep_with_next = bool(question["options"])


def _table(
    document: WordDocument, rows: list[list[list[dict[str, Any]]]], pictures: Mapping[str, bytes]
) -> None:
    width = max((len(row) for row in rows), default=0)
    if not width:
        return
    table = document.add_table(rows=0, cols=width, style="Table Grid")
    for row in rows:
        cells = table.add_row().cells
        for cell, runs in zip(cells, row, strict=False):
            _runs(cell.paragraphs[0], runs, pictures)


def _runs(
    paragraph: Paragraph, runs: Sequence[dict[str, Any]], pictures: Mapping[str, bytes]
) -> None:
    for run in runs:
        match run:
            case {"k": "text", "t": text, "strong": strong}:
                paragraph.add_run(_clean(text)).bold = strong or None
            case {"k": "blank"}:
                paragraph.add_run(RULE)
            case {"k": "br"}:
                paragraph.add_run().add_break()
            case {"k": "math", "tree": tree}:
                paragraph._p.append(omml(tree))
            case {"k": "pic", "name": name, "alt": alt}:
                if name in pictures:
                    _picture(paragraph, pictures[name])
                else:
                    paragraph.add_run(_clean(f"[{alt}]"))


def _picture(paragraph: Paragraph, content: bytes) -> None:
    shape = paragraph.add_run().add_picture(io.BytesIO(content))
    if shape.width > WIDEST_PICTURE:
        shape.height = Emu(int(shape.height * WIDEST_PICTURE / shape.width))
        shape.width = WIDEST_PICTURE


def _tabs(paragraph: Paragraph, columns: int) -> None:
    for column in range(1, columns):
        paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(TEXT_WIDTH_CM / columns * column))


def _heading(document: WordDocument, text: str) -> None:
    document.add_paragraph(_clean(text), style="Heading 2")


def _paragraph(document: WordDocument, text: str, *, indent: float = 0) -> Paragraph:
    paragraph = document.add_paragraph(_clean(text))
    paragraph.paragraph_format.space_after = Pt(3)
    if indent:
        paragraph.paragraph_format.left_indent = Cm(indent)
    return paragraph


def _clean(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return NOT_IN_XML.sub("", text)


def _saved(document: WordDocument) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
