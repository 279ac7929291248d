"""A challenge run, decided without a database: its clock, its end, its daily cap.

The clock is the server's: a question's time begins when the server first shows it and an answer
counts by the time it arrived. Between a right answer and the wish for the next question no clock
runs, so an explanation can be read.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lianbing.banks.rules import QuestionType
from lianbing.grading.rules import Verdict
from lianbing.kernel.ids import QuestionId

SECONDS_A_QUESTION = 45
GRACE = timedelta(seconds=2)
"""For the way of the question to the phone and of the answer back."""
RUNS_A_DAY = 3
LONGEST_RUN = 100
QUICK_TYPES = (
    QuestionType.SINGLE_CHOICE,
    QuestionType.MULTIPLE_CHOICE,
    QuestionType.TRUE_FALSE,
)
"""What can be answered on a phone in 45 seconds: by choosing, without typing."""


class Ending(StrEnum):
    """Why a run is over."""

    WRONG = "wrong"
    TIME = "time"
    ALL = "all"


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """The clock of the question a run stands at; ``asked_at`` None: it was not yet shown."""

    asked_at: datetime | None

    @property
    def due_at(self) -> datetime | None:
        """When the time shown to the person is up."""
        if self.asked_at is None:
            return None
        return self.asked_at + timedelta(seconds=SECONDS_A_QUESTION)

    def is_over(self, now: datetime) -> bool:
        """Whether an answer arriving now is too late."""
        return self.due_at is not None and now > self.due_at + GRACE

    def seconds_left(self, now: datetime) -> float:
        """What the page counts down from; the whole time before the question was shown."""
        if self.due_at is None:
            return float(SECONDS_A_QUESTION)
        return max(0.0, (self.due_at - now).total_seconds())


def ending_after(verdict: Verdict, *, position: int, length: int) -> Ending | None:
    """Whether an answer at a position ends the run; only a wholly right one goes on."""
    if verdict is not Verdict.RIGHT:
        return Ending.WRONG
    return Ending.ALL if position >= length else None


def runs_left(runs_today: int) -> int:
    """How many runs may still begin today."""
    return max(0, RUNS_A_DAY - runs_today)


def draw_run(questions: Iterable[QuestionId], *, seed: int) -> tuple[QuestionId, ...]:
    """The questions of a run in a random order, the same for the same seed."""
    ordered = sorted(set(questions))
    random.Random(seed).shuffle(ordered)  # noqa: S311 - a reproducible order, not a secret
    return tuple(ordered[:LONGEST_RUN])
