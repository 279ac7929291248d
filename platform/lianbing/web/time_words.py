"""Time left, in words: days and hours while far, a clock on the last day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext

DAY = 24 * 3600
URGENT = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeLeft:
    """What a countdown shows; ``seconds`` is never negative."""

    seconds: int
    words: str
    is_over: bool
    is_urgent: bool
    now: datetime


def clock(seconds: int) -> str:
    """Whole seconds as ``hh:mm:ss``."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def time_left(until: datetime, now: datetime) -> TimeLeft:
    """What is left from ``now`` until ``until``; both aware."""
    left = until - now
    seconds = max(0, int(left.total_seconds()))
    days, hours = seconds // DAY, seconds % DAY // 3600
    words = gettext("%(days)d d %(hours)d h", days=days, hours=hours) if days else clock(seconds)
    return TimeLeft(
        seconds=seconds, words=words, is_over=seconds == 0, is_urgent=left <= URGENT, now=now
    )
