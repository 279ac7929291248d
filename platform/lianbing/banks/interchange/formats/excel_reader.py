"""Excel workbooks (.xlsx): values only, never formulas or macros; each sheet a table.

The reader opens a workbook only after ``excel_measure`` has counted what it would lay out.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from io import BytesIO
from types import MappingProxyType

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

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
from lianbing.banks.interchange.formats.excel_measure import MOST_ROWS, measure
from lianbing.banks.interchange.formats.excel_percents import Cell, in_percent, percent_cells
from lianbing.banks.interchange.formats.excel_pictures import find_pictures
from lianbing.banks.interchange.packages import BROKEN, Package
from lianbing.banks.interchange.rows import Sheet
from lianbing.banks.interchange.tables import read_sheet
from lianbing.kernel.errors import N_

MOST_SHEETS = 40
TOO_MANY_SHEETS = N_("The workbook has more than %(most)s sheets. Split it and send the parts.")


def read_excel(data: bytes, by_hand: Mapping[str, str]) -> ReadFile:
    """Drafts of every sheet; raises Refused."""
    package = Package(data)
    measure(package)
    pictures = find_pictures(package)
    questions: list[DraftQuestion] = []
    findings: list[Finding] = []
    columns: list[Columns] = []
    for plain in sheets_of(data, percent_cells(package)):
        sheet = pictures.shown(plain)
        if len(questions) + len(sheet.rows) > MOST_ROWS:
            place = Place(sheet=sheet.name, row=MOST_ROWS - len(questions))
            params = {"most": MOST_QUESTIONS}
            findings.append(Finding(place=place, message=TOO_MANY_ROWS, params=params))
            sheet = replace(sheet, rows=sheet.rows[: MOST_ROWS - len(questions)])
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


def _rows(sheet: CalamineSheet, percents: Mapping[Cell, int]) -> list[list[str]]:
    """A sheet's cells as a person sees them; shares that are shown in percent, in percent."""
    rows = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    for (row, column), places in percents.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = in_percent(rows[row][column], places)
    return rows


def sheets_of(
    data: bytes, percents: Mapping[str, Mapping[Cell, int]] = MappingProxyType({})
) -> list[Sheet]:
    """Every sheet of a workbook that was inspected; raises Refused.

    ``percents``: by sheet, the cells shown in percent with their decimal places.
    """
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(data))
        if len(workbook.sheet_names) > MOST_SHEETS:
            raise Refused(TOO_MANY_SHEETS, most=MOST_SHEETS)
        return [
            Sheet(
                name=about.name,
                rows=_rows(workbook.get_sheet_by_name(about.name), percents.get(about.name, {})),
                is_hidden=about.visible is not SheetVisibleEnum.Visible,
            )
            for about in workbook.sheets_metadata
            if about.typ is SheetTypeEnum.WorkSheet
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
