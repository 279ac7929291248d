"""Rows of a table by field; a row an option joined to the row of its question; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lianbing.banks.interchange.answers import truth_of
from lianbing.banks.interchange.drafts import Place

LIVE_SIGNS = "=+-@\t\r"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A table as read: every cell a text, rows from 1 as the trainer sees them."""

    name: str
    rows: Sequence[Sequence[str]]
    is_hidden: bool = False


@dataclass(kw_only=True, slots=True)
class Row:
    """A row by field, with where each field stands."""

    sheet: str
    number: int
    cells: dict[str, str]
    headings: Mapping[str, str]
    options: list[tuple[str, bool]] = field(default_factory=list)

    def text(self, name: str) -> str:
        return self.cells.get(name, "").strip()

    def place(self, name: str = "") -> Place:
        return Place(sheet=self.sheet, row=self.number, column=self.headings.get(name, ""))


def quiet(text: str) -> str:
    """A cell's text without the apostrophe that keeps a formula from living (see ``safe``)."""
    return text[1:] if text[:1] == "'" and text[1:2] in (*LIVE_SIGNS, "'") else text


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula; ``quiet`` undoes it."""
    return f"'{text}" if text[:1] in (*LIVE_SIGNS, "'") and text else text


def joined_rows(rows: Sequence[Row]) -> list[Row]:
    """A row an option: rows that repeat, or leave out, the stem belong to the question above."""
    joined: list[Row] = []
    for row in rows:
        same = joined and row.text("stem") in ("", joined[-1].text("stem"))
        if (same and row.text("code") in ("", joined[-1].text("code"), "0")) or (
            same and row.text("stem") == ""
        ):
            target = joined[-1]
        else:
            target = row
            joined.append(row)
        text = row.text("option_text") or row.text("options")
        if text:
            target.options.append((text, _is_right(row.text("is_right"))))
    return joined


def _is_right(text: str) -> bool:
    return text.strip() in ("1", "1.0") or truth_of(text) is True
