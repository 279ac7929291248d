"""A class's roster with hours, exam and completion as an Excel workbook."""

from io import BytesIO

from flask_babel import gettext
from sqlalchemy.orm import Session

from lianbing.infra.sheets import text_sheet
from lianbing.people.queries import PersonCard, person_cards
from lianbing.training.classes.queries import ClassRow, MemberRow, all_members
from lianbing.training.classes.words import OUTCOME_WORDS

WIDTHS = (14, 28, 18, 14, 18, 10, 10, 12, 12, 12)


def roster_workbook(session: Session, row: ClassRow) -> BytesIO:
    """One row a member; phones are masked as on the screen."""
    members = all_members(session, row)
    cards = person_cards(session, [member.person_id for member in members])
    rows = (_cells(member, cards[member.person_id]) for member in members)
    return text_sheet(gettext("Class roster"), _headings(), rows, widths=WIDTHS)


def _headings() -> list[str]:
    return [
        gettext("Name"),
        gettext("Unit"),
        gettext("Work team"),
        gettext("Staff number"),
        gettext("Phone"),
        gettext("Hours attended"),
        gettext("Hours in all"),
        gettext("Closing exam"),
        gettext("Marks"),
        gettext("Completed"),
    ]


def _cells(member: MemberRow, card: PersonCard) -> list[str]:
    done = member.progress.is_complete if member.completed is None else member.completed
    return [
        card.name,
        card.unit_name,
        card.team_name,
        card.staff_number,
        card.masked_phone,
        f"{member.progress.hours:f}",
        f"{member.progress.of:f}",
        str(OUTCOME_WORDS[member.progress.exam]),
        "" if member.marks is None else f"{member.marks:f}",
        gettext("Yes") if done else gettext("No"),
    ]
