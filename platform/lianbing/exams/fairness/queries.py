"""What is granted and told, as frozen rows; and the columns a start reads beside the roster."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Numeric,
    ScalarSelect,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from lianbing.exams.fairness.models import Accommodation, ExamNotice, ExtraTime
from lianbing.exams.models import Attempt, Exam
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.ids import ExamId, PersonId
from lianbing.people.authority import reachable_ids
from lianbing.people.queries import PersonCard, person_cards, persons_matching, persons_within

GRANTERS = (Role.ADMINISTRATOR, Role.ORGANISER)
MOST_FOUND = 20


class NoticeKind(StrEnum):
    """What a notice is about; the words beside it are the invigilator's own."""

    MESSAGE = "message"
    EXTENSION = "extension"
    PAUSE = "pause"
    RESUMPTION = "resumption"


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeRow:
    """A notice as a candidate's page shows it."""

    id: int
    kind: NoticeKind
    minutes: int
    words: str
    said_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class AccommodationRow:
    """An accommodation in the granters' list; the evidence stays sealed."""

    id: int
    card: PersonCard
    multiplier: Decimal
    break_minutes: int
    larger_text: bool
    valid_from: date
    valid_to: date | None
    granted_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class StartGrant:
    """What a start must know of a person's grants."""

    multiplier: Decimal
    break_seconds: int
    larger_text: bool
    extra_seconds: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """Why a candidate's questions may be hidden, and what break time there is."""

    started_at: datetime | None = None
    paused_at: datetime | None = None
    pause_reason: str = ""
    break_ends_at: datetime | None = None
    break_left_seconds: int = 0


def how_held(attempt: Attempt, exam: Exam) -> Held:
    """How a pause and a break stand for an attempt."""
    return Held(
        started_at=attempt.started_at,
        paused_at=exam.paused_at,
        pause_reason=exam.pause_reason,
        break_ends_at=attempt.break_ends_at,
        break_left_seconds=attempt.break_left_seconds,
    )


def grant_columns(
    exam_id: ExamId, person_ids: Collection[PersonId], *, on: date
) -> tuple[ScalarSelect[Any], ...]:
    """One person's grants as columns for the statement that reads the roster; see start_grant."""
    own = (Accommodation.person_id.in_(person_ids), *_in_force(on))
    most = func.coalesce(func.max(Accommodation.multiplier), 1, type_=Numeric(4, 2))
    breaks = func.coalesce(func.max(Accommodation.break_seconds), 0)
    extra = func.coalesce(func.sum(ExtraTime.seconds), 0)
    here = (ExtraTime.exam_id == exam_id, ExtraTime.person_id.in_(person_ids))
    return (
        select(most).where(*own).scalar_subquery(),
        select(breaks).where(*own).scalar_subquery(),
        larger_text_column(person_ids, on),
        select(extra).where(*here).scalar_subquery(),
    )


