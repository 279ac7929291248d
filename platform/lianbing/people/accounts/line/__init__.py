"""The line at the door: who came when all places for signing in were taken."""

from typing import Protocol

from flask import current_app

from lianbing.people.accounts.line.rules import Place, Sight


class Line(Protocol):
    """What a line does, whatever keeps it; times are seconds since the epoch."""

    def arrive(self, place: Place, *, now: float) -> Sight:
        """Go on when nobody waits, else stand in line."""

    def stand(self, place: Place, *, now: float) -> Sight:
        """Stand in line after all, because every place at the door was taken."""

    def come_back(self, place: Place, *, now: float) -> Sight:
        """See from a place where one stands now; a place that was given up counts again."""

    def expect(self, place: Place, *, told: float, now: float) -> None:
        """Note that the holder was told to come back in so many seconds."""

    def let_in(self, place: Place, *, now: float) -> bool:
        """Take the holder out of the line; False when the ticket was used already."""

    def length(self, *, now: float) -> int:
        """How many wait."""


def current_line() -> Line:
    """The running application's line."""
    line: Line = current_app.extensions["lianbing_line"]
    return line
