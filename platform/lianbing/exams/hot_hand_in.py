"""Hand-ins ahead of Flask: what is unsent stored, the attempt ended, the receipt made."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from lianbing.exams.errors import SupersededDevice
from lianbing.exams.hot import OUTCOME, HotAnswer, read_body
from lianbing.exams.hot_save import Outcome, SaveRoute, counted, saved_json
from lianbing.exams.journal import Save, Saved
from lianbing.exams.sitting import HandedIn, HandIn, to_save
from lianbing.infra.arrival import arrived_at

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PATH = "/api/exams/hand-in"


@dataclass(frozen=True, kw_only=True, slots=True)
class HandInOutcome:
    """What became of a click: the entries that came with it, and how the attempt ended."""

    saved: Outcome
    ended: HandedIn


@dataclass(frozen=True, kw_only=True, slots=True)
class Click:
    """What one click asks for: entries to store first, then the end of the attempt."""

    save: Save
    hand_in: HandIn


@dataclass(frozen=True, kw_only=True, slots=True)
class Clicked:
    """What came of it, durable both."""

    saved: Saved
    ended: HandedIn | SupersededDevice


@dataclass(frozen=True, kw_only=True)
class HandInRoute:
    """``POST /api/exams/hand-in``: store what is still unsent, then end the attempt."""

    saves: SaveRoute
    submit: Callable[[Click], Clicked]

    def __call__(self, environ: "WSGIEnvironment") -> HotAnswer | None:
        brought = self.saves.read(environ, read_body(environ).get("entries") or [])
        now = arrived_at(environ)
        click = Click(
            save=to_save(brought.seat, brought.entries, arrived_at=now),
            hand_in=HandIn(seat=brought.seat, arrived_at=now),
        )
        clicked = self.submit(click)
        if isinstance(clicked.ended, SupersededDevice):
            raise clicked.ended
        saved = Outcome(seat=brought.seat, saved=clicked.saved, refused=brought.refused)
        outcome = HandInOutcome(saved=saved, ended=clicked.ended)
        if not saved.is_plain:
            environ[OUTCOME] = outcome
            return None
        return HotAnswer(body=orjson.dumps(handed_in_json(outcome, counted(saved.saved.standings))))


def handed_in_json(outcome: HandInOutcome, results: list[dict[str, Any]]) -> dict[str, Any]:
    """A hand-in's answer: that of a save, and how the attempt ended."""
    return saved_json(outcome.saved, results) | {
        "state": outcome.ended.state.value,
        "handed_in_at": outcome.ended.ended_at.isoformat(),
    }
