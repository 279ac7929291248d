"""Runs of questions in Word files, and the sheet they stand on: the reader's own fonts.

Chinese characters take the East Asian font of a run (``w:eastAsia``), which python-docx does
not set by itself.
"""

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from lianbing.banks.sheets.word_math import omml

LATIN = "Times New Roman"
SONG, HEI = "宋体", "黑体"
A4 = (Cm(21), Cm(29.7))
MARGIN = Cm(1.9)
TEXT_WIDTH_CM = 17.2
STEP = 0.7
WIDEST_PICTURE = Cm(9)
RULE = "＿" * 5
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def new_sheet(title: str) -> WordDocument:
    """An A4 document with its title as a property, and the fonts of Chinese print."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = A4
    section.left_margin = section.right_margin = MARGIN
    section.top_margin = section.bottom_margin = MARGIN
    _fonts(document.styles["Normal"], SONG, 10.5)
    _fonts(document.styles["Title"], HEI, 16)
    _fonts(document.styles["Heading 2"], HEI, 12)
    _speak_chinese(document)
    document.core_properties.title = clean(title)
    document.core_properties.author = ""
    return document


def _speak_chinese(document: WordDocument) -> None:
    """Commas and stops as the mainland sets them, and no rule of the template under the title.

    Left to the template's en-US, a reader without 宋体 takes Taiwan's forms, in mid-square.
    """
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    for border in list(document.styles["Title"].element.iter(qn("w:pBdr"))):
        border.getparent().remove(border)


def _fonts(style: Any, chinese: str, points: float) -> None:
    if not isinstance(style, ParagraphStyle):
        raise TypeError("the template lacks a paragraph style")
    style.font.name, style.font.size = LATIN, Pt(points)
    style.font.color.rgb = None
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    fonts.set(qn("w:eastAsia"), chinese)


def add_table(
    document: WordDocument, rows: list[list[list[dict[str, Any]]]], pictures: Mapping[str, bytes]
) -> None:
    """A table of runs by row and cell."""
    width = max((len(row) for row in rows), default=0)
    if not width:
        return
    table = document.add_table(rows=0, cols=width, style="Table Grid")
    for row in rows:
        cells = table.add_row().cells
        for cell, runs in zip(cells, row, strict=False):
            add_runs(cell.paragraphs[0], runs, pictures)


def add_runs(
    paragraph: Paragraph, runs: Sequence[dict[str, Any]], pictures: Mapping[str, bytes]
) -> None:
    """Texts, blanks, breaks, formulas and pictures at the end of a paragraph."""
    for run in runs:
        match run:
            case {"k": "text", "t": text, "strong": strong}:
                paragraph.add_run(clean(text)).bold = strong or None
            case {"k": "blank"}:
                paragraph.add_run(RULE)
            case {"k": "br"}:
                paragraph.add_run().add_break()
            case {"k": "math", "tree": tree}:
                paragraph._p.append(omml(tree))
            case {"k": "pic", "name": name, "alt": alt}:
                if name in pictures:
                    _picture(paragraph, pictures[name], alt)
                else:
                    paragraph.add_run(clean(f"[{alt}]"))


def _picture(paragraph: Paragraph, content: bytes, words: str) -> None:
    """A picture no wider than a sheet bears, with the words for those who do not see it."""
    shape = paragraph.add_run().add_picture(io.BytesIO(content))
    shape._inline.docPr.set("descr", clean(words))
    if shape.width > WIDEST_PICTURE:
        shape.height = Emu(int(shape.height * WIDEST_PICTURE / shape.width))
        shape.width = WIDEST_PICTURE


def add_tabs(paragraph: Paragraph, columns: int) -> None:
    """Tab stops of so many columns of equal width."""
    for column in range(1, columns):
        paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(TEXT_WIDTH_CM / columns * column))


def add_page_number(paragraph: Paragraph) -> None:
    """A tab, then "page / pages", which the reader's program counts."""
    paragraph.add_run("\t\t")
    for at, name in enumerate(("PAGE", "NUMPAGES")):
        if at:
            paragraph.add_run(" / ")
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), name)
        paragraph._p.append(field)


def add_heading(document: WordDocument, text: str) -> None:
    """A heading of a section."""
    document.add_paragraph(clean(text), style="Heading 2")


def add_paragraph(document: WordDocument, text: str, *, indent: float = 0) -> Paragraph:
    """A paragraph of plain text, indented by centimetres."""
    paragraph = document.add_paragraph(clean(text))
    paragraph.paragraph_format.space_after = Pt(3)
    if indent:
        paragraph.paragraph_format.left_indent = Cm(indent)
    return paragraph


def clean(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return NOT_IN_XML.sub("", text)


def saved(document: WordDocument) -> bytes:
    """The file."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
