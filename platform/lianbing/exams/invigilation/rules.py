"""What an invigilator sees of a candidate at an instant: pure, with the clock as an argument."""

from datetime import datetime, timedelta
from enum import StrEnum

from lianbing.exams.rules import AttemptState

OFFLINE_AFTER = timedelta(seconds=150)
"""A page that has nothing to save reports every 48 to 72 s: two reports have failed to come."""


class LiveState(StrEnum):
    """Where a candidate stands, as the live screen says it."""

    NOT_STARTED = "not_started"
    WORKING = "working"
    OFFLINE = "offline"
    ON_BREAK = "on_break"
    HANDED_IN = "handed_in"
    CLOSED = "closed"
    VOIDED = "voided"


def live_state(
    state: AttemptState | None,
    *,
    last_contact: datetime | None,
    break_ends_at: datetime | None,
    final_at: datetime | None,
    now: datetime,
) -> LiveState:
    """The state shown for an attempt; None is one that was never started."""
    match state:
        case None:
            return LiveState.NOT_STARTED
        case AttemptState.HANDED_IN:
            return LiveState.HANDED_IN
        case AttemptState.CLOSED:
            return LiveState.CLOSED
        case AttemptState.VOIDED:
            return LiveState.VOIDED
        case AttemptState.OPEN:
            return _open_state(last_contact, break_ends_at, final_at, now)


def _open_state(
    last_contact: datetime | None,
    break_ends_at: datetime | None,
    final_at: datetime | None,
    now: datetime,
) -> LiveState:
    if final_at is not None and now > final_at:
        return LiveState.CLOSED
    if break_ends_at is not None and now < break_ends_at:
        return LiveState.ON_BREAK
    silent = last_contact is None or now - last_contact > OFFLINE_AFTER
    return LiveState.OFFLINE if silent else LiveState.WORKING


def changed_since(
    since: datetime | None, *moments: datetime | None, last_contact: datetime | None, now: datetime
) -> bool:
    """Whether a row may look different than at ``since``; falling silent is a change too."""
    if since is None:
        return True
    turned_silent = None if last_contact is None else last_contact + OFFLINE_AFTER
    known = (*moments, last_contact, turned_silent)
    return any(moment is not None and since <= moment <= now for moment in known)
