"""A list as an Excel workbook; texts stay texts, whatever they begin with."""

from collections.abc import Iterable, Sequence
from io import BytesIO

import xlsxwriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def text_sheet(
    name: str, headings: Sequence[str], rows: Iterable[Sequence[str]], *, widths: Sequence[int]
) -> BytesIO:
    """One sheet with its headings fixed at the top; ``widths`` in characters."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as workbook:
        sheet = workbook.add_worksheet(name)
        bold = workbook.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        for column, text in enumerate(headings):
            sheet.write_string(0, column, text, bold)
        for number, cells in enumerate(rows, start=1):
            for column, text in enumerate(cells):
                sheet.write_string(number, column, text)
    target.seek(0)
    return target
