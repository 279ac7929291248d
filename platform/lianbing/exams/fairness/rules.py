"""Decisions about granted time: pure, with the clock as an argument.

A deadline is always one stored instant. A break is paid in advance: the deadline moves by all
the break time that is left, and ending early gives the rest back. A pause puts the deadline off
by ``HOLD`` and the resumption replaces that by the true length. So whatever judges an answer
looks at the deadline alone.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil

from lianbing.kernel.errors import N_

HOLD = timedelta(hours=24)
"""How long a pause may last before deadlines run again."""
MOST_MULTIPLIER = Decimal(4)
MOST_BREAK = timedelta(hours=3)
MOST_EXTENSION = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """What an accommodation gives."""

    multiplier: Decimal = Decimal(1)
    break_time: timedelta = timedelta(0)
    larger_text: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """The times of an open attempt that breaks and pauses move."""

    due_at: datetime
    final_at: datetime
    idle: timedelta = timedelta(0)
    break_left: timedelta = timedelta(0)
    break_ends_at: datetime | None = None

    def moved(self, by: timedelta) -> "Clock":
        """Both deadlines moved, and the time counted as idle."""
        return replace(
            self, due_at=self.due_at + by, final_at=self.final_at + by, idle=self.idle + by
        )


def grant_faults(grant: Grant, *, valid_from: date, valid_to: date | None) -> list[str]:
    """Why an accommodation cannot be stored like this, as English msgids; empty when it can."""
    faults = []
    if not 1 <= grant.multiplier <= MOST_MULTIPLIER:
        faults.append(N_("the time factor must lie between 1 and 4"))
    if not timedelta(0) <= grant.break_time <= MOST_BREAK:
        faults.append(N_("the breaks must lie between 0 and 180 minutes"))
    if valid_to is not None and valid_to < valid_from:
        faults.append(N_("the last day must not lie before the first"))
    if grant == Grant():
        faults.append(N_("it grants nothing: set a factor, a break or larger text"))
    return faults


def is_on_break(clock: Clock, *, now: datetime) -> bool:
    """Whether a break hides the questions at this instant."""
    return clock.break_ends_at is not None and now < clock.break_ends_at


def start_break(clock: Clock, *, now: datetime) -> Clock | None:
    """Begin a break with all the time that is left; None when there is none to take."""
    if clock.break_left <= timedelta(0) or is_on_break(clock, now=now) or now >= clock.due_at:
        return None
    moved = clock.moved(clock.break_left)
    return replace(moved, break_left=timedelta(0), break_ends_at=now + clock.break_left)


def end_break(clock: Clock, *, now: datetime) -> Clock:
    """End a break; whole seconds that were not used are kept for another."""
    if clock.break_ends_at is None or not is_on_break(clock, now=now):
        return replace(clock, break_ends_at=None)
    unused = timedelta(seconds=(clock.break_ends_at - now) // timedelta(seconds=1))
    return replace(clock.moved(-unused), break_left=clock.break_left + unused, break_ends_at=None)


def pause_length(*, paused_at: datetime, now: datetime) -> timedelta:
    """What a pause gives back: its length to the next whole second, never more than ``HOLD``."""
    return min(timedelta(seconds=ceil((now - paused_at).total_seconds())), HOLD)
