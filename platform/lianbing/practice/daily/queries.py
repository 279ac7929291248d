"""Today's ten of a person: their cards, the questions of the points worth asking, the pick."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, cast

from sqlalchemy import Row, Table, func, select, tuple_
from sqlalchemy.orm import Session

from lianbing.grading.rules import Verdict
from lianbing.infra.calendar import local_date
from lianbing.kernel.ids import BankId, PersonId, QuestionId, SubjectId
from lianbing.practice.daily.askable import Asker, list_askable, list_points_to_ask
from lianbing.practice.daily.cards import ReviewState, replayed
from lianbing.practice.daily.models import ReviewCard
from lianbing.practice.daily.rules import Picked, pick_ten
from lianbing.practice.mastery.queries import list_standings
from lianbing.practice.models import PracticeAnswer

Key = tuple[PersonId, QuestionId]
"""The identity that stands for a person, and a question."""
CARD_COLUMNS = ("stability", "difficulty", "due", "last_on")


class DrilledBank(Protocol):
    """The bank that is practised, as ``practice.queries.PracticeBank`` has it."""

    @property
    def id(self) -> BankId: ...

    @property
    def subject_id(self) -> SubjectId: ...

    @property
    def outline_id(self) -> int: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownCard:
    """A stored card and whose it is."""

    person_id: PersonId
    state: ReviewState
    last_at: datetime


def find_cards(
    session: Session, wanted: Mapping[Key, Sequence[PersonId]]
) -> dict[Key, list[KnownCard]]:
    """The stored cards of the questions, of every identity given that has one."""
    own = {(identity, key[1]): key for key, each in wanted.items() for identity in each}
    row = cast(Table, ReviewCard.__table__).c
    statement = select(
        row.person_id, row.question_id, row.last_at, *(row[name] for name in CARD_COLUMNS)
    ).where(tuple_(row.person_id, row.question_id).in_(sorted(own)))
    found: dict[Key, list[KnownCard]] = defaultdict(list)
    for card in session.execute(statement):
        person_id = PersonId(card.person_id)
        found[own[(person_id, QuestionId(card.question_id))]].append(
            KnownCard(person_id=person_id, state=_state(card), last_at=card.last_at)
        )
    return found


def replay_cards(
    session: Session, wanted: Mapping[Key, Sequence[PersonId]]
) -> dict[Key, KnownCard]:
    """The cards folded from all answers of all the identities given, in their order."""
    if not wanted:
        return {}
    own = {(identity, key[1]): key for key, each in wanted.items() for identity in each}
    row = cast(Table, PracticeAnswer.__table__).c
    statement = (
        select(row.person_id, row.question_id, row.verdict, row.answered_at)
        .where(tuple_(row.person_id, row.question_id).in_(sorted(own)))
        .order_by(row.answered_at, row.id)
    )
    answers: dict[Key, list[tuple[Verdict, datetime]]] = defaultdict(list)
    for person_id, question_id, verdict, answered_at in session.execute(statement):
        key = own[(PersonId(person_id), QuestionId(question_id))]
        answers[key].append((Verdict(verdict), answered_at))
    return {
        key: KnownCard(
            person_id=key[0],
            state=replayed(*((verdict, local_date(at)) for verdict, at in each)),
            last_at=each[-1][1],
        )
        for key, each in answers.items()
    }


def todays_ten(
    session: Session,
    identities: Sequence[PersonId],
    bank: DrilledBank,
    *,
    now: datetime,
) -> tuple[Picked, ...]:
    """The ten for today, in the order asked; fewer only when the bank has not more to ask."""
    (ten,) = coming_days(session, identities, bank, now=now, days=1)
    return ten


def coming_days(
    session: Session,
    identities: Sequence[PersonId],
    bank: DrilledBank,
    *,
    now: datetime,
    days: int,
) -> list[tuple[Picked, ...]]:
    """The tens for today and the days after it, as if all went right: no question comes twice."""
    found = list_standings(session, identities, bank.outline_id, now=now)
    shares = {each.point_id: each.share for each in found}
    points = list_points_to_ask(session, bank.id, found)
    asker = Asker(
        identities=tuple(identities),
        bank_id=bank.id,
        shared=_shared_cards(session, identities),
    )
    tens: list[tuple[Picked, ...]] = []
    planned: set[QuestionId] = set()
    for offset in range(days):
        day = local_date(now) + timedelta(days=offset)
        questions = list_askable(session, asker, points, day, planned)
        tens.append(pick_ten(questions, points, shares, day))
        planned |= {each.question_id for each in tens[-1]}
    return tens


def _shared_cards(
    session: Session, identities: Sequence[PersonId]
) -> dict[QuestionId, ReviewState]:
    if len(identities) == 1:
        return {}
    several = (
        select(ReviewCard.question_id)
        .where(ReviewCard.person_id.in_(identities))
        .group_by(ReviewCard.question_id)
        .having(func.count() > 1)
    )
    keys = {(identities[0], QuestionId(found)): identities for found in session.scalars(several)}
    return {key[1]: card.state for key, card in replay_cards(session, keys).items()}


def _state(row: Row[Any]) -> ReviewState:
    return ReviewState(
        stability=row.stability, difficulty=row.difficulty, due=row.due, last_on=row.last_on
    )
