"""A ranked mass quiz as pure rules: its plan, its days, how tries count, what they earn.

A try belongs to the local day on which it was begun. Its time is resolved once, at the start.
A voided try never counts; whether it is given back to its day is the organiser's choice.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from lianbing.banks.queries import DrawItem
from lianbing.banks.rules import QuestionUse
from lianbing.kernel.errors import N_
from lianbing.leaderboards.rules import MaskPolicy

MOST_DAYS = 92
MOST_TRIES = 10
LEAST_MINUTES, MOST_MINUTES = 1, 120
MOST_QUESTIONS = 100
MOST_POINTS = 50
LONGEST_TITLE = 80
LONGEST_ABOUT = 500
LONGEST_REASON = 300
GRACE = timedelta(seconds=30)
"""How long after its end what was answered in time may still arrive."""
SETTLE = timedelta(seconds=2)


class Counting(StrEnum):
    """Which tries make somebody's score."""

    BEST = "best"
    DAY_BESTS = "day_bests"
    ALL = "all"


class PointsFor(StrEnum):
    """What earns points of practice: every try with something right, or one a day."""

    TRY = "try"
    DAY = "day"


class QuizState(StrEnum):
    """Where a quiz stands at an instant."""

    DRAFT = "draft"
    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True, slots=True)
class QuizPlan:
    """What an organiser asks for; ``opens_on`` and ``closes_on`` are its first and last day.

    ``reserved_only`` draws from questions reserved for exams alone. ``explains`` shows keys and
    explanations after each try instead of after the whole quiz.
    """

    title: str
    about: str
    opens_on: date
    closes_on: date
    minutes: int
    tries: int
    counting: Counting
    points: int
    points_for: PointsFor
    names: MaskPolicy
    reserved_only: bool = False
    explains: bool = False

    @property
    def days(self) -> int:
        return (self.closes_on - self.opens_on).days + 1


TITLE_FAULT = N_("it needs a title of at most 80 characters.")
ABOUT_FAULT = N_("what it is about takes at most 500 characters.")
DATES_FAULT = N_("its last day is not past, not before the first, and at most 92 days after it.")
MINUTES_FAULT = N_("a try lasts from 1 to 120 minutes.")
TRIES_FAULT = N_("there are 1 to 10 tries a day.")
POINTS_FAULT = N_("there are 0 to 50 points.")
QUESTIONS_FAULT = N_("a try asks 1 to 100 questions. Choose another blueprint.")


def find_fault(plan: QuizPlan, *, questions: int, today: date) -> str | None:
    """The first thing wrong with a plan, as a msgid; None when it can be kept on a day."""
    if not 0 < len(plan.title.strip()) <= LONGEST_TITLE:
        return TITLE_FAULT
    if len(plan.about) > LONGEST_ABOUT:
        return ABOUT_FAULT
    if not today <= plan.closes_on or not 0 <= (plan.closes_on - plan.opens_on).days < MOST_DAYS:
        return DATES_FAULT
    if not LEAST_MINUTES <= plan.minutes <= MOST_MINUTES:
        return MINUTES_FAULT
    if not 1 <= plan.tries <= MOST_TRIES:
        return TRIES_FAULT
    if not 0 <= plan.points <= MOST_POINTS:
        return POINTS_FAULT
    if not 1 <= questions <= MOST_QUESTIONS:
        return QUESTIONS_FAULT
    return None


def span_of(opens_on: date, closes_on: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the first instant of the first day to the first instant after the last, in UTC."""
    after = closes_on + timedelta(days=1)
    return _midnight(opens_on, zone), _midnight(after, zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def state_at(
    *, published: bool, opens_at: datetime, closes_at: datetime, now: datetime
) -> QuizState:
    """Where a quiz stands; its days bind whether anybody closed it or not."""
    if not published:
        return QuizState.DRAFT
    if now >= closes_at:  # first: a quiz may be closed before it has opened
        return QuizState.CLOSED
    return QuizState.OPEN if now >= opens_at else QuizState.PLANNED


def due_at(began_at: datetime, minutes: int, closes_at: datetime) -> datetime:
    """When a try's time is over: after its minutes, and never after the quiz."""
    return min(began_at + timedelta(minutes=minutes), closes_at)


def is_final(closes_at: datetime, now: datetime) -> bool:
    """Whether nothing of anybody's can still arrive: keys may be shown, boards are final."""
    return now > closes_at + GRACE + SETTLE


@dataclass(frozen=True, kw_only=True, slots=True)
class DayUse:
    """A try of a day for the count of tries: given back when voided so."""

    given_back: bool


def tries_left(allowed: int, used: Iterable[DayUse]) -> int:
    """How many tries a day has left, never below none."""
    return max(0, allowed - sum(not one.given_back for one in used))


@dataclass(frozen=True, kw_only=True, slots=True)
class CountedTry:
    """A finished try that was not voided; ``seconds`` of time used."""

    day: date
    marks: Decimal
    seconds: int
    ended_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """What tries come to; ``reached_at`` is when the last of those that count ended."""

    marks: Decimal
    seconds: int
    tries: int
    reached_at: datetime


def score_of(counting: Counting, tries: Sequence[CountedTry]) -> Score | None:
    """The score of somebody's finished tries; None for who has none.

    Of two tries the better has more marks, then less time used, then was earlier.
    """
    if not tries:
        return None
    match counting:
        case Counting.BEST:
            counted = [_best(tries)]
        case Counting.DAY_BESTS:
            days: dict[date, list[CountedTry]] = defaultdict(list)
            for one in tries:
                days[one.day].append(one)
            counted = [_best(own) for own in days.values()]
        case Counting.ALL:
            counted = list(tries)
    return Score(
        marks=sum((one.marks for one in counted), Decimal(0)),
        seconds=sum(one.seconds for one in counted),
        tries=len(tries),
        reached_at=max(one.ended_at for one in counted),
    )


def _best(tries: Sequence[CountedTry]) -> CountedTry:
    return min(tries, key=lambda one: (-one.marks, one.seconds, one.ended_at))


def seconds_used(began_at: datetime, ended_at: datetime) -> int:
    """Whole seconds a try took, begun ones not counted; never negative."""
    return max(0, int((ended_at - began_at).total_seconds()))


def points_due(points: int, *, earning: bool) -> int:
    """What a source earns: all of it with something right, nothing without."""
    return points if earning else 0


def usable(items: Iterable[DrawItem], *, reserved_only: bool) -> list[DrawItem]:
    """What a quiz draws from: all that exams may use, or only what is reserved for them."""
    return [item for item in items if not reserved_only or item.use is QuestionUse.EXAM]


def share_of(participants: int, heads: int) -> Decimal:
    """The participation rate, 0 to 1 to the ten-thousandth; more than registered is all."""
    if heads <= 0:
        return Decimal(0)
    exact = Decimal(participants) / Decimal(heads)
    return min(Decimal(1), exact).quantize(Decimal("0.0001"))


def average_of(total: Decimal, participants: int) -> Decimal:
    """Marks a participant, to the hundredth."""
    return (total / participants).quantize(Decimal("0.01")) if participants else Decimal(0)
