"""Tries as their pages show them, in frozen rows, and a try's paper made again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.queries import contents
from lianbing.exams.mass_quiz.errors import QuizNotFound
from lianbing.exams.mass_quiz.models import MassQuizTry
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import PaperId, PersonId, QuestionVersionId
from lianbing.papers.freezing import paper_body, read_body
from lianbing.papers.rules import FormOrder, FrozenPaper, form_order
from lianbing.people.authority import identities_of

PER_PAGE = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class TryRow:
    """A try; ``marks`` None while it is under way."""

    id: int
    quiz_id: int
    person_id: PersonId
    day: date
    try_no: int
    began_at: datetime
    due_at: datetime
    ended_at: datetime | None
    marks: Decimal | None
    seconds: int | None
    is_open: bool
    voided_at: datetime | None
    void_reason: str
    given_back: bool


def own_identities(session: Session, actor: Actor) -> tuple[PersonId, ...]:
    """The actor's merged identities, the kept one first; raises Forbidden for a program."""
    if actor.person_id is None:
        raise Forbidden
    return identities_of(session, actor.person_id)


def participant(session: Session, quiz_id: int, person_id: PersonId) -> tuple[PersonId, ...]:
    """All identities of somebody who has begun a try; raises NotFound for anybody else.

    An organiser has no business with the names and tries of others.
    """
    identities = identities_of(session, person_id)
    begun = select(MassQuizTry.id).where(
        MassQuizTry.quiz_id == quiz_id, MassQuizTry.person_id.in_(identities)
    )
    if session.scalar(begun.limit(1)) is None:
        raise QuizNotFound
    return identities


def page_of_tries(
    session: Session,
    quiz_id: int,
    identities: Collection[PersonId],
    number: int,
    *,
    per_page: int = PER_PAGE,
) -> Page[TryRow]:
    """One page of a person's tries in a quiz, the last first."""
    statement = (
        select(MassQuizTry)
        .where(MassQuizTry.quiz_id == quiz_id, MassQuizTry.person_id.in_(identities))
        .order_by(MassQuizTry.began_at.desc(), MassQuizTry.id.desc())
    )
    page = page_of(session, statement, number, per_page=per_page)
    return page.with_rows([try_row(row[0]) for row in page.rows])


def try_row(one: MassQuizTry) -> TryRow:
    """A try as its pages tell of it."""
    return TryRow(
        id=one.id,
        quiz_id=one.quiz_id,
        person_id=PersonId(one.person_id),
        day=one.day,
        try_no=one.try_no,
        began_at=one.began_at,
        due_at=one.due_at,
        ended_at=one.ended_at,
        marks=one.marks,
        seconds=one.seconds,
        is_open=bool(one.is_open),
        voided_at=one.voided_at,
        void_reason=one.void_reason,
        given_back=one.given_back,
    )


def get_try(session: Session, try_id: int) -> TryRow:
    """Anybody's try, for who has yet to be asked for their reach; raises QuizNotFound."""
    one = session.get(MassQuizTry, try_id)
    if one is None:
        raise QuizNotFound
    return try_row(one)


def own_try(session: Session, actor: Actor, try_id: int) -> MassQuizTry:
    """A try of the actor's; raises QuizNotFound for anyone else's."""
    found = session.scalars(
        select(MassQuizTry).where(
            MassQuizTry.id == try_id,
            MassQuizTry.person_id.in_(own_identities(session, actor)),
        )
    ).one_or_none()
    if found is None:
        raise QuizNotFound
    return found


def paper_of(session: Session, one: MassQuizTry) -> FrozenPaper:
    """The paper of a try, made again letter by letter from its versions and its seed."""
    shown = [QuestionVersionId(version) for version, _marks in one.questions]
    known = contents(session, shown)
    asked = [
        (known[QuestionVersionId(version)], Decimal(marks)) for version, marks in one.questions
    ]
    return read_body(PaperId(0), paper_body("", asked, seed=one.seed))


def order_of(paper: FrozenPaper, one: MassQuizTry) -> FormOrder:
    """The order in which a try shows its paper."""
    return form_order(paper, seed=one.seed, shuffle_questions=True, shuffle_options=True)
