"""Streaks with a rest day, as a pure walk over the days on which a person practised.

A streak is the longest run of days back from today in which no seven days running hold two
missed ones; it counts the days practised in that run. So one missed day in seven breaks
nothing, a second shortens the streak to what was practised since the first, and two in a row
end it. Today counts once practised, and is never missed before it is over. Practising on one
day more never makes a streak shorter.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

REST_EVERY = 7
"""A missed day is a rest day when the next missed one is at least so many days later."""
A_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Streak:
    """``rested_on`` is the missed day inside the streak, within the last six days.

    ``rest_free``: the next day not yet practised could be missed without loss.
    """

    length: int = 0
    longest: int = 0
    practised_today: bool = False
    rested_on: date | None = None
    rest_free: bool = True


def streak_on(days: Collection[date], today: date) -> Streak:
    """Where a person's streak stands on a day; later days are not looked at."""
    practised = {day for day in days if day <= today}
    if not practised:
        return Streak()
    length = longest = since_miss = 0
    missed: date | None = None
    day = min(practised)
    last = today if today in practised else today - A_DAY
    while day <= last:
        if day in practised:
            length, since_miss = length + 1, since_miss + 1
        else:
            if missed is not None and (day - missed).days < REST_EVERY:
                length = since_miss
            missed, since_miss = day, 0
        longest = max(longest, length)
        day += A_DAY
    rested = missed if missed is not None and length > since_miss else None
    recent = rested is not None and (last + A_DAY - rested).days < REST_EVERY
    return Streak(
        length=length,
        longest=longest,
        practised_today=today in practised,
        rested_on=rested if recent else None,
        rest_free=not recent,
    )
