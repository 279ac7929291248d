"""A person's streak, points and league, as frozen rows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lianbing.infra.calendar import local_date
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import BoardId, OrganisationId, PersonId
from lianbing.leaderboards.models import BoardEntry, BoardTable
from lianbing.leaderboards.rules import MaskPolicy, Measure, mask_name, number_of
from lianbing.people.queries import person_names
from lianbing.practice.queries import identities_of
from lianbing.practice.rewards.leagues import Outcome, lot
from lianbing.practice.rewards.models import BoardRefusal, PointsRule, PracticeDay, PracticeWeek
from lianbing.practice.rewards.rate_cards import cards_for, rules_of
from lianbing.practice.rewards.rules import DAYS_A_WEEK, PointsRules
from lianbing.practice.rewards.streaks import Streak, streak_on
from lianbing.practice.rewards.weeks import current_week

STRIP_DAYS = 14
LEAGUE_TOP = 3
LEAGUE_NEIGHBOURS = 2
RULES_PAGE = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class DayMark:
    """A day of the strip under a streak; ``rested``: missed without loss."""

    day: date
    practised: bool
    rested: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnRewards:
    """What a person's practice has come to; ``on_boards`` False for who left them."""

    streak: Streak
    strip: tuple[DayMark, ...]
    points: int
    week_points: int
    answers: int
    rules: PointsRules
    on_boards: bool


def get_own_rewards(session: Session, actor: Actor, *, now: datetime) -> OwnRewards:
    """Streak, points of today and of the week, straight from the days."""
    identities, today = identities_of(session, actor), local_date(now)
    week = current_week(now)
    counted: dict[date, tuple[int, int]] = {}
    points = week_points = answers = 0
    own_rules: int | None = None
    for row in session.scalars(select(PracticeDay).where(PracticeDay.person_id.in_(identities))):
        before = counted.get(row.day, (0, 0))
        counted[row.day] = (before[0] + row.answers, max(before[1], row.needed))
        if row.day == today:
            points, answers = points + row.points, answers + row.answers
            own_rules = row.rule_id or own_rules
        if week <= row.day < week + timedelta(days=DAYS_A_WEEK):
            week_points += row.points
    practised = {day for day, (done, needed) in counted.items() if done >= needed}
    streak = streak_on(practised, today)
    return OwnRewards(
        streak=streak,
        strip=_strip(practised, streak, today),
        points=points,
        week_points=week_points,
        answers=answers,
        rules=_rules_today(session, identities[0], own_rules, began=today in counted, on=today),
        on_boards=not _refused(session, identities),
    )


def _rules_today(
    session: Session, person_id: PersonId, rule_id: int | None, *, began: bool, on: date
) -> PointsRules:
    if not began:
        return cards_for(session, [person_id], on=on)[person_id].rules
    row = session.get(PointsRule, rule_id) if rule_id is not None else None
    return rules_of(row) if row is not None else PointsRules()


def _strip(practised: Collection[date], streak: Streak, today: date) -> tuple[DayMark, ...]:
    days = [today - timedelta(days=back) for back in range(STRIP_DAYS - 1, -1, -1)]
    return tuple(
        DayMark(day=day, practised=day in practised, rested=day == streak.rested_on) for day in days
    )


def _refused(session: Session, identities: Collection[PersonId]) -> bool:
    statement = select(BoardRefusal.person_id).where(BoardRefusal.person_id.in_(identities))
    return session.scalars(statement).first() is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class LeagueLine:
    """A line of a league group; of others only the surname."""

    rank: int
    name: str
    points: int
    is_me: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class League:
    """The own group: its top, and the reader's neighbours when they are not among it.

    ``last`` is how the reader's last settled week ended.
    """

    tier: int
    size: int
    rank: int
    top: tuple[LeagueLine, ...]
    around: tuple[LeagueLine, ...]
    last: Outcome | None
    ends_on: date


