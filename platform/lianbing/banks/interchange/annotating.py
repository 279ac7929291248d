"""What was said of a file, as a workbook: its own cells with the faulty ones marked, or a list."""

import csv
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.worksheet import Worksheet

from lianbing.banks.interchange.drafts import FileFormat, Refused
from lianbing.banks.interchange.formats.csv_reader import decoded, rows_of
from lianbing.banks.interchange.formats.excel_reader import sheets_of
from lianbing.banks.interchange.rows import Sheet, safe

MOST_CELLS = 32_000
"""What Excel holds in a cell, and a little less."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One finding in the trainer's language."""

    sheet: str
    row: int
    column: str
    text: str
    is_error: bool
    stem: str = ""


def annotated(
    file_format: FileFormat | None, data: bytes | None, said: Sequence[Said], heads: Sequence[str]
) -> bytes:
    """The workbook; ``heads`` are the words for sheet, row, column, question and what is wrong."""
    sheets: list[Sheet] = []
    if data is not None and file_format is FileFormat.EXCEL:
        try:
            sheets = sheets_of(data)
        except Refused:
            sheets = []
    if data is not None and file_format is FileFormat.CSV:
        sheets = [Sheet(name="", rows=_rows(decoded(data)))]
    out = BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    marks = {
        True: book.add_format({"bg_color": "#F9D6D5", "text_wrap": True}),
        False: book.add_format({"bg_color": "#FFF2CC", "text_wrap": True}),
    }
    if sheets:
        for number, sheet in enumerate(sheets, start=1):
            _sheet(book, sheet, number, said, heads[4], marks)
    else:
        _list(book, said, heads, marks)
    book.close()
    return out.getvalue()


def _rows(text: str) -> list[list[str]]:
    """A table in text as far as it can be read, as its preview counted it."""
    rows: list[list[str]] = []
    with suppress(csv.Error):
        for row in rows_of(text):
            rows.append(row)
    return rows


def _page(book: xlsxwriter.Workbook, name: str, number: int) -> Worksheet:
    """A sheet under its own name, where that can be one."""
    try:
        return book.add_worksheet(name or f"{number}")
    except XlsxWriterException:
        return book.add_worksheet(f"{number}")


def _sheet(
    book: xlsxwriter.Workbook,
    sheet: Sheet,
    number: int,
    said: Sequence[Said],
    head: str,
    marks: Mapping[bool, object],
) -> None:
    page = _page(book, sheet.name, number)
    by_row: dict[int, list[Said]] = {}
    for one in said:
        if one.sheet == sheet.name:
            by_row.setdefault(one.row, []).append(one)
    width = max((len(row) for row in sheet.rows), default=0)
    page.write_string(0, width, head)
    page.set_column(width, width, 60)
    columns = {cell: at for row in reversed(sheet.rows[:10]) for at, cell in enumerate(row) if cell}
    for index, row in enumerate(sheet.rows):
        found = by_row.get(index + 1, [])
        marked = {columns.get(one.column): one for one in found if one.column}
        for at, cell in enumerate(row):
            if not cell and at not in marked:
                continue
            text = safe(cell)[:MOST_CELLS]
            if at in marked:
                page.write_string(index, at, text, marks[marked[at].is_error])
            else:
                page.write_string(index, at, text)
        if found:
            text = "\n".join(one.text for one in found)[:MOST_CELLS]
            page.write_string(index, width, safe(text), marks[any(o.is_error for o in found)])


def _list(
    book: xlsxwriter.Workbook,
    said: Sequence[Said],
    heads: Sequence[str],
    marks: Mapping[bool, object],
) -> None:
    page = book.add_worksheet("1")
    for at, head in enumerate(heads):
        page.write_string(0, at, head)
    page.set_column(3, 4, 60)
    for index, one in enumerate(said, start=1):
        cells = (one.sheet, str(one.row or ""), one.column, one.stem, one.text)
        for at, text in enumerate(cells):
            page.write_string(index, at, safe(text)[:MOST_CELLS], marks[one.is_error])
