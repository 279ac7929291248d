"""Campaigns (N days, M questions each) and assignments (M questions by a day) as pure rules.

A campaign's period is a day, an assignment's the whole time until it is due. In a period one
may try so many times; the best finished try counts, so a try more never costs anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MOST_DAYS = 92
MOST_QUESTIONS = 50
MOST_TRIES = 10
MOST_POINTS = 20
LONGEST_TITLE = 80
LONGEST_WHY = 300


class CampaignForm(StrEnum):
    """Every day anew, or once by a due date."""

    DAILY = "daily"
    ASSIGNMENT = "assignment"


class Binding(StrEnum):
    """Whether workers choose to take part, or are asked to and told by whom and why."""

    VOLUNTARY = "voluntary"
    REQUIRED = "required"


class CampaignState(StrEnum):
    """Where a campaign stands on a day."""

    PLANNED = "planned"
    OPEN = "open"
    OVER = "over"
    WITHDRAWN = "withdrawn"


class HeatMeasure(StrEnum):
    """What a heat map of teams shows: how right their answers are, or how much they have met."""

    RIGHT = "right"
    COVERED = "covered"


HEAT_FLOORS = (85, 70, 60, 45)
"""The colour scale's steps from the best on, by their lowest percent; 60 is the usual pass mark."""


def heat_step(percent: int) -> int:
    """The step of the scale a percentage falls into, 0 the best, 4 the weakest."""
    return next(
        (step for step, floor in enumerate(HEAT_FLOORS) if percent >= floor), len(HEAT_FLOORS)
    )


class PlanFault(StrEnum):
    """Why a plan cannot be opened."""

    TITLE = "title"
    DATES = "dates"
    QUESTIONS = "questions"
    TRIES = "tries"
    POINTS = "points"
    WHY = "why"


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a trainer asks for; ``closes_on`` is the last day, ``points`` go to a right answer."""

    title: str
    form: CampaignForm
    binding: Binding
    why: str
    opens_on: date
    closes_on: date
    questions: int
    tries: int
    points: int

    @property
    def periods(self) -> int:
        """How many periods there are to complete."""
        if self.form is CampaignForm.ASSIGNMENT:
            return 1
        return (self.closes_on - self.opens_on).days + 1

    def period_of(self, day: date) -> date:
        """The period a day belongs to, named by its first day."""
        return self.opens_on if self.form is CampaignForm.ASSIGNMENT else day


def find_fault(plan: Plan, *, today: date) -> PlanFault | None:
    """The first thing wrong with a plan, None when it can be opened on a day."""
    if not 0 < len(plan.title.strip()) <= LONGEST_TITLE:
        return PlanFault.TITLE
    if not today <= plan.closes_on or not 0 <= (plan.closes_on - plan.opens_on).days < MOST_DAYS:
        return PlanFault.DATES
    if not 1 <= plan.questions <= MOST_QUESTIONS:
        return PlanFault.QUESTIONS
    if not 1 <= plan.tries <= MOST_TRIES:
        return PlanFault.TRIES
    if not 0 <= plan.points <= MOST_POINTS:
        return PlanFault.POINTS
    needs_why = plan.binding is Binding.REQUIRED
    if len(plan.why) > LONGEST_WHY or (needs_why and not plan.why.strip()):
        return PlanFault.WHY
    return None


def state_on(plan: Plan, today: date, *, withdrawn: bool) -> CampaignState:
    """Where a campaign stands on a day."""
    if withdrawn:
        return CampaignState.WITHDRAWN
    if today < plan.opens_on:
        return CampaignState.PLANNED
    return CampaignState.OPEN if today <= plan.closes_on else CampaignState.OVER


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A try: its period, how many of its questions were right, whether it was finished."""

    period: date
    right: int
    finished: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Credit:
    """What somebody's tries have come to."""

    periods: int
    points: int


def credit_of(plan: Plan, runs: Iterable[Run]) -> Credit:
    """The best finished try of each period, added up."""
    best: dict[date, int] = {}
    for run in runs:
        if run.finished:
            best[run.period] = max(run.right, best.get(run.period, 0))
    return Credit(periods=len(best), points=plan.points * sum(best.values()))
