"""From an uploaded file to cells of text, with hostile input bounded before it is parsed.

An .xlsx is a zip: what it unpacks to is measured, not believed, and a cell far out in an
empty sheet is refused, since a reader would lay out every cell up to it.
"""

import csv
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime

from python_calamine import CalamineError, CalamineWorkbook

from lianbing.people.imports.errors import FileNotReadable, FileTooLarge, OldExcel

MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED_BYTES = 120 * 1024 * 1024
MOST_PARTS = 500
MOST_ROWS = 20_000
HEADING_ROWS = 20
MOST_COLUMNS = 200
LONGEST_CELL = 500
CHUNK = 1 << 20
OVERLAP = 1 << 16
CELL = re.compile(rb'<(?:\w+:)?c\s[^<>]*?\br="([A-Z]{1,4})(\d{1,8})"[^<>]*?(/?)>')
BARE_CELL = re.compile(rb"<(?:\w+:)?c(?:\s(?![^<>]*\br=)[^<>]*)?(?<!/)>")
ROW = re.compile(rb'<(?:\w+:)?row\s[^<>]*?\br="(\d{1,8})"')
LOCAL_HEADER = struct.Struct("<26xHH")
ZIP_MAGIC = b"PK\x03\x04"
XLS_MAGIC = b"\xd0\xcf\x11\xe0"


def read_table(content: bytes) -> list[list[str]]:
    """The first sheet, or the CSV, as rows of text; raises FileTooLarge, FileNotReadable."""
    if len(content) > MOST_BYTES:
        raise FileTooLarge
    if content.startswith(XLS_MAGIC):
        raise OldExcel
    table = _from_xlsx(content) if content.startswith(ZIP_MAGIC) else _from_csv(content)
    while table and not any(table[-1]):
        table.pop()
    if len(table) > MOST_ROWS + HEADING_ROWS:
        raise FileTooLarge
    if any(len(cell) > LONGEST_CELL for row in table for cell in row):
        raise FileNotReadable
    return table


def _from_xlsx(content: bytes) -> list[list[str]]:
    _measure(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError) as error:
        raise FileNotReadable from error
    return [[_text(cell) for cell in row] for row in rows]


def _measure(content: bytes) -> None:
    """Unpack every part once, counting, and look where the sheets' cells lie."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise FileNotReadable from error
    if len(parts) > MOST_PARTS:
        raise FileTooLarge
    left = MOST_UNPACKED_BYTES
    for part in parts:
        tail = b""
        for chunk in _unpack(content, part):
            left -= len(chunk)
            if left < 0:
                raise FileTooLarge
            _check_cells(tail + chunk)
            tail = chunk[-OVERLAP:]


def _unpack(content: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or part.flag_bits & 1:
        raise FileNotReadable
    try:
        names = LOCAL_HEADER.unpack_from(content, part.header_offset)
    except struct.error as error:
        raise FileNotReadable from error
    start = part.header_offset + 30 + sum(names)
    packed = content[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while packed:
            yield unpacking.decompress(packed, CHUNK)
            packed = unpacking.unconsumed_tail
    except zlib.error as error:
        raise FileNotReadable from error


def _check_cells(xml: bytes) -> None:
    for letters, digits, is_empty in CELL.findall(xml):
        if is_empty:
            continue
        if int(digits) > MOST_ROWS + HEADING_ROWS or _column_number(letters) > MOST_COLUMNS:
            raise FileTooLarge
    # A cell without an address takes its row's; only then does a far row lay out all before it.
    if BARE_CELL.search(xml) and any(
        int(digits) > MOST_ROWS + HEADING_ROWS for digits in ROW.findall(xml)
    ):
        raise FileTooLarge


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e18:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip()


def _from_csv(content: bytes) -> list[list[str]]:
    text = _decode(content)
    head = text[:4000]
    delimiter = max(",;\t，", key=head.count)
    table: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if len(table) > MOST_ROWS + HEADING_ROWS or len(row) > MOST_COLUMNS:
                raise FileTooLarge
            table.append([cell.strip() for cell in row])
    except csv.Error as error:
        raise FileNotReadable from error
    return table


def _decode(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise FileNotReadable
