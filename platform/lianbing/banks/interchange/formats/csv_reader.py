"""CSV as Excel and WPS write it: UTF-8 with or without mark, UTF-16, GB18030; any delimiter."""

import csv
from collections.abc import Iterator, Mapping
from io import StringIO

from lianbing.banks.interchange.drafts import (
    MOST_QUESTIONS,
    FileFormat,
    Finding,
    Place,
    ReadFile,
    Refused,
)
from lianbing.banks.interchange.rows import Sheet
from lianbing.banks.interchange.tables import read_sheet
from lianbing.kernel.errors import N_

LONGEST_CELL = 64 * 1024
TOO_MANY_ROWS = N_("Only the first %(most)s rows were read. Split the file.")
NOT_TEXT = N_("The signs of this file cannot be read. Save it as UTF-8 and send it again.")


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 with a mark, or GB18030; raises Refused."""
    for mark, name in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return _strict(data, name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _strict(data, "gb18030")


def _strict(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        raise Refused(NOT_TEXT) from error


def delimiter_of(text: str) -> str:
    """Comma, semicolon or tab: what the first line has most of."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=first.count)


def rows_of(text: str) -> Iterator[list[str]]:
    """The rows of a table in text; raises csv.Error."""
    plain = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")  # old Macs' too
    yield from csv.reader(StringIO(plain), delimiter=delimiter_of(text))


def read_csv(text: str, by_hand: Mapping[str, str]) -> ReadFile:
    """Drafts from a table in text."""
    rows: list[list[str]] = []
    findings: list[Finding] = []
    try:
        for row in rows_of(text):
            if len(rows) > MOST_QUESTIONS:
                place, params = Place(row=len(rows)), {"most": MOST_QUESTIONS}
                findings.append(Finding(place=place, message=TOO_MANY_ROWS, params=params))
                break
            rows.append(row)
    except csv.Error as error:
        message = N_("This line is no row of a table. Save the file again as CSV.")
        if not rows:
            raise Refused(message) from error
        findings.append(Finding(place=Place(row=len(rows) + 1), message=message))
    table = read_sheet(Sheet(name="", rows=rows), by_hand)
    return ReadFile(
        format=FileFormat.CSV,
        questions=tuple(table.questions),
        findings=(*findings, *table.findings),
        columns=(table.columns,) if table.columns else (),
    )
