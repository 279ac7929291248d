"""Entries as an Excel workbook; texts stay texts, whatever they begin with."""

from io import BytesIO

import xlsxwriter
from flask_babel import gettext
from sqlalchemy.orm import Session

from lianbing.contests.entries import EntryRow, all_entries
from lianbing.contests.queries import ContestRow
from lianbing.contests.rules import EntryState
from lianbing.kernel.ids import OrganisationId
from lianbing.people.queries import PersonCard, person_cards
from lianbing.web.i18n import show_instant

WIDTHS = (14, 28, 18, 14, 18, 18, 12)


def entries_workbook(
    session: Session, contest: ContestRow, *, unit_id: OrganisationId | None = None
) -> BytesIO:
    """One row an entry; phones are masked as on the screen."""
    target = BytesIO()
    with xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as workbook:
        sheet = workbook.add_worksheet(gettext("Entries"))
        bold = workbook.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        _write(sheet, 0, _headings(), bold)
        number = 0
        for batch in all_entries(session, contest.event.id, unit_id=unit_id):
            cards = person_cards(session, [entry.person_id for entry in batch])
            for entry in batch:
                number += 1
                _write(sheet, number, _cells(entry, cards[entry.person_id]))
    target.seek(0)
    return target


def _headings() -> list[str]:
    return [
        gettext("Name"),
        gettext("Unit"),
        gettext("Work team"),
        gettext("Staff number"),
        gettext("Phone"),
        gettext("Registered at"),
        gettext("State"),
    ]


def _cells(entry: EntryRow, card: PersonCard) -> list[str]:
    withdrawn = entry.state is EntryState.WITHDRAWN
    return [
        card.name,
        card.unit_name,
        card.team_name,
        card.staff_number,
        card.masked_phone,
        show_instant(entry.registered_at),
        gettext("Withdrawn") if withdrawn else gettext("Registered"),
    ]


def _write(
    sheet: xlsxwriter.worksheet.Worksheet,
    row: int,
    cells: list[str],
    style: object | None = None,
) -> None:
    for column, text in enumerate(cells):
        sheet.write_string(row, column, text, style)
