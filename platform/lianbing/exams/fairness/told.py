"""What the exam page is told, in the candidate's language and as JSON."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext

from lianbing.exams.fairness.queries import Held, NoticeKind, NoticeRow


def held_words(held: Held) -> dict[str, Any]:
    """Whether a pause or a break hides the questions, and the break time there is."""
    paused = None
    if held.paused_at is not None:
        paused = {"since": held.paused_at.isoformat(), "reason": held.pause_reason}
    ends_at = held.break_ends_at.isoformat() if held.break_ends_at else None
    return {
        "paused": paused,
        "break": {"left_seconds": held.break_left_seconds, "ends_at": ends_at},
    }


def notice_words(notices: Iterable[NoticeRow]) -> list[dict[str, Any]]:
    """The notices a page shows; a pause hides the questions, and its end says itself."""
    return [
        {"id": row.id, "kind": row.kind.value, "text": _text(row), "at": row.said_at.isoformat()}
        for row in notices
        if row.kind in (NoticeKind.MESSAGE, NoticeKind.EXTENSION)
    ]


def _text(row: NoticeRow) -> str:
    if row.kind is NoticeKind.MESSAGE:
        return row.words
    return gettext(
        "You have %(minutes)s more minutes. %(reason)s", minutes=row.minutes, reason=row.words
    )
