"""Entries as an Excel workbook."""

from collections.abc import Iterator
from io import BytesIO

from flask_babel import gettext
from sqlalchemy.orm import Session

from lianbing.contests.entries import EntryRow, all_entries
from lianbing.contests.queries import ContestRow
from lianbing.contests.rules import EntryState
from lianbing.infra.sheets import text_sheet
from lianbing.kernel.ids import OrganisationId
from lianbing.people.queries import PersonCard, person_cards
from lianbing.web.i18n import show_instant

WIDTHS = (14, 28, 18, 14, 18, 18, 12)


def entries_workbook(
    session: Session, contest: ContestRow, *, unit_id: OrganisationId | None = None
) -> BytesIO:
    """One row an entry; phones are masked as on the screen."""
    rows = _rows(session, contest, unit_id)
    return text_sheet(gettext("Entries"), _headings(), rows, widths=WIDTHS)


def _rows(
    session: Session, contest: ContestRow, unit_id: OrganisationId | None
) -> Iterator[list[str]]:
    for batch in all_entries(session, contest.event.id, unit_id=unit_id):
        cards = person_cards(session, [entry.person_id for entry in batch])
        yield from (_cells(entry, cards[entry.person_id]) for entry in batch)


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
