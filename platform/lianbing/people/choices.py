"""Choice lists for forms, from the words of ``labels``."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from wtforms.fields import SelectChoice

from lianbing.people.organisations.queries import OrganisationRow

Code = TypeVar("Code", bound=StrEnum)
NOT_STATED = _("Not stated")


def choices(words: Mapping[Code, LazyString]) -> list[SelectChoice]:
    """One choice a code."""
    return [SelectChoice(str(code), word) for code, word in words.items()]


def optional_choices(words: Mapping[Code, LazyString]) -> list[SelectChoice]:
    """One choice a code, after one that states nothing."""
    return [SelectChoice("", NOT_STATED), *choices(words)]


def organisation_choices(rows: Iterable[OrganisationRow]) -> list[SelectChoice]:
    """Nodes in tree order, set in by their depth."""
    return [SelectChoice(str(row.id), "\u3000" * row.depth + row.name) for row in rows]


YES_NO = [SelectChoice("", NOT_STATED), SelectChoice("yes", _("Yes")), SelectChoice("no", _("No"))]


def yes_no(value: str | None) -> bool | None:
    """What a yes–no choice says; None where nothing is stated."""
    return {"yes": True, "no": False}.get(value or "")
