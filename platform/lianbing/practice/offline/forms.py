"""The entries of a device's journal, read from JSON."""

from datetime import UTC, datetime
from typing import Any

import orjson

from lianbing.kernel.ids import QuestionId, QuestionVersionId
from lianbing.practice.offline.errors import MalformedEntries
from lianbing.practice.offline.rules import MOST_ENTRIES, Entry
from lianbing.practice.rules import DrillMode

LARGEST_NUMBER = 2**31 - 1
LONGEST_GIVEN = 20_000
MODES = {DrillMode.DAILY.value, DrillMode.WRONG_BOOK.value}


def read_entries(body: object) -> tuple[int, list[Entry]]:
    """The device number and its entries; MalformedEntries for anything else."""
    if not isinstance(body, dict):
        raise MalformedEntries
    raw = body.get("entries")
    if not isinstance(raw, list) or len(raw) > MOST_ENTRIES:
        raise MalformedEntries
    return _number(body.get("device")), [_entry(one) for one in raw]


def _entry(raw: Any) -> Entry:
    if not isinstance(raw, dict):
        raise MalformedEntries
    rating, mode = raw.get("rating", ""), raw.get("mode")
    if not isinstance(rating, str) or len(orjson.dumps(raw.get("answer"))) > LONGEST_GIVEN:
        raise MalformedEntries
    return Entry(
        sequence=_number(raw.get("seq")),
        question_id=QuestionId(_number(raw.get("question"))),
        version_id=QuestionVersionId(_number(raw.get("version"))),
        given=raw.get("answer"),
        rating=rating[:10],
        gave_up=raw.get("gave_up") is True,
        mode=mode if mode in MODES else DrillMode.DAILY.value,
        stated_at=_instant(raw.get("at")),
    )


def _number(raw: object) -> int:
    if type(raw) is not int or not 1 <= raw <= LARGEST_NUMBER:
        raise MalformedEntries
    return raw


def _instant(raw: object) -> datetime | None:
    """A device's own time; None for what is none, so that a broken clock loses no answer."""
    try:
        found = datetime.fromisoformat(raw) if isinstance(raw, str) else None
    except ValueError:
        return None
    return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None
