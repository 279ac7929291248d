"""Decisions of a timed exam: pure, with the clock as an argument.

One arrival time, taken before any queue, decides everything in a request. What arrives by
``due_at`` + grace counts; what comes later, or from a superseded device, or after hand-in,
is kept apart for review and never dropped.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from math import ceil
from operator import itemgetter
from typing import Generic, NamedTuple, TypeVar, assert_never

from lianbing.kernel.errors import N_
from lianbing.kernel.ids import AttemptId, PersonId

DEFAULT_GRACE_SECONDS = 30
LONGEST_EXAM = timedelta(hours=12)


class ExamState(StrEnum):
    """The life of an exam as organisers steer it; time does the rest."""

    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"
    PUBLISHED = "published"


class AttemptState(StrEnum):
    """``closed`` is closed by the clock, ``handed_in`` by the candidate."""

    OPEN = "open"
    HANDED_IN = "handed_in"
    CLOSED = "closed"
    VOIDED = "voided"


class Standing(StrEnum):
    """What a stored journal entry is worth."""

    COUNTED = "counted"
    LATE = "late"
    SUPERSEDED = "superseded"
    AFTER_HAND_IN = "after_hand_in"


class Release(StrEnum):
    """When candidates see something of their result."""

    AT_HAND_IN = "at_hand_in"
    AFTER_CLOSE = "after_close"
    ON_PUBLICATION = "on_publication"
    NEVER = "never"


@dataclass(frozen=True, kw_only=True, slots=True)
class AttemptFacts:
    """What the journal must know of an attempt to judge an entry."""

    attempt_id: AttemptId
    state: AttemptState
    due_at: datetime
    final_at: datetime
    device: int
    news: int = 0


def decide_standing(attempt: AttemptFacts, *, device: int, arrived_at: datetime) -> Standing:
    """What an entry is worth that arrived then, from that device.

    A timely entry counts even when the sweeper was quicker than the journal's queue: the
    attempt is folded again (``needs_fold``). The clock decides, not who won a race.
    """
    if attempt.state in (AttemptState.HANDED_IN, AttemptState.VOIDED):
        return Standing.AFTER_HAND_IN
    if device != attempt.device:
        return Standing.SUPERSEDED
    return Standing.COUNTED if arrived_at <= attempt.final_at else Standing.LATE


def needs_fold(attempt: AttemptFacts, standing: Standing) -> bool:
    """Whether a stored entry makes the script of an already closed attempt stale."""
    return attempt.state is AttemptState.CLOSED and standing is Standing.COUNTED


def due_time(
    *,
    started_at: datetime,
    duration: timedelta,
    closes_at: datetime,
    multiplier: Decimal = Decimal(1),
    extra: timedelta = timedelta(0),
) -> datetime:
    """The attempt's deadline: its own duration, cut by the end of the window, and what is granted.

    The window cuts the ordinary time only. ``multiplier`` (at least 1) lengthens what is left of
    it, to the next whole second, and ``extra`` comes on top; both may reach beyond the window.
    """
    ordinary = min(duration, closes_at - started_at)
    microseconds = Decimal(ordinary // timedelta(microseconds=1))
    granted = timedelta(seconds=ceil(microseconds * (multiplier - 1) / 1_000_000))
    return started_at + ordinary + granted + extra


Given = TypeVar("Given")


class CountedEntry(NamedTuple, Generic[Given]):
    """A counted journal entry, as folding reads it; a tuple, since there are a hundred a script."""

    device: int
    seq: int
    question: int
    answer: Given


def fold(entries: Iterable[CountedEntry[Given]]) -> dict[int, Given]:
    """The current answers: per question the last counted entry by (device, sequence)."""
    ordered = sorted(entries, key=itemgetter(0, 1))
    return {entry.question: entry.answer for entry in ordered}


def accepted_entries(
    decided: Iterable[tuple[CountedEntry[Given], bool]],
) -> list[CountedEntry[Given]]:
    """The entries that did not count by themselves and that an invigilator accepted.

    ``decided`` comes in the order of the decisions: of several about one entry the last holds.
    """
    last = {(entry.device, entry.seq): (entry, accepted) for entry, accepted in decided}
    return [entry for entry, accepted in last.values() if accepted]


@dataclass(frozen=True, kw_only=True, slots=True)
class ExamWindow:
    """The times of an exam; all aware UTC."""

    opens_at: datetime
    closes_at: datetime
    duration: timedelta
    grace: timedelta

    @property
    def last_final_at(self) -> datetime:
        """When the last attempt without any grant can no longer change."""
        return self.closes_at + self.grace


def plan_faults(
    window: ExamWindow,
    *,
    common_window: bool,
    results: Release,
    explanations: Release,
    pass_mark: Decimal,
    total_marks: Decimal,
) -> list[str]:
    """Why an exam cannot be scheduled like this, as English msgids; empty when it can."""
    faults = []
    if window.closes_at <= window.opens_at:
        faults.append(N_("the end must lie after the opening"))
    if not timedelta(minutes=1) <= window.duration <= LONGEST_EXAM:
        faults.append(N_("the duration must lie between 1 minute and 12 hours"))
    if window.duration > window.closes_at - window.opens_at:
        faults.append(N_("the window is shorter than the duration"))
    if not 0 < pass_mark <= total_marks:
        faults.append(N_("the pass mark must lie between 0 and the paper's total"))
    if common_window and Release.AT_HAND_IN in (results, explanations):
        faults.append(N_("under a common window nothing is shown before the close"))
    return faults


def is_released(
    release: Release,
    *,
    exam_state: ExamState,
    closed_for_all: bool,
    attempt_ended: bool,
) -> bool:
    """Whether candidates may see what this rule guards."""
    match release:
        case Release.NEVER:
            return False
        case Release.AT_HAND_IN:
            return attempt_ended
        case Release.AFTER_CLOSE:
            return closed_for_all
        case Release.ON_PUBLICATION:
            return exam_state is ExamState.PUBLISHED
        case _ as unknown:
            assert_never(unknown)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scored:
    """One candidate's score, ready to be ranked."""

    person_id: PersonId
    marks: Decimal
    seconds_used: int


def rank(scores: Iterable[Scored]) -> list[tuple[int, Scored]]:
    """Ranks by marks, then by less time; equal on both share a rank (1, 1, 3)."""
    ordered = sorted(scores, key=lambda s: (-s.marks, s.seconds_used, s.person_id))
    ranked: list[tuple[int, Scored]] = []
    for index, score in enumerate(ordered):
        previous = ranked[-1] if ranked else None
        tied = previous is not None and (
            (previous[1].marks, previous[1].seconds_used) == (score.marks, score.seconds_used)
        )
        ranked.append((previous[0] if previous and tied else index + 1, score))
    return ranked
