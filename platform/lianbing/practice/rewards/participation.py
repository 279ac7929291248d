"""How many of a unit take part: people who practised this week against registered heads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lianbing.infra.calendar import local_date
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import OrganisationId
from lianbing.people.queries import (
    UnitBase,
    homes_of,
    organisation_names,
    participation_base,
    regions_of,
)
from lianbing.practice.queries import learner_of
from lianbing.practice.rewards.models import PracticeWeek
from lianbing.practice.rewards.weeks import current_week

SHOWN_TOP = 10
NEIGHBOURS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitRate:
    """A unit's week: people (人) who practised, days of practice (人次), its registered heads.

    ``percent`` is None where no head is known; ``registered`` says whether the base is on file.
    """

    rank: int
    name: str
    people: int
    days: int
    base: int
    registered: bool
    percent: int | None
    is_mine: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RegionRates:
    """The units of the reader's region: the best of them and the neighbours of the own one."""

    region: str
    units: int
    top: tuple[UnitRate, ...]
    around: tuple[UnitRate, ...]


def find_region_rates(session: Session, actor: Actor, *, now: datetime) -> RegionRates | None:
    """Participation by unit in the reader's region this week; None for who is in no region."""
    person_id = learner_of(actor)
    home = homes_of(session, [person_id], on=local_date(now)).get(person_id)
    if home is None:
        return None
    region = regions_of(session, [home.organisation_id])[home.organisation_id]
    if region.nearest is None:
        return None
    base = participation_base(session, region.nearest, on=local_date(now))
    rates = list_rates(session, base.units, mine=home.unit_id, week=current_week(now))
    top = rates[: min(SHOWN_TOP, -(-len(rates) // 2))]
    place = next((place for place, rate in enumerate(rates) if rate.is_mine), None)
    around: Sequence[UnitRate] = ()
    if place is not None:
        around = rates[max(0, place - NEIGHBOURS) : place + NEIGHBOURS + 1]
    return RegionRates(
        region=region.nearest_name,
        units=len(rates),
        top=tuple(top),
        around=tuple(rate for rate in around if rate not in top),
    )


def list_rates(
    session: Session, units: Sequence[UnitBase], *, mine: OrganisationId | None, week: date
) -> list[UnitRate]:
    """The units with people, by rate; equal rates share a rank."""
    counted = _counted(session, [unit.unit_id for unit in units], week)
    names = organisation_names(session, [unit.unit_id for unit in units])
    shares = {
        unit.unit_id: counted.get(unit.unit_id, (0, 0))[0] / unit.base
        for unit in units
        if unit.base
    }
    ordered = sorted(
        (unit for unit in units if unit.base),
        key=lambda unit: (-shares[unit.unit_id], unit.unit_id),
    )
    return [
        UnitRate(
            rank=1 + sum(share > shares[unit.unit_id] for share in shares.values()),
            name=names[unit.unit_id],
            people=counted.get(unit.unit_id, (0, 0))[0],
            days=counted.get(unit.unit_id, (0, 0))[1],
            base=unit.base,
            registered=unit.head_count is not None,
            percent=min(100, round(100 * shares[unit.unit_id])),
            is_mine=unit.unit_id == mine,
        )
        for unit in ordered
    ]


def _counted(
    session: Session, units: Sequence[OrganisationId], week: date
) -> dict[OrganisationId, tuple[int, int]]:
    rows = session.execute(
        select(PracticeWeek.unit_id, func.count(), func.sum(PracticeWeek.days))
        .where(
            PracticeWeek.week == week,
            PracticeWeek.unit_id.in_(units),
            PracticeWeek.answers > 0,
        )
        .group_by(PracticeWeek.unit_id)
    )
    return {
        OrganisationId(unit): (people, int(days)) for unit, people, days in rows if unit is not None
    }
