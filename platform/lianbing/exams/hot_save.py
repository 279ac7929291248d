"""Saves ahead of Flask: the one request that everybody sends all the time."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lianbing.exams import sitting
from lianbing.exams.attempt_tokens import Seat, SeatTokens
from lianbing.exams.entries import read_entries
from lianbing.exams.hot import OUTCOME, Admit, HotAnswer, read_body
from lianbing.exams.journal import Entry, Save, Saved
from lianbing.exams.rules import Standing
from lianbing.infra.arrival import arrived_at
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import PaperId
from lianbing.papers.queries import find_kept_paper, get_frozen_paper
from lianbing.papers.rules import FrozenPaper

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PATH = "/api/exams/save"


@dataclass(frozen=True, kw_only=True, slots=True)
class Brought:
    """What a request brings: entries to store, and those refused with a code."""

    seat: Seat
    entries: tuple[Entry, ...]
    refused: dict[int, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of a save: stored entries with their standing, refused ones with a code."""

    seat: Seat
    saved: Saved
    refused: dict[int, str]

    @property
    def is_plain(self) -> bool:
        """Whether every entry counted, so that there is nothing to explain."""
        return not self.refused and all(
            standing is Standing.COUNTED for standing in self.saved.standings.values()
        )


@dataclass(frozen=True, kw_only=True)
class SaveRoute:
    """``POST /api/exams/save``: check the entries, store them, say that they count."""

    engine: Engine
    seats: SeatTokens
    submit: Callable[[Save], Saved]
    admit: Admit

    def __call__(self, environ: "WSGIEnvironment") -> HotAnswer | None:
        brought = self.read(environ, read_body(environ).get("entries"))
        saved = sitting.save(
            self.submit, brought.seat, brought.entries, arrived_at=arrived_at(environ)
        )
        outcome = Outcome(seat=brought.seat, saved=saved, refused=brought.refused)
        if not outcome.is_plain:
            environ[OUTCOME] = outcome
            return None
        return HotAnswer(body=orjson.dumps(saved_json(outcome, counted(outcome.saved.standings))))

    def read(self, environ: "WSGIEnvironment", raw: object) -> Brought:
        """What a request brings, checked; a hand-in brings the same."""
        seat = self.seats.read(environ.get("HTTP_X_ATTEMPT_TOKEN", ""))
        self.admit(seat.exam_id, environ)
        entries, refused = read_entries(self._paper(seat.paper_id), raw)
        return Brought(seat=seat, entries=entries, refused=refused)

    def _paper(self, paper_id: PaperId) -> FrozenPaper:
        kept = find_kept_paper(self.engine, paper_id)
        if kept is not None:
            return kept
        with Session(self.engine) as session:
            return get_frozen_paper(session, paper_id)


def saved_json(outcome: Outcome, results: list[dict[str, Any]]) -> dict[str, Any]:
    """A save's answer, but for the results' words: the same from here and from the view."""
    attempt = outcome.saved.attempt
    return {
        "server_now": utc_now().isoformat(),
        "due_at": attempt.due_at.isoformat(),
        "state": attempt.state.value,
        "device_current": attempt.device == outcome.seat.device,
        "news": attempt.news,
        "results": sorted(results, key=lambda result: result["seq"]),
    }


def counted(seqs: Iterable[int]) -> list[dict[str, Any]]:
    """The results of entries that all counted."""
    return [{"seq": seq, "outcome": Standing.COUNTED.value} for seq in seqs]
