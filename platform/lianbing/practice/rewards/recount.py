"""The ledger checked against the record: a person's days folded anew from practice_answer."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lianbing.grading.rules import Verdict
from lianbing.infra.calendar import local_date
from lianbing.kernel.ids import PersonId
from lianbing.practice.models import PracticeAnswer
from lianbing.practice.rewards.models import DayBonus, PointsRule, PracticeDay
from lianbing.practice.rewards.rate_cards import rules_of
from lianbing.practice.rewards.rules import DayAnswer, DayTally, PointsRules, tally, with_bonus


def recount(session: Session, identities: Sequence[PersonId]) -> dict[date, DayTally]:
    """What each day of a person comes to by the record, under the rules the day began with."""
    rows = session.execute(
        select(
            PracticeAnswer.answered_at,
            PracticeAnswer.question_id,
            PracticeAnswer.verdict,
            PracticeAnswer.offline,
        )
        .where(PracticeAnswer.person_id.in_(identities))
        .order_by(PracticeAnswer.id)
    )
    seen: set[tuple[date, int]] = set()
    days: dict[date, list[DayAnswer]] = defaultdict(list)
    for answered_at, question_id, verdict, offline in rows:
        day = local_date(answered_at)
        repeated = (day, question_id) in seen
        seen.add((day, question_id))
        days[day].append(DayAnswer(verdict=Verdict(verdict), ranked=not offline, repeated=repeated))
    rules = _rules_of_days(session, identities)
    bonuses = _bonuses(session, identities)
    return {
        day: with_bonus(
            rules.get(day, PointsRules()),
            tally(rules.get(day, PointsRules()), days.get(day, ()), so_far=DayTally()),
            bonuses.get(day, 0),
        )
        for day in {*days, *bonuses}
    }


def _bonuses(session: Session, identities: Sequence[PersonId]) -> dict[date, int]:
    rows = session.execute(
        select(DayBonus.day, func.sum(DayBonus.points))
        .where(DayBonus.person_id.in_(identities))
        .group_by(DayBonus.day)
    )
    return {day: int(points) for day, points in rows}


def _rules_of_days(session: Session, identities: Sequence[PersonId]) -> dict[date, PointsRules]:
    rows = session.execute(
        select(PracticeDay.day, PointsRule)
        .join(PointsRule, PointsRule.id == PracticeDay.rule_id)
        .where(PracticeDay.person_id.in_(identities))
    )
    return {day: rules_of(rule) for day, rule in rows}


def find_differences(session: Session, identities: Sequence[PersonId]) -> list[date]:
    """The days whose running tally is not what the record says; none, unless rows were lost."""
    kept: dict[date, DayTally] = defaultdict(DayTally)
    for row in session.scalars(select(PracticeDay).where(PracticeDay.person_id.in_(identities))):
        before = kept[row.day]
        kept[row.day] = DayTally(
            answers=before.answers + row.answers,
            right=before.right + row.right_count,
            points=before.points + row.points,
        )
    counted = recount(session, identities)
    return sorted(day for day in {*kept, *counted} if kept.get(day) != counted.get(day, DayTally()))
