"""How much of what a browser claims counts as time spent: pure.

A beat claims that its reader was active for so long, up to now. A claim is cut at the longest
beat, and at what was counted already for this person, in whatever tab or on whatever device: the
time counted is a set of moments that do not overlap, so it can never outrun the clock on the wall.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_BEAT = timedelta(seconds=30)
NOTHING = timedelta()


@dataclass(frozen=True, kw_only=True, slots=True)
class Credit:
    """What a beat earned, and up to when time is counted now; None while none ever was."""

    counted: timedelta
    counted_until: datetime | None


def credit(claimed: timedelta, *, now: datetime, counted_until: datetime | None) -> Credit:
    """What a beat that arrives now earns; a clock that went back earns nothing."""
    length = min(max(claimed, NOTHING), LONGEST_BEAT)
    start = now - length
    if counted_until is not None:
        start = max(start, counted_until)
    counted = now - start
    if counted <= NOTHING:
        return Credit(counted=NOTHING, counted_until=counted_until)
    return Credit(counted=counted, counted_until=now)
