"""A week's turn: the week before is settled and this one's groups are formed, once.

Groups are settled and formed from what the days say, under the week's row, so it does not
matter who comes first, nor whether any worker runs. An idle week settles nothing anew.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta
from typing import cast

from sqlalchemy import Table, func, select, update
from sqlalchemy.orm import Session

from lianbing.infra.upsert import insert_for
from lianbing.kernel.ids import PersonId
from lianbing.leaderboards.models import BoardTable
from lianbing.practice.rewards.leagues import LOWEST, Entrant, Place, form_groups, seat, settle
from lianbing.practice.rewards.models import BoardRefusal, LeagueWeek, PracticeWeek
from lianbing.practice.rewards.rules import DAYS_A_WEEK

CHUNK = 1000


def hold_week(session: Session, week: date) -> LeagueWeek:
    """The week's row, made when there is none, locked until the transaction ends."""
    table = cast(Table, LeagueWeek.__table__)
    session.execute(insert_for(session, table).values(week=week).on_conflict_do_nothing())
    return session.scalars(
        select(LeagueWeek).where(LeagueWeek.week == week).with_for_update()
    ).one()


def turn_week(session: Session, week: date, *, now: datetime, ready: Callable[[], None]) -> None:
    """Settle what went before and form the week's groups, unless that was done.

    ``ready`` takes up what still waits of the weeks before.
    """
    formed = session.scalar(select(LeagueWeek.formed_at).where(LeagueWeek.week == week))
    if formed is not None:
        return
    row = hold_week(session, week)
    if row.formed_at is not None:
        return
    ready()
    for earlier in _unsettled(session, before=week):
        _settle_week(session, earlier)
    _form(session, week)
    session.execute(
        update(BoardTable)
        .where(
            BoardTable.key.like("practice:%"),
            BoardTable.title < week.isoformat(),
            BoardTable.closed.is_(False),
        )
        .values(closed=True)
    )
    row.formed_at = now
    session.flush()


def _unsettled(session: Session, *, before: date) -> Sequence[date]:
    return session.scalars(
        select(PracticeWeek.week)
        .where(
            PracticeWeek.week < before,
            PracticeWeek.tier.is_not(None),
            PracticeWeek.next_tier.is_(None),
        )
        .distinct()
        .order_by(PracticeWeek.week)
    ).all()


def _settle_week(session: Session, week: date) -> None:
    rows = session.execute(
        select(
            PracticeWeek.tier, PracticeWeek.group_no, PracticeWeek.person_id, PracticeWeek.points
        ).where(PracticeWeek.week == week, PracticeWeek.tier.is_not(None))
    )
    groups: dict[tuple[int, int], dict[PersonId, int]] = defaultdict(dict)
    for tier, group, person_id, points in rows:
        assert tier is not None  # noqa: S101 - the statement says so
        assert group is not None  # noqa: S101 - the statement says so
        groups[tier, group][PersonId(person_id)] = points
    ended = [
        {
            "week": week,
            "person_id": one.person_id,
            "rank": one.rank,
            "outcome": one.outcome.value,
            "next_tier": one.next_tier,
        }
        for (tier, _), points_of in groups.items()
        for one in settle(points_of, tier=tier).values()
    ]
    for start in range(0, len(ended), CHUNK):
        session.execute(update(PracticeWeek), ended[start : start + CHUNK])


def _form(session: Session, week: date) -> None:
    """Place everyone who had points in the week right before and stays on the boards."""
    refused = select(BoardRefusal.person_id)
    rows = session.execute(
        select(
            PracticeWeek.person_id,
            PracticeWeek.next_tier,
            PracticeWeek.points,
            PracticeWeek.unit_id,
        ).where(
            PracticeWeek.week == week - timedelta(days=DAYS_A_WEEK),
            PracticeWeek.points > 0,
            PracticeWeek.next_tier.is_not(None),
            PracticeWeek.person_id.not_in(refused),
        )
    ).all()
    entrants = [
        Entrant(person_id=PersonId(row.person_id), tier=row.next_tier, points=row.points)
        for row in rows
        if row.next_tier is not None
    ]
    units = {row.person_id: row.unit_id for row in rows}
    places = form_groups(entrants, week=week)
    for start in range(0, len(places), CHUNK):
        _seat(session, week, places[start : start + CHUNK], units)


def _seat(
    session: Session, week: date, places: Sequence[Place], units: dict[int, int | None]
) -> None:
    table = cast(Table, PracticeWeek.__table__)
    statement = insert_for(session, table)
    session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=["week", "person_id"],
            set_={name: statement.excluded[name] for name in ("tier", "group_no")},
        ),
        [
            {
                "week": week,
                "person_id": place.person_id,
                "unit_id": units.get(place.person_id),
                "points": 0,
                "answers": 0,
                "days": 0,
                "tier": place.tier,
                "group_no": place.group,
            }
            for place in places
        ],
    )


def seat_latecomers(session: Session, week: date, people: Collection[PersonId]) -> None:
    """Give people who play this week a place, where they have none; the week's row is held."""
    without = session.scalars(
        select(PracticeWeek.person_id)
        .where(
            PracticeWeek.week == week,
            PracticeWeek.person_id.in_(sorted(people)),
            PracticeWeek.tier.is_(None),
        )
        .order_by(PracticeWeek.person_id)
    ).all()
    if not without:
        return
    tiers = _last_tiers(session, week, [PersonId(one) for one in without])
    sizes: dict[int, dict[int, int]] = defaultdict(dict)
    rows = session.execute(
        select(PracticeWeek.tier, PracticeWeek.group_no, func.count())
        .where(PracticeWeek.week == week, PracticeWeek.tier.is_not(None))
        .group_by(PracticeWeek.tier, PracticeWeek.group_no)
    )
    for tier, group, count in rows:
        assert tier is not None  # noqa: S101 - the statement says so
        assert group is not None  # noqa: S101 - the statement says so
        sizes[tier][group] = count
    places = []
    for person_id in without:
        tier = tiers.get(PersonId(person_id), LOWEST)
        group = seat(sizes[tier])
        sizes[tier][group] = sizes[tier].get(group, 0) + 1
        places.append(Place(person_id=PersonId(person_id), tier=tier, group=group))
    _seat(session, week, places, {})


def _last_tiers(session: Session, week: date, people: Sequence[PersonId]) -> dict[PersonId, int]:
    """The tier everyone's last settled week left them in."""
    rows = session.execute(
        select(PracticeWeek.person_id, PracticeWeek.next_tier)
        .where(
            PracticeWeek.person_id.in_(people),
            PracticeWeek.week < week,
            PracticeWeek.next_tier.is_not(None),
        )
        .order_by(PracticeWeek.week)
    )
    return {PersonId(row[0]): row[1] for row in rows if row[1] is not None}
