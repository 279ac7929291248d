"""What a batch of answers earns: three statements a batch, whoever's answers it holds.

The caller has recorded the answers in the same transaction and holds the learners' locks, so
what is read here is still so when it is written.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from lianbing.grading.rules import Verdict
from lianbing.infra.calendar import local_date
from lianbing.infra.redis_client import current_settings
from lianbing.infra.upsert import put_rows
from lianbing.kernel.ids import PersonId, QuestionId
from lianbing.practice.models import PracticeAnswer
from lianbing.practice.recording import Recorded
from lianbing.practice.rewards.models import PointsRule, PracticeDay
from lianbing.practice.rewards.rate_cards import RateCard, cards_for, rules_of
from lianbing.practice.rewards.rules import DayAnswer, DayTally, PointsRules, tally
from lianbing.practice.rules import start_of_day

ADDED = ("answers", "right_count", "points")
DayKey = tuple[PersonId, date]
_table = cast(Table, PracticeDay.__table__)


@dataclass(frozen=True, kw_only=True, slots=True)
class FreshAnswer:
    """An answer just recorded; ``identities`` of its person, the kept one first."""

    identities: tuple[PersonId, ...]
    question_id: QuestionId
    verdict: Verdict
    answered_at: datetime
    ranked: bool = True

    @property
    def key(self) -> DayKey:
        """Whose day it belongs to."""
        return self.identities[0], local_date(self.answered_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Before:
    """A day as it stood: its tally over all identities, and the rules it began under."""

    tally: DayTally
    card: RateCard


def hear(session: Session, recorded: Sequence[Recorded], _now: datetime) -> None:
    """Told of every recorded batch; see ``practice.recording``."""
    earn(
        session,
        [
            FreshAnswer(
                identities=one.identities,
                question_id=one.answered.question_id,
                verdict=one.answered.verdict,
                answered_at=one.answered.answered_at,
                ranked=not one.answered.offline,
            )
            for one in recorded
        ],
    )


def earn(session: Session, batch: Sequence[FreshAnswer]) -> None:
    """Add the answers to their people's days; in the order brought, which is the record's."""
    if not batch:
        return
    kept = {identity: one.identities[0] for one in batch for identity in one.identities}
    keys = {one.key for one in batch}
    before = _days_before(session, kept, keys)
    _begin_days(session, keys - set(before), before)
    repeated = _repeated(session, kept, batch, before)
    rows = []
    for key in sorted(keys):
        own = [
            DayAnswer(verdict=one.verdict, ranked=one.ranked, repeated=again)
            for one, again in zip(batch, repeated, strict=True)
            if one.key == key
        ]
        rows.append(_row(key, before[key], own))
    put_rows(session, _table, rows, keys=("person_id", "day"), replaced=("waiting",), added=ADDED)


def _row(key: DayKey, before: _Before, own: Sequence[DayAnswer]) -> dict[str, object]:
    after = tally(before.card.rules, own, so_far=before.tally)
    return {
        "person_id": key[0],
        "day": key[1],
        "answers": after.answers - before.tally.answers,
        "right_count": after.right - before.tally.right,
        "points": after.points - before.tally.points,
        "needed": before.card.rules.streak_answers,
        "rule_id": before.card.rule_id,
        "waiting": True,
    }


def _days_before(
    session: Session, kept: Mapping[PersonId, PersonId], keys: Collection[DayKey]
) -> dict[DayKey, _Before]:
    rows = session.execute(
        select(
            PracticeDay.person_id,
            PracticeDay.day,
            PracticeDay.answers,
            PracticeDay.right_count,
            PracticeDay.points,
            PointsRule,
        )
        .outerjoin(PointsRule, PointsRule.id == PracticeDay.rule_id)
        .where(
            PracticeDay.person_id.in_(sorted(kept)),
            PracticeDay.day.in_(sorted({day for _, day in keys})),
        )
        .order_by(PracticeDay.person_id)
    )
    found: dict[DayKey, _Before] = {}
    for person_id, day, answers, right, points, rule in rows:
        key = (kept[PersonId(person_id)], day)
        so_far = found[key].tally if key in found else DayTally()
        found[key] = _Before(
            tally=DayTally(
                answers=so_far.answers + answers,
                right=so_far.right + right,
                points=so_far.points + points,
            ),
            card=RateCard(rule_id=rule.id, rules=rules_of(rule)) if rule else RateCard(),
        )
    return found


def _begin_days(session: Session, keys: Collection[DayKey], before: dict[DayKey, _Before]) -> None:
    for day in sorted({day for _, day in keys}):
        people = [person_id for person_id, own in keys if own == day]
        cards = cards_for(session, people, on=day)
        for person_id in people:
            before[person_id, day] = _Before(tally=DayTally(), card=cards[person_id])


def _repeated(
    session: Session,
    kept: Mapping[PersonId, PersonId],
    batch: Sequence[FreshAnswer],
    before: Mapping[DayKey, _Before],
) -> list[bool]:
    """For each answer, whether its question was answered before on that day."""
    if all(_is_full(before[one.key]) for one in batch):
        return [True] * len(batch)  # nothing can be earned any more: no need to look
    since = min(start_of_day(one.answered_at, current_settings().zone) for one in batch)
    rows = session.execute(
        select(
            PracticeAnswer.person_id, PracticeAnswer.question_id, PracticeAnswer.answered_at
        ).where(
            PracticeAnswer.person_id.in_(sorted(kept)),
            PracticeAnswer.question_id.in_(sorted({one.question_id for one in batch})),
            PracticeAnswer.answered_at >= since,
        )
    )
    recorded = Counter((kept[PersonId(row[0])], local_date(row[2]), row[1]) for row in rows)
    recorded.subtract((*one.key, one.question_id) for one in batch)
    repeated = []
    for one in batch:
        question = (*one.key, one.question_id)
        repeated.append(recorded[question] > 0)
        recorded[question] += 1
    return repeated


def _is_full(before: _Before) -> bool:
    rules: PointsRules = before.card.rules
    return before.tally.points >= rules.daily_cap
