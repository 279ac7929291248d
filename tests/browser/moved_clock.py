"""A server whose clock stands ahead of the machine's, by as much as a file says, and the hand
that moves it.

``python -m tests.browser.moved_clock serve`` is ``lianbing serve`` with that clock. It is put in
the one place where the clock is read, before anything has taken that place's name; the workers
are forked from there.
"""

import os
import runpy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lianbing.kernel import clock

AHEAD = "MOVED_CLOCK_FILE"
"""The environment's name of the file that holds the seconds."""


@dataclass(frozen=True)
class MovedClock:
    """Sets how far ahead the server's clock stands, and reads it as the server does."""

    file: Path

    def stand_at(self, moment: datetime) -> None:
        """Move the clock to a moment; it goes on from there."""
        seconds = (moment - datetime.now(UTC)).total_seconds()
        fresh = self.file.with_suffix(".new")
        fresh.write_text(str(seconds), encoding="ascii")
        fresh.replace(self.file)

    def now(self) -> datetime:
        """The moved present, aware, in UTC."""
        ahead = float(self.file.read_text(encoding="ascii"))
        return datetime.now(UTC) + timedelta(seconds=ahead)


if __name__ == "__main__":
    clock.utc_now = MovedClock(Path(os.environ[AHEAD])).now
    runpy.run_module("lianbing.entry.cli", run_name="__main__")
