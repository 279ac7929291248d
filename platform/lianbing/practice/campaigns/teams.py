"""How a leader's people practise: who did today and who did not, by team, and where it is weak.

Only for leaders over their own subtree; names as the organisation's rules allow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.queries import is_current, is_drillable
from lianbing.infra.calendar import local_date
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import BankId, OrganisationId, PersonId
from lianbing.leaderboards.rules import MaskPolicy, mask_name
from lianbing.people.authority import require_reach
from lianbing.people.organisations.queries import list_children
from lianbing.people.queries import homes_of, members_of, organisation_names, person_names
from lianbing.practice.campaigns.queries import LEADERS
from lianbing.practice.mastery.models import PointMastery
from lianbing.practice.models import Learner
from lianbing.practice.rewards.models import PracticeDay
from lianbing.practice.rewards.rate_cards import RateCard, cards_at
from lianbing.subjects.models import AssessmentPoint

ROLL_PAGE = 50
MOST_NAMES = 300
WEEK = timedelta(days=6)
FEWEST_PEOPLE = 3
"""A point is judged weak only when as many have answered it: nobody stands there alone."""
WEAKEST = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class RollLine:
    """Somebody who has not practised today; ``last_day`` is when they last did."""

    name: str
    team: str
    last_day: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Roll:
    """Today's roll of an organisation; ``missing`` is one page of those who have not practised."""

    organisation_name: str
    day: date
    people: int
    practised: int
    names: MaskPolicy
    missing: Page[RollLine]
    text_names: tuple[str, ...]


def get_roll(
    session: Session, actor: Actor, organisation_id: OrganisationId, number: int, *, now: datetime
) -> Roll:
    """Who of the leader's people has not practised today; raises Forbidden."""
    require_reach(session, actor, *LEADERS, organisation_id=organisation_id)
    today = local_date(now)
    policy = cards_at(session, [organisation_id], on=today).get(organisation_id, RateCard())
    names = policy.rules.roll_names
    people = _count(session, members_of(session, organisation_id, on=today))
    missing = _missing(session, organisation_id, today)
    page = page_of(session, missing, number, per_page=ROLL_PAGE)
    shown = [PersonId(row[0]) for row in page.rows]
    told = [PersonId(one) for one in session.scalars(missing.limit(MOST_NAMES))]
    known = person_names(session, told)
    return Roll(
        organisation_name=organisation_names(session, [organisation_id])[organisation_id],
        day=today,
        people=people,
        practised=people - page.total,
        names=names,
        missing=page.with_rows(roll_lines(session, shown, names)),
        text_names=()
        if names is MaskPolicy.NONE
        else tuple(mask_name(known[one], names, number="") for one in told),
    )


def all_missing(session: Session, organisation_id: OrganisationId, *, on: date) -> list[PersonId]:
    """Everyone who has not practised on a day, for an export; the caller has checked reach."""
    return [PersonId(one) for one in session.scalars(_missing(session, organisation_id, on))]


def _missing(session: Session, organisation_id: OrganisationId, today: date) -> Select[int]:
    members = members_of(session, organisation_id, on=today).subquery()
    practised = select(PracticeDay.person_id).where(PracticeDay.day == today)
    return (
        select(members.c.person_id)
        .where(members.c.person_id.not_in(practised))
        .order_by(members.c.person_id)
    )


def _count(session: Session, people: Select[int]) -> int:
    return session.scalar(select(func.count()).select_from(people.subquery())) or 0


def roll_lines(session: Session, people: Sequence[PersonId], policy: MaskPolicy) -> list[RollLine]:
    """Lines of people, their names as the policy allows, their teams, never a phone number."""
    names, homes = person_names(session, people), homes_of(session, people)
    rows = session.execute(
        select(PracticeDay.person_id, func.max(PracticeDay.day))
        .where(PracticeDay.person_id.in_(people))
        .group_by(PracticeDay.person_id)
    )
    last = {PersonId(row[0]): row[1] for row in rows}
    lines = []
    for place, one in enumerate(people, start=1):
        home = homes.get(one)
        lines.append(
            RollLine(
                name=mask_name(names[one], policy, number=f"#{place}"),
                team=(home.team_name or home.organisation_name) if home else "",
                last_day=last.get(one),
            )
        )
    return lines


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamRow:
    """A part of an organisation in the last seven days; ``covered`` of ``points`` were answered."""

    id: OrganisationId
    name: str
    people: int
    today: int
    week: int
    covered: int
    points: int

    @property
    def week_percent(self) -> int:
        """Of its people, how many practised within seven days."""
        return round(100 * self.week / self.people) if self.people else 0

    @property
    def covered_percent(self) -> int:
        """Of the bank's points, how many anybody there has answered."""
        return round(100 * self.covered / self.points) if self.points else 0


