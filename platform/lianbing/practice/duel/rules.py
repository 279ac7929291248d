"""How a duel stands and who won it, decided without a database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LASTS = timedelta(days=7)


class DuelState(StrEnum):
    """Whether somebody is awaited, and whom."""

    INVITING = "inviting"
    PLAYING = "playing"
    DONE = "done"
    EXPIRED = "expired"


class Outcome(StrEnum):
    """A duel from one side's view."""

    WON = "won"
    LOST = "lost"
    DRAWN = "drawn"


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """Right answers of both sides over the questions both were asked."""

    mine: int
    theirs: int
    asked: int

    @property
    def outcome(self) -> Outcome:
        if self.mine == self.theirs:
            return Outcome.DRAWN
        return Outcome.WON if self.mine > self.theirs else Outcome.LOST


def score(mine: Mapping[int, bool], theirs: Mapping[int, bool]) -> Score:
    """The score from what each side answered right, by position; a question that was withdrawn
    before one of them came to it counts for neither."""
    both = mine.keys() & theirs.keys()
    return Score(
        mine=sum(mine[position] for position in both),
        theirs=sum(theirs[position] for position in both),
        asked=len(both),
    )


def counts(finished_at: datetime | None, *, expires_at: datetime) -> bool:
    """Whether a side came to its end in time."""
    return finished_at is not None and finished_at <= expires_at


def state_of(
    *, has_opponent: bool, both_done: bool, now: datetime, expires_at: datetime
) -> DuelState:
    """How a duel stands; one that both finished in time stays done for good."""
    if both_done:
        return DuelState.DONE
    if now > expires_at:
        return DuelState.EXPIRED
    return DuelState.PLAYING if has_opponent else DuelState.INVITING
