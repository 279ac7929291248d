"""What a quiz asks of the floors above it, plugged in by the wiring.

Who stays off boards is chosen on the practice pages, and how lists name people is a rule of
points; both lie above exams.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.leaderboards.rules import MaskPolicy

StayingOff = Callable[[Session, Collection[PersonId]], set[PersonId]]
RollNames = Callable[[Session, OrganisationId, date], MaskPolicy]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Answers:
    """Who answers; with nobody plugged in everyone stands, and lists show whole names."""

    staying_off: StayingOff = lambda _session, _people: set()
    roll_names: RollNames = lambda _session, _place, _day: MaskPolicy.FULL


_plugged = [_Answers()]


def plug_in(*, staying_off: StayingOff, roll_names: RollNames) -> None:
    """Say who answers; only ``entry/wiring.py`` calls this."""
    _plugged[0] = _Answers(staying_off=staying_off, roll_names=roll_names)


def who_stays_off(session: Session, people: Collection[PersonId]) -> set[PersonId]:
    """Those of the people who want to stand on no board."""
    return _plugged[0].staying_off(session, people)


def roll_names(session: Session, organisation_id: OrganisationId, *, on: date) -> MaskPolicy:
    """The most that a list of who has not taken part may show of a name."""
    return _plugged[0].roll_names(session, organisation_id, on)