def page_of_teams(
    session: Session,
    organisation_id: OrganisationId,
    bank_id: BankId | None,
    number: int,
    *,
    on: date,
) -> Page[TeamRow]:
    """The parts of an organisation with who practised and what of a bank they have covered."""
    page = list_children(session, organisation_id, page=number)
    points = points_of_bank(session, bank_id)
    rows = []
    for child in page.rows:
        members = members_of(session, child.id, on=on)
        rows.append(
            TeamRow(
                id=child.id,
                name=child.name,
                people=_count(session, members),
                today=_practised(session, members, since=on, until=on),
                week=_practised(session, members, since=on - WEEK, until=on),
                covered=_covered(session, members, points),
                points=len(points),
            )
        )
    return page.with_rows(rows)


def usual_bank(
    session: Session, organisation_id: OrganisationId, offered: Sequence[BankId], *, on: date
) -> BankId | None:
    """Of the banks offered, the one most of the people chose; else the first."""
    chosen = session.scalar(
        select(Learner.bank_id)
        .where(
            Learner.person_id.in_(members_of(session, organisation_id, on=on)),
            Learner.bank_id.in_(offered),
        )
        .group_by(Learner.bank_id)
        .order_by(func.count().desc(), Learner.bank_id)
        .limit(1)
    )
    return BankId(chosen) if chosen is not None else next(iter(offered), None)


def _practised(session: Session, members: Select[int], *, since: date, until: date) -> int:
    return (
        session.scalar(
            select(func.count(PracticeDay.person_id.distinct())).where(
                PracticeDay.person_id.in_(members),
                PracticeDay.day >= since,
                PracticeDay.day <= until,
            )
        )
        or 0
    )


def points_of_bank(session: Session, bank_id: BankId | None) -> set[int]:
    """The assessment points in which a bank has questions to practise."""
    if bank_id is None:
        return set()
    return set(
        session.scalars(
            select(QuestionVersion.point_id)
            .join(Question, is_current())
            .where(Question.bank_id == bank_id, is_drillable())
            .distinct()
        )
    )


def _covered(session: Session, members: Select[int], points: set[int]) -> int:
    if not points:
        return 0
    found = session.scalars(
        select(PointMastery.point_id).where(PointMastery.person_id.in_(members)).distinct()
    )
    return len(points & set(found))


@dataclass(frozen=True, kw_only=True, slots=True)
class WeakPoint:
    """A point that a team answers badly, by the answers of at least three people."""

    code: str
    name: str
    percent: int
    people: int
    answers: int


def list_weak_points(
    session: Session, organisation_id: OrganisationId, bank_id: BankId, *, on: date
) -> list[WeakPoint]:
    """The weakest points of a bank in a subtree, by recent answers, the weakest first."""
    points = points_of_bank(session, bank_id)
    members = members_of(session, organisation_id, on=on)
    right, wrong = func.sum(PointMastery.right_weight), func.sum(PointMastery.wrong_weight)
    people = func.count(PointMastery.person_id.distinct())
    rows = session.execute(
        select(
            AssessmentPoint.id,
            AssessmentPoint.code,
            AssessmentPoint.title,
            right,
            wrong,
            people,
            func.sum(PointMastery.answers),
        )
        .join(AssessmentPoint, AssessmentPoint.id == PointMastery.point_id)
        .where(PointMastery.person_id.in_(members))
        .group_by(AssessmentPoint.id, AssessmentPoint.code, AssessmentPoint.title)
        .having(people >= FEWEST_PEOPLE)
    )
    found = [
        WeakPoint(
            code=code,
            name=name,
            percent=round(100 * good / (good + bad)) if good + bad else 0,
            people=count,
            answers=int(answers),
        )
        for id_, code, name, good, bad, count, answers in rows
        if id_ in points
    ]
    return sorted(found, key=lambda point: (point.percent, point.code))[:WEAKEST]
