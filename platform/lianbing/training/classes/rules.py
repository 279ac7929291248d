"""What a class asks for and what a member has of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

MOST_SESSIONS = 200
MOST_HOURS = Decimal(24)
NO_HOURS = Decimal(0)


class ClassForm(StrEnum):
    """How a class is held."""

    OFFLINE = "offline"
    ONLINE = "online"
    MIXED = "mixed"


class Presence(StrEnum):
    """How a member stands to a session; leave earns no hours but is told apart."""

    PRESENT = "present"
    ABSENT = "absent"
    LEAVE = "leave"


class ExamOutcome(StrEnum):
    """What the closing exam's published list says of a member."""

    NONE = "none"
    WAITING = "waiting"
    MISSED = "missed"
    FAILED = "failed"
    PASSED = "passed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """What a member has: hours of the class's hours, the exam's word, and whether that is all."""

    hours: Decimal
    of: Decimal
    wanted: Decimal
    exam: ExamOutcome

    @property
    def has_hours(self) -> bool:
        return self.hours >= self.wanted

    @property
    def is_complete(self) -> bool:
        """The rule of completion: hours enough, and the closing exam passed where there is one."""
        return self.has_hours and self.exam in (ExamOutcome.NONE, ExamOutcome.PASSED)


def hours_wanted(of: Decimal, percent: int) -> Decimal:
    """The hours a share of all hours makes, rounded up to a tenth."""
    return (of * percent / 100).quantize(Decimal("0.1"), rounding=ROUND_CEILING)


def progress(
    sessions: Mapping[int, Decimal],
    attended: Mapping[int, Presence],
    *,
    percent: int,
    exam: ExamOutcome,
) -> Progress:
    """A member's progress from the sessions' hours and the member's presence by session."""
    of = sum(sessions.values(), NO_HOURS)
    present = (id_ for id_, state in attended.items() if state is Presence.PRESENT)
    hours = sum((sessions[id_] for id_ in present if id_ in sessions), NO_HOURS)
    return Progress(hours=hours, of=of, wanted=hours_wanted(of, percent), exam=exam)


PRESENCE_WORDS = {
    **dict.fromkeys(("出勤", "到", "已到", "present", "√", "✓", "是", "1"), Presence.PRESENT),
    **dict.fromkeys(("缺勤", "旷课", "未到", "absent", "×", "否", "0"), Presence.ABSENT),
    **dict.fromkeys(("请假", "事假", "病假", "leave"), Presence.LEAVE),
}
"""What a cell of an attendance list may say, compared without spaces and case."""
PRESENCE_HEADINGS = frozenset(("出勤", "出勤情况", "考勤", "签到", "attendance", "presence"))


def read_presence(text: str) -> Presence | None:
    """What a cell says of a member; None when it is not understood."""
    return PRESENCE_WORDS.get("".join(text.split()).lower())
