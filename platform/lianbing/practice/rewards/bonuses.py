"""Points that something other than an answer earns: what a mass quiz is worth to a day.

The ledger stays the days'; a bonus's own row makes the word of it harmless when it comes twice or
out of order, and lets the day be counted anew.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.exams.mass_quiz.events import QuizPointsDue
from lianbing.kernel.ids import PersonId
from lianbing.people.queries import same_person_ids
from lianbing.practice.recording import lock_learners
from lianbing.practice.rewards.models import DayBonus, PointsRule, PracticeDay
from lianbing.practice.rewards.rate_cards import cards_for, rules_of
from lianbing.practice.rewards.recount import recount
from lianbing.practice.rewards.rules import DayTally, PointsRules, with_bonus


def pay_quiz(session: Session, event: QuizPointsDue) -> None:
    """Set what a source earns on a day and bring the day along; older words change nothing."""
    identities = same_person_ids(session, PersonId(event.person_id))
    lock_learners(session, identities)
    day = date.fromisoformat(event.day)
    rows = session.scalars(
        select(DayBonus)
        .where(DayBonus.person_id.in_(identities), DayBonus.source == event.source)
        .order_by(DayBonus.id)
    ).all()
    if event.revision <= max((row.revision for row in rows), default=0):
        return
    if not rows:
        rows = [DayBonus(person_id=identities[0], day=day, source=event.source, points=0)]
        session.add_all(rows)
    more = event.points - sum(row.points for row in rows)
    for row in rows:  # two where both identities had earned it before they were merged
        row.points, row.revision = 0, event.revision
    rows[0].points = event.points
    session.flush()
    if more:
        _bring_along(session, identities, day, more)


def _bring_along(session: Session, identities: tuple[PersonId, ...], day: date, more: int) -> None:
    """More points fill what room the day has; for less, the day is counted anew by its record."""
    row = _day(session, identities[0], day)
    others = session.scalars(
        select(PracticeDay).where(PracticeDay.person_id.in_(identities[1:]), PracticeDay.day == day)
    ).all()
    total = row.points + sum(other.points for other in others)
    if more > 0:
        rule = session.get(PointsRule, row.rule_id) if row.rule_id is not None else None
        rules = rules_of(rule) if rule is not None else PointsRules()
        after = with_bonus(rules, DayTally(points=total), more).points
    else:
        after = recount(session, identities)[day].points
    for other in others:
        other.points = 0
    row.points, row.waiting = after, True


def _day(session: Session, person_id: PersonId, day: date) -> PracticeDay:
    row = session.get(PracticeDay, (person_id, day), populate_existing=True)
    if row is not None:
        return row
    card = cards_for(session, [person_id], on=day)[person_id]
    made = PracticeDay(
        person_id=person_id,
        day=day,
        answers=0,
        right_count=0,
        points=0,
        needed=card.rules.streak_answers,
        rule_id=card.rule_id,
        waiting=True,
    )
    session.add(made)
    session.flush()
    return made
