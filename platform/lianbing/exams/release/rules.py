"""When the questions of an exam are out: pure, with the clock as an argument."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

PERSONS_NEEDED = 2


class PaperRelease(StrEnum):
    """Who releases the sealed questions."""

    BY_CLOCK = "by_clock"
    TWO_PERSONS = "two_persons"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseFacts:
    """What decides the release of one exam; ``released_at``: when the second person agreed."""

    mode: PaperRelease
    opens_at: datetime
    released_at: datetime | None


def release_time(facts: ReleaseFacts) -> datetime | None:
    """From when on the questions are out, never before the opening; None while not agreed."""
    if facts.mode is PaperRelease.BY_CLOCK:
        return facts.opens_at
    if facts.released_at is None:
        return None
    return max(facts.opens_at, facts.released_at)


def first_release(exams: Iterable[ReleaseFacts]) -> datetime | None:
    """From when on a paper that several exams share is out; None while no exam releases it."""
    return min((time for one in exams if (time := release_time(one)) is not None), default=None)
