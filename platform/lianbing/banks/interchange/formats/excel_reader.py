"""Excel workbooks (.xlsx): values only, never formulas or macros; each sheet a table.

A workbook may name one cell far down and right, for which a reader would lay out everything
between: the cells are counted in the package's XML before the reader opens it.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook

from lianbing.banks.interchange.drafts import (
    MOST_QUESTIONS,
    Columns,
    DraftQuestion,
    FileFormat,
    Finding,
    Place,
    ReadFile,
    Refused,
)
from lianbing.banks.interchange.formats.csv_reader import TOO_MANY_ROWS
from lianbing.banks.interchange.formats.excel_pictures import find_pictures
from lianbing.banks.interchange.packages import BROKEN, Package
from lianbing.banks.interchange.rows import Sheet
from lianbing.banks.interchange.tables import read_sheet
from lianbing.banks.interchange.xml_trees import ENTITIES
from lianbing.kernel.errors import N_

MOST_ROWS = MOST_QUESTIONS + 10
MOST_COLUMNS = 200
MOST_SHEETS = 40
CELL = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?\br\s*=\s*["']([A-Z]{1,4})(\d{1,8})["'][^<>]*?(/?)>""")
ROW = re.compile(rb"<(?:\w+:)?row[\s>/]")
TOO_LARGE = N_(
    "A sheet has more than %(rows)s rows or %(columns)s columns. Split the file and send the parts."
)
TOO_MANY_SHEETS = N_("The workbook has more than %(most)s sheets. Split it and send the parts.")


def read_excel(data: bytes, by_hand: Mapping[str, str]) -> ReadFile:
    """Drafts of every sheet; raises Refused."""
    package = Package(data)
    inspect(package)
    pictures = find_pictures(package)
    questions: list[DraftQuestion] = []
    findings: list[Finding] = []
    columns: list[Columns] = []
    for plain in sheets_of(data):
        sheet = pictures.shown(plain)
        if len(questions) + len(sheet.rows) > MOST_ROWS:
            place = Place(sheet=sheet.name, row=MOST_ROWS - len(questions))
            params = {"most": MOST_QUESTIONS}
            findings.append(Finding(place=place, message=TOO_MANY_ROWS, params=params))
            sheet = Sheet(name=sheet.name, rows=sheet.rows[: MOST_ROWS - len(questions)])
        table = read_sheet(sheet, by_hand)
        questions += table.questions
        findings += table.findings
        columns += [table.columns] if table.columns else []
    if not questions and not columns and not findings:
        raise Refused(N_("The workbook is empty."))
    return ReadFile(
        format=FileFormat.EXCEL,
        questions=tuple(questions),
        findings=tuple(findings),
        columns=tuple(columns),
        pictures=pictures.read(package),
    )


def inspect(package: Package) -> None:
    """Refuse sheets that a reader would lay out beyond measure, and document types."""
    for name in package.names():
        if not name.endswith((".xml", ".rels")):
            continue
        xml = package.read(name)
        if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml or xml[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise Refused(ENTITIES)
        if name.endswith("sharedStrings.xml") or b"sheetData" not in xml:
            continue
        largest = max((int(found[2]) for found in CELL.finditer(xml) if not found[3]), default=0)
        wide = max((_column(found[1]) for found in CELL.finditer(xml) if not found[3]), default=0)
        if largest > MOST_ROWS or wide > MOST_COLUMNS or len(ROW.findall(xml)) > 4 * MOST_ROWS:
            raise Refused(TOO_LARGE, rows=MOST_QUESTIONS, columns=MOST_COLUMNS)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def sheets_of(data: bytes) -> list[Sheet]:
    """Every sheet of a workbook that was inspected; raises Refused."""
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(data))
        if len(workbook.sheet_names) > MOST_SHEETS:
            raise Refused(TOO_MANY_SHEETS, most=MOST_SHEETS)
        return [
            Sheet(
                name=name,
                rows=[
                    [_text(cell) for cell in row]
                    for row in workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
                ],
            )
            for name in workbook.sheet_names
        ]
    except Refused:
        raise
    except (CalamineError, ValueError, KeyError, OSError) as error:
        raise Refused(BROKEN) from error


def _text(cell: object) -> str:
    """A cell as a person sees it; a whole number without its point."""
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case float():
            return f"{cell:.12g}"
        case datetime() | date() | time() | timedelta():
            return str(cell)
        case None:
            return ""
        case _:
            return str(cell).replace("_x000D_", "").strip("\0")
