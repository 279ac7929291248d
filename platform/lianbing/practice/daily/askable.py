"""The questions that a day could ask of a person: statements made once, filled in each time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    Select,
    Table,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.queries import is_current, is_drillable
from lianbing.kernel.ids import BankId, PersonId, QuestionId, QuestionVersionId
from lianbing.practice.daily.cards import ReviewState
from lianbing.practice.daily.models import ReviewCard
from lianbing.practice.daily.rules import (
    MOST_DUE,
    POINTS_LOOKED_AT,
    TEN,
    Askable,
    PointsToAsk,
    points_to_ask,
)
from lianbing.practice.mastery.rules import Standing, weakest_first

MOST_DUE_READ = 300
"""Of a long backlog, those due first are looked at; the rest wait until these are done."""
MOST_OF_A_POINT_READ = TEN + MOST_DUE
"""As many as one point could have to give, with those passed over that are in as reviews."""
LOOKED_UP_AT_ONCE = POINTS_LOOKED_AT + 10
CARD = ("stability", "difficulty", "due", "last_on")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asker:
    """A person before one bank; ``shared``: cards that several of their identities have."""

    identities: tuple[PersonId, ...]
    bank_id: BankId
    shared: dict[QuestionId, ReviewState]


_OF_BANK: tuple[ColumnElement[bool], ...] = (
    Question.bank_id == bindparam("bank_id"),
    is_drillable(),
)
_COVERED = (
    select(QuestionVersion.point_id)
    .join(Question, is_current())
    .where(QuestionVersion.point_id.in_(bindparam("points", expanding=True)), *_OF_BANK)
    .distinct()
)


def list_points_to_ask(
    session: Session, bank_id: BankId, standings: Sequence[Standing]
) -> PointsToAsk:
    """The points worth a question, of those that have a question of the bank to drill.

    Looked up from the most worthwhile on, some at a time: a bank is large, a day asks of few.
    """
    ordered = weakest_first(standings)
    covered: set[int] = set()
    for is_met in (True, False):
        points = [each.point_id for each in ordered if (each.estimate.answers > 0) is is_met]
        for start in range(0, len(points), LOOKED_UP_AT_ONCE):
            chunk = points[start : start + LOOKED_UP_AT_ONCE]
            values = {"bank_id": bank_id, "points": chunk}
            covered.update(session.connection().scalars(_COVERED, values))
            if len(covered.intersection(points)) >= POINTS_LOOKED_AT:
                break
    return points_to_ask(standings, covered)


def _statements(*, merged: bool) -> tuple[Select[Any], Select[Any]]:
    """What is due, and the first questions of each point to ask.

    Of a merged person's cards of a question one stands in; ``Asker.shared`` speaks for it.
    """
    row = cast(Table, ReviewCard.__table__).c
    own = row.person_id.in_(bindparam("identities", expanding=True))
    if merged:
        columns = [func.max(row[name]).label(name) for name in CARD]
        cards = select(row.question_id, *columns).where(own).group_by(row.question_id).subquery()
    else:
        cards = select(row.question_id, *(row[name] for name in CARD)).where(own).subquery()
    of_bank = (
        select(
            Question.id,
            QuestionVersion.id.label("version_id"),
            QuestionVersion.point_id,
            *(cards.c[name] for name in CARD),
        )
        .select_from(Question)
        .join(QuestionVersion, is_current())
        .where(*_OF_BANK, Question.id.not_in(bindparam("planned", expanding=True)))
    )
    day: BindParameter[date] = bindparam("day")
    is_due = or_(cards.c.due <= day, Question.id.in_(bindparam("shared", expanding=True)))
    due = (
        of_bank.join(cards, cards.c.question_id == Question.id)
        .where(is_due, cards.c.last_on < day)
        .order_by(cards.c.due, Question.id)
        .limit(MOST_DUE_READ)
    )
    place = func.row_number().over(
        partition_by=QuestionVersion.point_id,
        order_by=(cards.c.due.nulls_first(), Question.id),
    )
    ranked = (
        of_bank.add_columns(place.label("place"))
        .outerjoin(cards, cards.c.question_id == Question.id)
        .where(
            QuestionVersion.point_id.in_(bindparam("points", expanding=True)),
            or_(cards.c.last_on.is_(None), cards.c.last_on < day),
        )
        .subquery()
    )
    return due, select(ranked).where(ranked.c.place <= MOST_OF_A_POINT_READ)


_PLAIN = _statements(merged=False)
_MERGED = _statements(merged=True)


def list_askable(
    session: Session,
    asker: Asker,
    points: PointsToAsk,
    day: date,
    planned: Collection[QuestionId],
) -> list[Askable]:
    """What is due, and of each point to ask the questions that come first; none ``planned``."""
    due, first = _PLAIN if len(asker.identities) == 1 else _MERGED
    values = {
        "identities": asker.identities,
        "bank_id": asker.bank_id,
        "day": day,
        "planned": sorted(planned),
    }
    connection = session.connection()
    rows: list[Row[Any]] = [
        *connection.execute(due, values | {"shared": sorted(asker.shared)}),
        *connection.execute(first, values | {"points": (*points.weak, *points.new)}),
    ]
    found = {row[0]: row for row in rows}
    return [_as_askable(row, asker.shared) for row in found.values()]


def _as_askable(row: Sequence[Any], shared: dict[QuestionId, ReviewState]) -> Askable:
    question_id, version_id, point_id, stability, difficulty, due, last_on = row[:7]
    card = shared.get(question_id)
    if card is None and due is not None:
        card = ReviewState(stability=stability, difficulty=difficulty, due=due, last_on=last_on)
    return Askable(
        question_id=QuestionId(question_id),
        version_id=QuestionVersionId(version_id),
        point_id=point_id,
        card=card,
    )
