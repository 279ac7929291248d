"""Word files of a sheet: the same data as the PDF, in the reader's own fonts."""

import io
from collections.abc import Mapping
from typing import Any

import segno
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm

from lianbing.banks.sheets.word_runs import (
    RULE,
    STEP,
    add_heading,
    add_page_number,
    add_paragraph,
    add_runs,
    add_table,
    add_tabs,
    clean,
    new_sheet,
    saved,
)

LONG_RULE = "＿" * 38
BRACKET = "（" + "\N{NO-BREAK SPACE}" * 6 + "）"


def paper_docx(data: dict[str, Any], pictures: Mapping[str, bytes] | None = None) -> bytes:
    """The sheet for candidates."""
    document = _document(data)
    fields = "    ".join(f"{name}{RULE}" for name in data["person"])
    add_paragraph(document, fields).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for section in data["sections"]:
        add_heading(document, section["heading"])
        for question in section["questions"]:
            _question(document, question, pictures or {})
    return saved(document)


def key_docx(data: dict[str, Any], _pictures: Mapping[str, bytes] | None = None) -> bytes:
    """The key, for markers."""
    document = _document(data)
    for section in data["sections"]:
        add_heading(document, section["heading"])
        lines = [f"{line['number']}. {line['text']}" for line in section["lines"]]
        if section["long"]:
            for line in lines:
                add_paragraph(document, line)
            continue
        for start in range(0, len(lines), 5):
            paragraph = add_paragraph(document, "\t".join(lines[start : start + 5]))
            add_tabs(paragraph, 5)
    return saved(document)


def _document(data: dict[str, Any]) -> WordDocument:
    document = new_sheet(data["title"])
    section = document.sections[0]
    code = io.BytesIO()
    segno.make(data["name"], error="m", micro=False).save(code, kind="png", scale=4, border=2)
    code.seek(0)
    corner = section.header.paragraphs[0]
    corner.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    corner.add_run(f"{data['form']}  ")
    corner.add_run().add_picture(code, width=Cm(1.8))
    foot = section.footer.paragraphs[0]
    foot.text = clean(data["foot"])
    add_page_number(foot)
    title = document.add_paragraph(clean(data["title"]), style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    add_paragraph(document, data["lead"]).alignment = WD_ALIGN_PARAGRAPH.CENTER
    return document


def _question(
    document: WordDocument,
    question: dict[str, Any],
    pictures: Mapping[str, bytes],
    *,
    indent: float = 0,
) -> None:
    _stem(document, question, pictures, indent)
    for at, prompt in enumerate(question["prompts"], start=1):
        line = add_paragraph(document, f"{at}. ", indent=indent + STEP)
        add_runs(line, prompt, pictures)
        line.add_run(BRACKET)
    columns = question["columns"]
    options = question["options"]
    for start in range(0, len(options), columns):
        line = add_paragraph(document, "", indent=indent + STEP)
        for at, (letter, runs) in enumerate(options[start : start + columns]):
            line.add_run(("\t" if at else "") + f"{letter}. ")
            add_runs(line, runs, pictures)
        add_tabs(line, columns)
    for _line in range(question["lines"]):
        add_paragraph(document, LONG_RULE, indent=indent)
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
    paragraph = add_paragraph(document, f"{question['number']}{dot} ", indent=indent)
    for at, block in enumerate(question["stem"]):
        if block["k"] == "table":
            add_table(document, block["rows"], pictures)
            paragraph = add_paragraph(document, "", indent=indent)
            continue
        if at:
            paragraph = add_paragraph(document, f"{block['mark']} ".lstrip(), indent=indent)
        add_runs(paragraph, block["runs"], pictures)
    paragraph.add_run(clean((BRACKET if question["bracket"] else "") + question["tail"]))
    paragraph.paragraph_format.keep_with_next = bool(question["options"])
