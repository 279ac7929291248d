"""How large a reader would lay a workbook out, counted in its XML before the reader opens it.

One cell far down and right makes a reader lay out everything between: 17 thousand million cells
of a file of 5 kB, for which the process itself would end. So each tag of a row or a cell is
followed as the reader follows it; a place may also come from the row, or from the tags before.
"""

import re
from collections.abc import Iterator

from lianbing.banks.interchange.drafts import MOST_QUESTIONS, Refused
from lianbing.banks.interchange.packages import BROKEN, Package
from lianbing.banks.interchange.xml_trees import ENTITIES
from lianbing.kernel.errors import N_

MOST_ROWS = MOST_QUESTIONS + 10
MOST_COLUMNS = 200
MOST_CELLS = 3_000_000
"""What is laid out of all sheets together; 20,000 questions have some 300,000."""
PREFIX = rb"<(?:[^\s<>/:!?]{1,40}:)?"
BEGINNING = re.compile(PREFIX + rb"(?:c|row)(?=[\s/>])")
TAG = re.compile(PREFIX + rb"(c|row)(?=[\s/>])([^<>]{0,600}?)(/?)>")
AT = re.compile(rb"""(?:^|\s)r\s*=\s*["']([^"']{0,20})["']""")
CELL_AT = re.compile(rb"([A-Za-z]{1,4})(\d{1,8})")
OTHER_BOOKS = ("content.xml", "xl/workbook.bin")
"""Books of other programs inside the package: the reader would try them when this one fails."""
TOO_LARGE = N_(
    "A sheet has more than %(rows)s rows or %(columns)s columns. Split the file and send the parts."
)


def measure(package: Package) -> None:
    """Refuse workbooks that would be laid out beyond measure, and document types."""
    if any(package.holds(name) for name in OTHER_BOOKS):
        raise Refused(BROKEN)
    cells = 0
    for name in package.names():
        data = package.read(name)
        if name.endswith((".xml", ".rels")):
            _refuse_entities(data)
        if b"sheetData" in data:  # whatever its name: the book may point anywhere
            _refuse_entities(data)
            cells += _area(data)
        if cells > MOST_CELLS:
            raise _too_large()


def _refuse_entities(xml: bytes) -> None:
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml or xml[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Refused(ENTITIES)


def _too_large() -> Refused:
    return Refused(TOO_LARGE, rows=MOST_QUESTIONS, columns=MOST_COLUMNS)


def _area(xml: bytes) -> int:
    """How many cells a sheet is laid out with."""
    beginnings = sum(1 for _found in BEGINNING.finditer(xml))
    if beginnings > 2 * MOST_CELLS:
        raise _too_large()
    last_row = last_column = 0
    for row, column in _filled(xml):
        last_row, last_column = max(last_row, row), max(last_column, column)
        if last_row > MOST_ROWS or last_column > MOST_COLUMNS:
            raise _too_large()
    if sum(1 for _found in TAG.finditer(xml)) != beginnings:
        raise Refused(BROKEN)  # a tag as no program writes it
    return last_row * last_column


def _filled(xml: bytes) -> Iterator[tuple[int, int]]:
    """Row and column from 1 of each cell that may hold something."""
    row = column = rows = 0
    for found in TAG.finditer(xml):
        at = AT.search(found[2]) if b"r" in found[2] else None
        if found[1] == b"row":
            row, column, rows = _row_at(at, row), 0, rows + 1
            if rows > 4 * MOST_ROWS:
                raise _too_large()
            continue
        column += 1
        if at is not None:
            place = CELL_AT.fullmatch(at[1])
            if place is None:
                raise Refused(BROKEN)
            row, column = int(place[2]), _column(place[1])
        if not found[3]:
            yield row, column


def _row_at(at: re.Match[bytes] | None, before: int) -> int:
    if at is None:
        return before + 1
    if not at[1].isdigit():
        raise Refused(BROKEN)
    return int(at[1])


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
