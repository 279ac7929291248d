"""The week as it is taken up from the days: who took part, who stands on the boards, who plays.

Nothing here decides what is true: points are the days', a league's end follows from them. Days
that wait are taken up by a task every few seconds, and by whoever opens the page; a week's turn
is made by whichever comes first, under the week's lock.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import cast

from sqlalchemy import ColumnElement, Table, select, true
from sqlalchemy.orm import Session

from lianbing.infra.calendar import local_date
from lianbing.infra.upsert import insert_for
from lianbing.kernel.ids import BoardId, OrganisationId, PersonId
from lianbing.leaderboards import use_cases as boards
from lianbing.leaderboards.board import Entry
from lianbing.leaderboards.rules import MaskPolicy, Measure, TieRule, encode, groups_of
from lianbing.people.queries import Home, homes_of, identities_of_many, kept_ids, regions_of
from lianbing.practice.rewards.models import PracticeDay, PracticeWeek
from lianbing.practice.rewards.refusals import staying_off
from lianbing.practice.rewards.rules import DAYS_A_WEEK, week_of
from lianbing.practice.rewards.turning import hold_week, seat_latecomers, turn_week

BATCH = 500
TURN_AFTER = timedelta(minutes=5)
"""Until then on a Monday the old week goes on, so that answers of its last second are in."""


def current_week(now: datetime) -> date:
    """The Monday of the week that is played at an instant."""
    return week_of(local_date(now - TURN_AFTER))


def take_up(
    session: Session, *, now: datetime, first: Collection[PersonId] = (), limit: int = BATCH
) -> int:
    """Turn the week if it is due, then take up days that wait; return how many.

    ``first`` are taken up before others. What somebody else takes up now is left to them.
    """
    week = current_week(now)
    turn_week(session, week, now=now, ready=lambda: _drain(session, before=week, now=now))
    taken = 0
    if first:
        own = PracticeDay.person_id.in_(sorted(first))
        taken = _take(session, week, now=now, limit=limit, only=own)
    return taken + _take(session, week, now=now, limit=limit)


def _drain(session: Session, *, before: date, now: datetime) -> None:
    while _take(session, before - timedelta(days=DAYS_A_WEEK), now=now, limit=BATCH):
        pass


def _take(
    session: Session,
    week: date,
    *,
    now: datetime,
    limit: int,
    only: ColumnElement[bool] | None = None,
) -> int:
    """Take up waiting days of a week and of those before it."""
    statement = (
        select(PracticeDay)
        .where(
            PracticeDay.waiting == true(),
            PracticeDay.day < week + timedelta(days=DAYS_A_WEEK),
        )
        .order_by(PracticeDay.person_id, PracticeDay.day)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if only is not None:
        statement = statement.where(only)
    rows = session.scalars(statement).all()
    people = kept_ids(session, [PersonId(row.person_id) for row in rows])
    weeks: dict[date, set[PersonId]] = defaultdict(set)
    for row in rows:
        weeks[week_of(row.day)].add(people[PersonId(row.person_id)])
        row.waiting = False
    session.flush()
    for one, members in sorted(weeks.items()):
        _take_week(session, one, sorted(members), is_current=one == week, now=now)
    return len(rows)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sums:
    """A person's week so far."""

    points: int
    answers: int
    days: int


def _take_week(
    session: Session, week: date, people: Sequence[PersonId], *, is_current: bool, now: datetime
) -> None:
    homes = homes_of(session, people, on=local_date(now))
    sums = _sums(session, week, people)
    _store(session, week, sums, homes)
    refused = staying_off(session, people)
    players = [one for one in people if one not in refused and sums[one].points > 0]
    if not players:
        return
    hold_week(session, week)
    seat_latecomers(session, week, players)
    if is_current:
        _put_on_boards(session, week, {one: sums[one].points for one in players}, homes, now=now)


def _sums(session: Session, week: date, people: Sequence[PersonId]) -> dict[PersonId, _Sums]:
    identities = identities_of_many(session, people)
    kept = {identity: one for one in people for identity in identities[one]}
    rows = session.execute(
        select(
            PracticeDay.person_id, PracticeDay.day, PracticeDay.points, PracticeDay.answers
        ).where(
            PracticeDay.person_id.in_(sorted(kept)),
            PracticeDay.day >= week,
            PracticeDay.day < week + timedelta(days=DAYS_A_WEEK),
        )
    ).all()
    days: dict[PersonId, list[tuple[date, int, int]]] = {one: [] for one in people}
    for person_id, day, points, answers in rows:
        days[kept[PersonId(person_id)]].append((day, points, answers))
    return {
        one: _Sums(
            points=sum(points for _, points, _ in own),
            answers=sum(answers for _, _, answers in own),
            days=len({day for day, _, answers in own if answers}),
        )
        for one, own in days.items()
    }


def _store(
    session: Session,
    week: date,
    sums: Mapping[PersonId, _Sums],
    homes: Mapping[PersonId, Home],
) -> None:
    table = cast(Table, PracticeWeek.__table__)
    statement = insert_for(session, table)
    changing = ("points", "answers", "days", "unit_id")
    session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=["week", "person_id"],
            set_={name: statement.excluded[name] for name in changing},
        ),
        [
            {
                "week": week,
                "person_id": person_id,
                "unit_id": homes[person_id].unit_id if person_id in homes else None,
                "points": own.points,
                "answers": own.answers,
                "days": own.days,
            }
            for person_id, own in sums.items()
        ],
    )


def _put_on_boards(
    session: Session,
    week: date,
    points: Mapping[PersonId, int],
    homes: Mapping[PersonId, Home],
    *,
    now: datetime,
) -> None:
    regions = regions_of(session, {home.organisation_id for home in homes.values()})
    by_root: dict[OrganisationId, list[Entry]] = defaultdict(list)
    for person_id, own in points.items():
        home = homes.get(person_id)
        if home is None:
            continue
        region = regions[home.organisation_id]
        groups = groups_of(unit_id=home.unit_id, team_id=home.team_id, region_id=region.nearest)
        entry = Entry(person_id=person_id, sort_key=encode(Decimal(own), 0), groups=groups)
        by_root[region.outermost].append(entry)
    for root, entries in sorted(by_root.items()):
        board_id = _open_board(session, week, root, now=now)
        boards.record_many(session, board_id, entries, now=now)


def board_key(week: date, root: OrganisationId) -> str:
    """The key of a region's board of a week."""
    return f"practice:{week}:{root}"


def _open_board(session: Session, week: date, root: OrganisationId, *, now: datetime) -> BoardId:
    return boards.open_board(
        session,
        key=board_key(week, root),
        title=week.isoformat(),
        organisation_id=root,
        mask_policy=MaskPolicy.SURNAME,
        visible_from=now,
        tie_rule=TieRule.MARKS_ONLY,
        measure=Measure.POINTS,
        now=now,
    )
