"""Where a person stands with practice today: one row for the home panel and the practice page."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from lianbing.infra.calendar import local_date
from lianbing.kernel.actor import Actor
from lianbing.practice.book import count_book
from lianbing.practice.queries import (
    OpenDrill,
    PracticeBank,
    choose_among,
    count_answered_today,
    identities_of,
    list_open_drills,
    list_practice_banks,
)
from lianbing.practice.rules import DRILL_LENGTH, LEFT_BEHIND_AFTER, DrillMode


@dataclass(frozen=True, kw_only=True, slots=True)
class Today:
    """``bank`` is the chosen one, None when no bank is open to the person."""

    day: date
    bank: PracticeBank | None
    banks: tuple[PracticeBank, ...]
    answered: int
    in_book: int
    open_drills: tuple[OpenDrill, ...]

    @property
    def ten_done(self) -> bool:
        """Whether ten questions were answered today, of whatever drill."""
        return self.answered >= DRILL_LENGTH

    @property
    def daily_ten(self) -> OpenDrill | None:
        """Today's ten that were begun and not finished."""
        daily = (drill for drill in self.open_drills if drill.mode is DrillMode.DAILY)
        return next((drill for drill in daily if drill.begun_on == self.day), None)

    @property
    def random_ten(self) -> OpenDrill | None:
        """The ten of the whole bank that were begun and not finished."""
        begun = (drill for drill in self.open_drills if drill.mode is DrillMode.RANDOM)
        return next(begun, None)

    @property
    def open_scopes(self) -> dict[int | None, OpenDrill]:
        """Drills of a scope that were begun and not finished, by scope."""
        begun = (drill for drill in self.open_drills if drill.mode is DrillMode.SCOPE)
        return {drill.scope_id: drill for drill in begun}


def get_today(session: Session, actor: Actor, *, now: datetime) -> Today:
    """What to practise today and what was done since local midnight."""
    banks = list_practice_banks(session, actor)
    bank = choose_among(session, actor, banks)
    identities = identities_of(session, actor)
    since = now - LEFT_BEHIND_AFTER
    return Today(
        day=local_date(now),
        bank=bank,
        banks=tuple(banks),
        answered=count_answered_today(session, identities, now=now),
        in_book=count_book(session, identities, [bank.id for bank in banks]),
        open_drills=(tuple(list_open_drills(session, actor, bank.id, since=since)) if bank else ()),
    )
