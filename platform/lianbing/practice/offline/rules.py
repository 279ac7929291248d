"""When an offline answer was given, and what became of it. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lianbing.kernel.ids import QuestionId, QuestionVersionId

DAYS_AHEAD = 3
"""Today and the two days after it: a weekend in the hills."""
MOST_OF_BOOK = 60
MOST_ENTRIES = 200
"""So many entries a request; a device sends the rest in further ones."""
OLDEST = timedelta(days=60)


class Outcome(StrEnum):
    """What became of an offline answer; every one of them may be forgotten by its device."""

    RECORDED = "recorded"
    WITHDRAWN = "withdrawn"
    MISSHAPEN = "misshapen"
    OTHER_CONTENT = "other_content"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One answer as a device numbered it; what was given is still unchecked."""

    sequence: int
    question_id: QuestionId
    version_id: QuestionVersionId
    given: object
    rating: str
    gave_up: bool
    mode: str
    stated_at: datetime | None


def given_at(stated: datetime | None, *, issued_at: datetime, received_at: datetime) -> datetime:
    """When an answer counts as given: as its device says, within what can be true.

    Not after it arrived, not before the device was known here, and not older than two months.
    """
    if stated is None:
        return received_at
    earliest = max(issued_at, received_at - OLDEST)
    return min(max(stated, earliest), received_at)


def first_of_each(entries: Collection[Entry]) -> list[Entry]:
    """The entries in the device's order; of a number sent twice the first."""
    found: dict[int, Entry] = {}
    for entry in entries:
        found.setdefault(entry.sequence, entry)
    return [found[sequence] for sequence in sorted(found)]