def find_league(session: Session, actor: Actor, *, now: datetime) -> League | None:
    """The group the person plays in this week, None before their first points."""
    identities, week = identities_of(session, actor), current_week(now)
    mine = session.scalars(
        select(PracticeWeek).where(
            PracticeWeek.week == week,
            PracticeWeek.person_id.in_(identities),
            PracticeWeek.tier.is_not(None),
        )
    ).first()
    if mine is None or mine.tier is None:
        return None
    group = _group(session, mine, week)
    ordered = sorted(group, key=lambda one: (-group[one], lot(one, week)))
    lines = _lines(session, ordered, group, week, me=PersonId(mine.person_id))
    place = ordered.index(PersonId(mine.person_id))
    top = min(LEAGUE_TOP, -(-len(lines) // 2))
    around = lines[max(0, place - LEAGUE_NEIGHBOURS) : place + LEAGUE_NEIGHBOURS + 1]
    return League(
        tier=mine.tier,
        size=len(lines),
        rank=lines[place].rank,
        top=tuple(lines[:top]),
        around=tuple(line for line in around if line not in lines[:top]),
        last=_last_outcome(session, identities, week),
        ends_on=week + timedelta(days=DAYS_A_WEEK - 1),
    )


def _group(session: Session, mine: PracticeWeek, week: date) -> dict[PersonId, int]:
    rows = session.execute(
        select(PracticeWeek.person_id, func.coalesce(func.sum(PracticeDay.points), 0))
        .outerjoin(
            PracticeDay,
            (PracticeDay.person_id == PracticeWeek.person_id)
            & (PracticeDay.day >= week)
            & (PracticeDay.day < week + timedelta(days=DAYS_A_WEEK)),
        )
        .where(
            PracticeWeek.week == week,
            PracticeWeek.tier == mine.tier,
            PracticeWeek.group_no == mine.group_no,
        )
        .group_by(PracticeWeek.person_id)
    )
    return {PersonId(person_id): int(points) for person_id, points in rows}


def _lines(
    session: Session,
    ordered: Sequence[PersonId],
    points: dict[PersonId, int],
    week: date,
    *,
    me: PersonId,
) -> list[LeagueLine]:
    names = person_names(session, ordered)
    return [
        LeagueLine(
            rank=1 + sum(other > points[one] for other in points.values()),
            name=names[one]
            if one == me
            else mask_name(names[one], MaskPolicy.SURNAME, number=number_of(lot(one, week))),
            points=points[one],
            is_me=one == me,
        )
        for one in ordered
    ]


def _last_outcome(session: Session, identities: Collection[PersonId], week: date) -> Outcome | None:
    outcome = session.scalar(
        select(PracticeWeek.outcome).where(
            PracticeWeek.person_id.in_(identities),
            PracticeWeek.week == week - timedelta(days=DAYS_A_WEEK),
            PracticeWeek.outcome.is_not(None),
        )
    )
    return Outcome(outcome) if outcome else None


def find_own_board(session: Session, actor: Actor, *, now: datetime) -> BoardId | None:
    """The board of this week that the person stands on."""
    found = session.scalar(
        select(BoardEntry.board_id)
        .join(BoardTable, BoardTable.id == BoardEntry.board_id)
        .where(
            BoardEntry.person_id.in_(identities_of(session, actor)),
            BoardTable.measure == Measure.POINTS.value,
            BoardTable.title == current_week(now).isoformat(),
        )
        .limit(1)
    )
    return BoardId(found) if found is not None else None


@dataclass(frozen=True, kw_only=True, slots=True)
class RulesRow:
    """A version of an organisation's rules."""

    version: int
    from_day: date
    rules: PointsRules
    written_by: str


def page_of_rules(session: Session, organisation_id: OrganisationId, number: int) -> Page[RulesRow]:
    """The versions an organisation has written, newest first; the caller has checked reach."""
    statement = (
        select(PointsRule)
        .where(PointsRule.organisation_id == organisation_id)
        .order_by(PointsRule.version.desc())
    )
    page = page_of(session, statement, number, per_page=RULES_PAGE)
    rows = [row[0] for row in page.rows]
    writers = [PersonId(row.written_by) for row in rows if row.written_by is not None]
    names = person_names(session, writers)
    return page.with_rows(
        [
            RulesRow(
                version=row.version,
                from_day=row.from_day,
                rules=rules_of(row),
                written_by=names.get(row.written_by, ""),
            )
            for row in rows
        ]
    )
