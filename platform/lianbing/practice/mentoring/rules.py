"""When a pair is in force, and what of it counts. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

LONGEST_PERIOD = timedelta(days=3 * 366)
LONGEST_PACT = 2000
LONGEST_NOTE = 1000
MOST_OPEN = 20
"""Pairs of one person that are proposed or in force."""
CREDITED_FROM = timedelta(days=7)
"""A pair in force for less earns no line in the passport."""
MOST_DRILLS = 50
QUESTIONS_WANTED = (10, 20, 30, 50)


class PairState(StrEnum):
    """Where a pair stands on a day."""

    PROPOSED = "proposed"
    DECLINED = "declined"
    AGREED = "agreed"
    IN_FORCE = "in_force"
    OVER = "over"


@dataclass(frozen=True, kw_only=True, slots=True)
class PairFacts:
    """What a pair's state follows from; ``ends_on`` is its last day; dates are local days."""

    starts_on: date
    ends_on: date
    agreed_on: date | None
    ended_on: date | None

    def state(self, on: date) -> PairState:
        """Where the pair stands; it begins when both have agreed and its first day has come."""
        if self.agreed_on is None:
            return PairState.PROPOSED if self.ended_on is None else PairState.DECLINED
        if self.ended_on is not None or on > self.ends_on:
            return PairState.OVER
        return PairState.IN_FORCE if on >= self.began_on else PairState.AGREED

    @property
    def began_on(self) -> date:
        """The first day in force: that of the period or of the agreement, the later one."""
        return self.starts_on if self.agreed_on is None else max(self.starts_on, self.agreed_on)

    def days_in_force(self, on: date) -> int:
        """How many days it was in force up to a day, that day included."""
        if self.agreed_on is None:
            return 0
        last = min(day for day in (on, self.ends_on, self.ended_on) if day is not None)
        return max((last - self.began_on).days + 1, 0)

    def earns_credit(self, on: date) -> bool:
        """Whether a pair that is over earns both a line in the passport."""
        return timedelta(days=self.days_in_force(on)) >= CREDITED_FROM


def is_sound_period(starts_on: date, ends_on: date, *, on: date) -> bool:
    """Whether a period may be agreed: not over yet, in order, and no longer than three years."""
    return starts_on <= ends_on >= on and ends_on - starts_on <= LONGEST_PERIOD