def start_grant(columns: Sequence[Any]) -> StartGrant:
    """What ``grant_columns`` read; of several accommodations the largest holds."""
    multiplier, break_seconds, larger_text, extra_seconds = columns
    return StartGrant(
        multiplier=Decimal(multiplier),
        break_seconds=int(break_seconds),
        larger_text=bool(larger_text),
        extra_seconds=int(extra_seconds),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """One grant to one identity; ``exam_id`` 0 for an accommodation, which holds in every exam."""

    person_id: int
    exam_id: int
    multiplier: Decimal
    break_seconds: int
    larger_text: bool
    extra_seconds: int


def grants_of_many(
    session: Session, exam_ids: Collection[int], person_ids: Collection[int], *, on: date
) -> Sequence[Grant]:
    """Every grant in force of many identities, in one statement; see ``sum_grants``."""
    nothing = literal(0)
    accommodations = select(
        Accommodation.person_id,
        nothing,
        Accommodation.multiplier,
        Accommodation.break_seconds,
        Accommodation.larger_text,
        nothing,
    ).where(Accommodation.person_id.in_(person_ids), *_in_force(on))
    extra = select(
        ExtraTime.person_id,
        ExtraTime.exam_id,
        literal(Decimal(1), Numeric(4, 2)),
        nothing,
        literal(False),
        ExtraTime.seconds,
    ).where(ExtraTime.exam_id.in_(exam_ids), ExtraTime.person_id.in_(person_ids))
    return [
        Grant(
            person_id=row[0],
            exam_id=row[1],
            multiplier=Decimal(row[2]),
            break_seconds=row[3],
            larger_text=bool(row[4]),
            extra_seconds=row[5],
        )
        for row in session.execute(union_all(accommodations, extra))
    ]


def sum_grants(
    grants: Sequence[Grant], exam_id: ExamId, person_ids: Collection[PersonId]
) -> StartGrant:
    """What a start must know of one person's grants; of several accommodations the largest."""
    own = [one for one in grants if one.person_id in person_ids and one.exam_id in (0, exam_id)]
    return StartGrant(
        multiplier=max((one.multiplier for one in own), default=Decimal(1)),
        break_seconds=max((one.break_seconds for one in own), default=0),
        larger_text=any(one.larger_text for one in own),
        extra_seconds=sum(one.extra_seconds for one in own),
    )


def told_before(
    session: Session, exam_ids: Collection[int], person_ids: Collection[int]
) -> set[tuple[int, int | None]]:
    """(exam, person) of what candidates were told already; person None is everybody."""
    rows = session.execute(
        select(ExamNotice.exam_id, ExamNotice.person_id).where(
            ExamNotice.exam_id.in_(exam_ids),
            or_(
                ExamNotice.person_id.in_(person_ids),
                and_(
                    ExamNotice.person_id.is_(None),
                    ExamNotice.kind == NoticeKind.MESSAGE.value,
                ),
            ),
        )
    )
    return {(row.exam_id, row.person_id) for row in rows}


def larger_text_column(
    person_ids: Collection[PersonId] | BindParameter[Any], on: date | BindParameter[date]
) -> ScalarSelect[bool]:
    """Whether any accommodation in force grants larger text, as a column of a larger statement."""
    own = (Accommodation.person_id.in_(person_ids), *_in_force(on))
    return exists().where(Accommodation.larger_text, *own).select().scalar_subquery()


def needs_larger_text(session: Session, person_ids: Collection[PersonId], *, on: date) -> bool:
    """Whether any accommodation in force grants larger text."""
    return bool(session.scalar(select(larger_text_column(person_ids, on))))


def accommodated_ids(session: Session, *, on: date) -> list[PersonId]:
    """Everybody with an accommodation in force on a day."""
    rows = session.scalars(select(Accommodation.person_id).where(*_in_force(on)).distinct())
    return [PersonId(id_) for id_ in rows]


def list_notices(
    session: Session, exam_id: ExamId, person_id: PersonId, *, started_at: datetime | None = None
) -> tuple[NoticeRow, ...]:
    """What a candidate was told, oldest first; of what was said to all before, only messages."""
    to_all: ColumnElement[bool] = ExamNotice.person_id.is_(None)
    if started_at is not None:
        said_since = ExamNotice.said_at >= started_at
        to_all &= said_since | (ExamNotice.kind == NoticeKind.MESSAGE.value)
    rows = session.scalars(
        select(ExamNotice)
        .where(
            ExamNotice.exam_id == exam_id,
            or_(to_all, ExamNotice.person_id == person_id),
        )
        .order_by(ExamNotice.id)
    )
    return tuple(
        NoticeRow(
            id=row.id,
            kind=NoticeKind(row.kind),
            minutes=row.minutes,
            words=row.words,
            said_at=row.said_at,
        )
        for row in rows
    )


def list_accommodations(
    session: Session, actor: Actor, *, number: int = 1
) -> Page[AccommodationRow]:
    """The accommodations in force or to come of the persons a granter reaches."""
    statement = (
        select(Accommodation)
        .where(
            Accommodation.revoked_at.is_(None),
            Accommodation.person_id.in_(persons_within(reachable_ids(actor, *GRANTERS))),
        )
        .order_by(Accommodation.id.desc())
    )
    page = page_of(session, statement, number)
    found: list[Accommodation] = [row[0] for row in page.rows]
    cards = person_cards(session, [PersonId(row.person_id) for row in found])
    return page.with_rows([_row(row, cards[PersonId(row.person_id)]) for row in found])


def _row(found: Accommodation, card: PersonCard) -> AccommodationRow:
    return AccommodationRow(
        id=found.id,
        card=card,
        multiplier=found.multiplier,
        break_minutes=found.break_seconds // 60,
        larger_text=found.larger_text,
        valid_from=found.valid_from,
        valid_to=found.valid_to,
        granted_at=found.granted_at,
    )


def _in_force(on: date | BindParameter[date]) -> tuple[ColumnElement[bool], ...]:
    return (
        Accommodation.revoked_at.is_(None),
        Accommodation.valid_from <= on,
        or_(Accommodation.valid_to.is_(None), Accommodation.valid_to >= on),
    )


def find_people(session: Session, actor: Actor, text: str) -> tuple[PersonCard, ...]:
    """People in a granter's reach by a part of the name or a whole number; at most twenty."""
    within = persons_within(reachable_ids(actor, *GRANTERS)).subquery()
    matching = persons_matching(text).subquery()
    ids = session.scalars(
        select(within.c.person_id)
        .where(within.c.person_id.in_(select(matching)))
        .distinct()
        .order_by(within.c.person_id)
        .limit(MOST_FOUND)
    )
    cards = person_cards(session, [PersonId(id_) for id_ in ids])
    return tuple({card.id: card for card in cards.values()}.values())
