"""Today's ten of a person: their cards, the questions of the points worth asking, the pick."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol, cast

from sqlalchemy import Row, Select, Subquery, Table, func, or_, select, tuple_
from sqlalchemy.orm import Session

from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.queries import is_current, is_drillable
from lianbing.grading.rules import Verdict
from lianbing.infra.calendar import local_date
from lianbing.kernel.ids import BankId, PersonId, QuestionId, QuestionVersionId, SubjectId
from lianbing.practice.daily.cards import ReviewState, replayed
from lianbing.practice.daily.models import ReviewCard
from lianbing.practice.daily.rules import (
    MOST_DUE,
    TEN,
    Askable,
    Picked,
    PointsToAsk,
    pick_ten,
    points_to_ask,
)
from lianbing.practice.mastery.queries import get_standing
from lianbing.practice.models import PracticeAnswer

MOST_DUE_READ = 300
"""Of a long backlog, those due first are looked at; the rest wait until these are done."""
MOST_OF_A_POINT_READ = TEN + MOST_DUE
"""As many as one point could have to give, with those passed over that are in as reviews."""
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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asker:
    """A person before one bank; ``shared``: cards that several of their identities have."""

    identities: tuple[PersonId, ...]
    bank_id: BankId
    shared: dict[QuestionId, ReviewState]


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
    standing = get_standing(session, identities, bank.subject_id, bank.outline_id, now=now)
    shares = {point_id: each.share for point_id, each in standing.standings.items()}
    points = points_to_ask(list(standing.standings.values()), _bank_points(session, bank.id))
    asker = _Asker(
        identities=tuple(identities),
        bank_id=bank.id,
        shared=_shared_cards(session, identities),
    )
    tens: list[tuple[Picked, ...]] = []
    planned: set[QuestionId] = set()
    for offset in range(days):
        day = local_date(now) + timedelta(days=offset)
        questions = _askable(session, asker, points, day, planned)
        tens.append(pick_ten(questions, points, shares, day))
        planned |= {each.question_id for each in tens[-1]}
    return tens


def _bank_points(session: Session, bank_id: BankId) -> set[int]:
    statement = (
        select(QuestionVersion.point_id)
        .join(Question, is_current())
        .where(Question.bank_id == bank_id, is_drillable())
        .distinct()
    )
    return set(session.scalars(statement))


def _askable(
    session: Session,
    asker: _Asker,
    points: PointsToAsk,
    day: date,
    planned: Collection[QuestionId],
) -> list[Askable]:
    """What is due, and of each point to ask the questions that come first."""
    cards = _cards_of(asker.identities)
    of_bank = (
        select(
            Question.id,
            QuestionVersion.id.label("version_id"),
            QuestionVersion.point_id,
            *(cards.c[name] for name in CARD_COLUMNS),
        )
        .select_from(Question)
        .join(QuestionVersion, is_current())
        .where(Question.bank_id == asker.bank_id, is_drillable(), Question.id.not_in(planned))
    )
    due = (
        of_bank.join(cards, cards.c.question_id == Question.id)
        .where(or_(cards.c.due <= day, Question.id.in_(asker.shared)), cards.c.last_on < day)
        .order_by(cards.c.due, Question.id)
        .limit(MOST_DUE_READ)
    )
    first = _first_of_points(of_bank, cards, points, day)
    found = (_as_askable(row, asker) for row in (*session.execute(due), *session.execute(first)))
    return list({each.question_id: each for each in found}.values())


def _first_of_points(
    of_bank: Select[Any], cards: Subquery, points: PointsToAsk, day: date
) -> Select[Any]:
    place = func.row_number().over(
        partition_by=QuestionVersion.point_id,
        order_by=(cards.c.due.nulls_first(), Question.id),
    )
    ranked = (
        of_bank.add_columns(place.label("place"))
        .outerjoin(cards, cards.c.question_id == Question.id)
        .where(
            QuestionVersion.point_id.in_((*points.weak, *points.new)),
            or_(cards.c.last_on.is_(None), cards.c.last_on < day),
        )
        .subquery()
    )
    return select(ranked).where(ranked.c.place <= MOST_OF_A_POINT_READ)


def _as_askable(row: Row[Any], asker: _Asker) -> Askable:
    question_id = QuestionId(row.id)
    return Askable(
        question_id=question_id,
        version_id=QuestionVersionId(row.version_id),
        point_id=row.point_id,
        card=asker.shared.get(question_id) or (_state(row) if row.due is not None else None),
    )


def _cards_of(identities: Sequence[PersonId]) -> Subquery:
    """One row a question; where several identities have a card, ``shared`` speaks for it."""
    own = ReviewCard.person_id.in_(identities)
    if len(identities) == 1:
        columns = [getattr(ReviewCard, name) for name in CARD_COLUMNS]
        return select(ReviewCard.question_id, *columns).where(own).subquery()
    columns = [func.max(getattr(ReviewCard, name)).label(name) for name in CARD_COLUMNS]
    grouped = select(ReviewCard.question_id, *columns).where(own)
    return grouped.group_by(ReviewCard.question_id).subquery()


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
