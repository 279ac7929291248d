"""What a device must be able to do, judged from what it reports of itself.

The browser brings facts; what is a problem, and how grave, is decided here, the same for the
candidate's report and for the organiser's list.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from statistics import median
from typing import Any

LASTS = timedelta(minutes=15)
GRACE_SECONDS = 30
MOST_TIMES = 100
LARGEST = 10**9

SLOW_MEDIAN_MS = 1_500
SLOW_WORST_MS = 6_000
CLOCK_OFF_MS = 60_000
NARROWEST_PX = 320
OLDEST = {"Chrome": 80, "Firefox": 80, "Safari": 14}
"""The oldest major versions that the exam page is written for."""

BROWSERS = (
    ("Chrome", re.compile(r"(?:Chrome|CriOS)/(\d+)")),
    ("Firefox", re.compile(r"(?:Firefox|FxiOS)/(\d+)")),
    ("Safari", re.compile(r"Version/(\d+)[\d.]* .*Safari/")),
)


class Problem(StrEnum):
    """What can be wrong with a device or its network; the order is the order of telling."""

    BROWSER_OLD = "browser_old"
    NOTHING_KEPT = "nothing_kept"
    NO_INDEXED_DB = "no_indexed_db"
    SAVES_FAILED = "saves_failed"
    NOTHING_SAVED = "nothing_saved"
    SLOW_NETWORK = "slow_network"
    OUTSIDE_NETWORK = "outside_network"
    NOT_SECURE = "not_secure"
    NO_UNSEALING = "no_unsealing"
    NO_OFFLINE_RELOAD = "no_offline_reload"
    NO_FULL_SCREEN = "no_full_screen"
    SMALL_SCREEN = "small_screen"
    CLOCK_OFF = "clock_off"


GRAVE = frozenset(
    {
        Problem.BROWSER_OLD,
        Problem.NOTHING_KEPT,
        Problem.SAVES_FAILED,
        Problem.NOTHING_SAVED,
        Problem.SLOW_NETWORK,
        Problem.OUTSIDE_NETWORK,
    }
)
"""Those that can spoil an exam; the others cost a convenience, or nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceReport:
    """What a page found out about its device and network; times in ms, sizes in CSS px.

    ``kept_days``: for how many days a mark of an earlier visit has survived on the device.
    """

    is_secure: bool = False
    indexed_db: bool = False
    local_storage: bool = False
    kept_days: int = 0
    unseals: bool = False
    offline_reload: bool = False
    full_screen: bool = False
    missing: int = 0
    clock_offset: int = 0
    times: tuple[int, ...] = ()
    acknowledged: int = 0
    failed: int = 0
    width: int = 0
    height: int = 0

    @property
    def median_ms(self) -> int:
        return round(median(self.times)) if self.times else 0

    @property
    def worst_ms(self) -> int:
        return max(self.times, default=0)

    def to_json(self) -> dict[str, Any]:
        """The report as stored."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What an exam asks of a device beyond the ordinary."""

    full_screen: bool = False
    inside_network: bool = True


def read_report(raw: object) -> DeviceReport:
    """A report from JSON; ValueError for what is none. Figures are held to sane bounds."""
    if not isinstance(raw, Mapping):
        raise ValueError("not an object")
    times = raw.get("times", [])
    if not isinstance(times, (list, tuple)) or len(times) > MOST_TIMES:
        raise ValueError("times")

    def flag(name: str) -> bool:
        return raw.get(name) is True

    def count(name: str) -> int:
        return max(0, _count(raw.get(name, 0)))

    return DeviceReport(
        is_secure=flag("is_secure"),
        indexed_db=flag("indexed_db"),
        local_storage=flag("local_storage"),
        kept_days=count("kept_days"),
        unseals=flag("unseals"),
        offline_reload=flag("offline_reload"),
        full_screen=flag("full_screen"),
        missing=count("missing"),
        clock_offset=_count(raw.get("clock_offset", 0)),
        times=tuple(max(0, _count(value)) for value in times),
        acknowledged=count("acknowledged"),
        failed=count("failed"),
        width=count("width"),
        height=count("height"),
    )


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < LARGEST:
        raise ValueError("not a figure")  # also for what is no number at all
    return round(value)


def find_problems(report: DeviceReport, user_agent: str, wanted: Wanted) -> tuple[Problem, ...]:
    """The problems of a device in the order of telling; empty when it may come."""
    found = {
        Problem.BROWSER_OLD: is_old(user_agent) or report.missing > 0,
        Problem.NOTHING_KEPT: not (report.indexed_db or report.local_storage),
        Problem.NO_INDEXED_DB: report.local_storage and not report.indexed_db,
        Problem.SAVES_FAILED: report.failed > 0,
        Problem.NOTHING_SAVED: report.acknowledged == 0,
        Problem.SLOW_NETWORK: report.median_ms > SLOW_MEDIAN_MS or report.worst_ms > SLOW_WORST_MS,
        Problem.OUTSIDE_NETWORK: not wanted.inside_network,
        Problem.NOT_SECURE: not report.is_secure,
        Problem.NO_UNSEALING: report.is_secure and not report.unseals,
        Problem.NO_OFFLINE_RELOAD: report.is_secure and not report.offline_reload,
        Problem.NO_FULL_SCREEN: wanted.full_screen and not report.full_screen,
        Problem.SMALL_SCREEN: report.width < NARROWEST_PX,
        Problem.CLOCK_OFF: abs(report.clock_offset) > CLOCK_OFF_MS,
    }
    return tuple(problem for problem in Problem if found[problem])


def browser_of(user_agent: str) -> tuple[str, int] | None:
    """A browser's family and major version; None for one that is not known."""
    for name, pattern in BROWSERS:
        found = pattern.search(user_agent)
        if found is not None:
            return name, int(found[1])
    return None


def is_old(user_agent: str) -> bool:
    """Whether a browser is known to be too old; one that is not known is given the benefit."""
    found = browser_of(user_agent)
    return found is not None and found[1] < OLDEST[found[0]]


class TrialState(StrEnum):
    """How far a candidate got with trying."""

    NOT_TRIED = "not_tried"
    UNFINISHED = "unfinished"
    GRAVE = "grave"
    SLIGHT = "slight"
    READY = "ready"


def trial_state(*, tried: bool, reported: bool, problems: int, is_grave: bool) -> TrialState:
    """The state from what is stored; a trial without a report is unfinished."""
    if not tried:
        return TrialState.NOT_TRIED
    if not reported:
        return TrialState.UNFINISHED
    if is_grave:
        return TrialState.GRAVE
    return TrialState.SLIGHT if problems else TrialState.READY
