"""The empty list to fill in: an .xlsx whose number columns are text, so no digit is lost."""

import io

import xlsxwriter

from lianbing.people.imports.columns import HEADERS, Column

WIDTHS = {Column.ID_NUMBER: 22, Column.PHONE: 15, Column.NAME: 12}
ENGLISH = {
    Column.NAME: "Name",
    Column.PHONE: "Phone",
    Column.ID_NUMBER: "ID number",
    Column.STAFF_NUMBER: "Staff number",
    Column.DEPARTMENT: "Department",
    Column.TEAM: "Work team",
    Column.SEX: "Sex",
    Column.BIRTH_YEAR: "Birth year",
    Column.MIGRANT: "Migrant worker",
    Column.EMPLOYMENT: "Employment",
    Column.OCCUPATION: "Occupation code",
    Column.POST: "Post",
    Column.GRADE: "Grade",
    Column.GRADE_SINCE: "Grade since",
}


def make_template(*, chinese: bool) -> bytes:
    """An .xlsx with the understood headings in one row and nothing else."""
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = workbook.add_worksheet("人员" if chinese else "People")
    text = workbook.add_format({"num_format": "@"})
    bold = workbook.add_format({"bold": True, "bottom": 1})
    for place, column in enumerate(Column):
        sheet.set_column(place, place, WIDTHS.get(column, 14), text)
        sheet.write_string(0, place, HEADERS[column][0] if chinese else ENGLISH[column], bold)
    sheet.freeze_panes(1, 0)
    workbook.close()
    return buffer.getvalue()
