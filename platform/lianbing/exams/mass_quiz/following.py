"""Boards of units and teams as their pages show them, and a quiz in all."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lianbing.exams.mass_quiz.models import MassQuizPlace, MassQuizStanding
from lianbing.exams.mass_quiz.places import UNIT
from lianbing.exams.mass_quiz.rules import average_of, share_of
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.ids import OrganisationId
from lianbing.leaderboards.rules import Measure, shown_top
from lianbing.people.models.organisations import OrganisationReach
from lianbing.people.queries import organisation_names

PER_PAGE = 50
NEIGHBOURS = 2
MOST_NAMES = 300
CHUNK = 500


class PlaceOrder(StrEnum):
    """What a board of units or teams compares; equal values share a place."""

    SHARE = "share"
    AVERAGE = "average"
    TOTAL = "total"


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceLine:
    """A unit or team on its board; ``registered``: its heads are the registered head count."""

    rank: int
    organisation_id: OrganisationId
    name: str
    heads: int
    registered: bool
    participants: int
    percent: Decimal
    average: Decimal
    total: Decimal
    is_mine: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceBoard:
    """A board for everybody: its top and the neighbours of the reader's own, nobody else."""

    count: int
    top: tuple[PlaceLine, ...]
    around: tuple[PlaceLine, ...]


def _places(quiz_id: int, kind: str, by: PlaceOrder) -> Select[MassQuizPlace]:
    own = MassQuizPlace.__table__.c
    return (
        select(MassQuizPlace)
        .where(MassQuizPlace.quiz_id == quiz_id, MassQuizPlace.kind == kind)
        .where(own.heads + own.participants > 0)
        .order_by(own[by.value].desc(), own.average.desc(), own.organisation_id)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Sums:
    """A quiz in all: people (人) who took part, their tries (人次), heads of its units."""

    people: int
    tries: int
    heads: int
    average: Decimal

    @property
    def percent(self) -> Decimal:
        return (share_of(self.people, self.heads) * 100).quantize(Decimal("0.1"))


def sum_up(session: Session, quiz_id: int) -> Sums:
    """What a quiz has come to so far; its heads are those of its units."""
    own = MassQuizStanding
    people, tries, marks = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(own.tries), 0),
            func.coalesce(func.sum(own.marks), 0),
        ).where(own.quiz_id == quiz_id, own.tries > 0)
    ).one()
    heads = session.scalar(
        select(func.sum(MassQuizPlace.heads)).where(
            MassQuizPlace.quiz_id == quiz_id, MassQuizPlace.kind == UNIT
        )
    )
    average = average_of(Decimal(marks), people)
    return Sums(people=people, tries=int(tries), heads=heads or 0, average=average)


def nodes_of(session: Session, place: OrganisationId) -> set[int]:
    """A node and every node below it."""
    return set(
        session.scalars(
            select(OrganisationReach.descendant_id).where(OrganisationReach.ancestor_id == place)
        )
    )


def page_of_places(
    session: Session, quiz_id: int, kind: str, by: PlaceOrder, number: int
) -> Page[PlaceLine]:
    """One page of the whole board, for those who lead."""
    page = page_of(session, _places(quiz_id, kind, by), number, per_page=PER_PAGE)
    return page.with_rows(_lines(session, quiz_id, kind, by, [row[0] for row in page.rows], None))


def all_places(session: Session, quiz_id: int, kind: str, by: PlaceOrder) -> list[PlaceLine]:
    """The same in full, for an export."""
    rows = session.scalars(_places(quiz_id, kind, by)).all()
    return _lines(session, quiz_id, kind, by, rows, None)


def board_of_places(
    session: Session, quiz_id: int, kind: str, by: PlaceOrder, mine: OrganisationId | None
) -> PlaceBoard:
    """The top of a board, never more than its upper half, and the neighbours of one's own."""
    statement = _places(quiz_id, kind, by)
    count = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery()))
    most = shown_top(Measure.QUIZ, count or 0)
    rows = session.scalars(statement.limit(most)).all()
    top = _lines(session, quiz_id, kind, by, rows, mine)
    around: list[PlaceLine] = []
    if mine is not None and not any(line.is_mine for line in top):
        before = _position(session, quiz_id, kind, by, mine)
        if before is not None:
            start = max(most, before - NEIGHBOURS)
            near = statement.offset(start).limit(before - start + NEIGHBOURS + 1)
            around = _lines(session, quiz_id, kind, by, session.scalars(near).all(), mine)
    return PlaceBoard(count=count or 0, top=tuple(top), around=tuple(around))


def _position(
    session: Session, quiz_id: int, kind: str, by: PlaceOrder, mine: OrganisationId
) -> int | None:
    own = MassQuizPlace.__table__.c
    order = (own[by.value].desc(), own.average.desc(), own.organisation_id)
    numbered = (
        select(own.organisation_id, (func.row_number().over(order_by=order) - 1).label("position"))
        .where(own.quiz_id == quiz_id, own.kind == kind, own.heads + own.participants > 0)
        .subquery()
    )
    return session.scalar(select(numbered.c.position).where(numbered.c.organisation_id == mine))


def _lines(
    session: Session,
    quiz_id: int,
    kind: str,
    by: PlaceOrder,
    rows: Sequence[MassQuizPlace],
    mine: OrganisationId | None,
) -> list[PlaceLine]:
    names = organisation_names(session, [OrganisationId(row.organisation_id) for row in rows])
    ranks = _ranks(session, quiz_id, kind, by, rows)
    return [
        PlaceLine(
            rank=ranks[getattr(row, by.value)],
            organisation_id=OrganisationId(row.organisation_id),
            name=names.get(OrganisationId(row.organisation_id), ""),
            heads=row.heads,
            registered=row.registered,
            participants=row.participants,
            percent=(row.share * 100).quantize(Decimal("0.1")),
            average=row.average,
            total=row.total,
            is_mine=row.organisation_id == mine,
        )
        for row in rows
    ]


def _ranks(
    session: Session, quiz_id: int, kind: str, by: PlaceOrder, rows: Sequence[MassQuizPlace]
) -> dict[Any, int]:
    """The place of each value shown: one more than stand before it."""
    own = MassQuizPlace.__table__.c
    values = sorted({getattr(row, by.value) for row in rows}, reverse=True)
    if not values:
        return {}
    above = session.scalar(
        select(func.count()).where(
            own.quiz_id == quiz_id,
            own.kind == kind,
            own.heads + own.participants > 0,
            own[by.value] > values[0],
        )
    )
    counted = session.execute(
        select(own[by.value], func.count())
        .where(own.quiz_id == quiz_id, own.kind == kind, own.heads + own.participants > 0)
        .where(own[by.value].in_(values))
        .group_by(own[by.value])
    )
    equal: dict[Any, int] = {row[0]: row[1] for row in counted}
    ranks, before = {}, above or 0
    for value in values:
        ranks[value] = before + 1
        before += equal.get(value, 0)
    return ranks
