"""Points as a pure fold over a day's answers: what each earns, and where the day's cap is.

The first online answer to a question on a day earns by its verdict. Repeats of the question on
that day earn nothing, so that nobody gathers points by answering what was just read; answers
given offline earn nothing, since their keys were on the phone. A day never earns more than its
cap. The fold over all of a day's answers equals the fold over its parts in order, so the running
total can always be recomputed from the record.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from lianbing.grading.rules import Verdict
from lianbing.leaderboards.rules import MaskPolicy

MOST_POINTS_AN_ANSWER = 20
HIGHEST_CAP = 1000
MOST_STREAK_ANSWERS = 50
DAYS_A_WEEK = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class PointsRules:
    """What an organisation pays for an answer; ``streak_answers`` make a day count.

    ``roll_names`` is the most that a list of who has not practised may show of a name.
    """

    right: int = 2
    partial: int = 1
    daily_cap: int = 40
    streak_answers: int = 5
    roll_names: MaskPolicy = MaskPolicy.FULL

    def worth(self, verdict: Verdict) -> int:
        """The points of a first online answer, below the cap."""
        if verdict is Verdict.RIGHT:
            return self.right
        return self.partial if verdict is Verdict.PARTIAL else 0


class RulesFault(StrEnum):
    """Why rules of points make no sense."""

    POINTS = "points"
    PARTIAL = "partial"
    CAP = "cap"
    STREAK = "streak"


def find_fault(rules: PointsRules) -> RulesFault | None:
    """The first thing wrong with the rules, None when they can be used."""
    if not 1 <= rules.right <= MOST_POINTS_AN_ANSWER:
        return RulesFault.POINTS
    if not 0 <= rules.partial <= rules.right:
        return RulesFault.PARTIAL
    if not rules.right <= rules.daily_cap <= HIGHEST_CAP:
        return RulesFault.CAP
    if not 1 <= rules.streak_answers <= MOST_STREAK_ANSWERS:
        return RulesFault.STREAK
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class DayAnswer:
    """An answer of one person on one day, in the order it reached the record.

    ``repeated``: the question has been answered that day before, online or not.
    """

    verdict: Verdict
    ranked: bool = True
    repeated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DayTally:
    """What a person's day has come to so far."""

    answers: int = 0
    right: int = 0
    points: int = 0


def tally(rules: PointsRules, answers: Iterable[DayAnswer], *, so_far: DayTally) -> DayTally:
    """The day after more answers; never less than before, never above the cap."""
    for answer in answers:
        earns = answer.ranked and not answer.repeated
        room = max(0, rules.daily_cap - so_far.points)
        so_far = replace(
            so_far,
            answers=so_far.answers + 1,
            right=so_far.right + (answer.verdict is Verdict.RIGHT),
            points=so_far.points + (min(room, rules.worth(answer.verdict)) if earns else 0),
        )
    return so_far


def with_bonus(rules: PointsRules, day: DayTally, points: int) -> DayTally:
    """A day with points that no answer earned; they too fit below the cap.

    Where they come between the answers makes no difference to where the day ends.
    """
    room = max(0, rules.daily_cap - day.points)
    return replace(day, points=day.points + min(room, points))


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def days_of_week(week: date) -> tuple[date, ...]:
    """Monday to Sunday."""
    return tuple(week + timedelta(days=number) for number in range(DAYS_A_WEEK))
