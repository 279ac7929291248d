"""Reviews as frozen rows: the queue, a question's own lines, who may be named reviewer."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from lianbing.banks.models import Question, QuestionBank, QuestionVersion
from lianbing.banks.queries import is_newest
from lianbing.banks.review.models import ReviewEntry
from lianbing.banks.review.rules import EntryKind, QuestionState
from lianbing.banks.rules import QuestionType, QuestionUse
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import BankId, OrganisationId, PersonId, QuestionId
from lianbing.people.authority import reachable_ids
from lianbing.people.models import OrganisationReach, Person, RoleHolding
from lianbing.people.queries import same_person_ids

SHOWN = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueRow:
    """A question that waits for its reviewer; ``stem`` empty when exams alone may show it."""

    id: QuestionId
    code: str
    stem: str
    type: QuestionType
    title: str
    title_en: str
    author_id: PersonId | None
    reviewer_id: PersonId | None
    submitted_at: datetime | None
    is_new: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueFilter:
    """``whose``: ``mine`` (also what nobody has taken), ``all``, or ``sent_back`` (what the
    reader wrote and a reviewer sent back, until it is edited or sent again)."""

    whose: str = "mine"
    bank_id: BankId | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryRow:
    """One line of a question's review."""

    kind: EntryKind
    number: int
    by_id: PersonId
    other_id: PersonId | None
    text: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewRow:
    """Where a question's review stands, the newest line first."""

    question_id: QuestionId
    number: int
    state: QuestionState
    author_id: PersonId | None
    reviewer_id: PersonId | None
    is_own: bool
    is_reviewer: bool
    entries: tuple[EntryRow, ...]


def page_of_queue(
    session: Session, actor: Actor, wanted: QueueFilter, number: int = 1
) -> Page[QueueRow]:
    """One page of what waits in the banks an actor keeps, the longest wait first."""
    statement = queue_statement(session, actor, wanted).order_by(Question.submitted_at, Question.id)
    page = page_of(session, statement, number)
    rows = [_queue_row(*row) for row in page.rows]
    return page.with_rows(rows)


def count_mine(session: Session, actor: Actor) -> int:
    """How many questions wait for the actor by name."""
    if actor.person_id is None:
        return 0
    mine = same_person_ids(session, actor.person_id)
    statement = select(func.count()).where(
        Question.state == QuestionState.IN_REVIEW,
        Question.retired_at.is_(None),
        Question.reviewer_id.in_(mine),
    )
    return session.scalar(statement) or 0


def count_sent_back(session: Session, actor: Actor) -> int:
    """How many questions of the actor a reviewer sent back and nobody has changed since."""
    if actor.person_id is None:
        return 0
    statement = select(func.count()).select_from(Question).where(*_sent_back(session, actor))
    return session.scalar(statement) or 0


def _sent_back(session: Session, actor: Actor) -> tuple[ColumnElement[bool], ...]:
    rejected = exists().where(
        ReviewEntry.question_id == Question.id,
        ReviewEntry.number == Question.newest_number,
        ReviewEntry.kind == EntryKind.REJECTED.value,
    )
    mine = same_person_ids(session, actor.person_id) if actor.person_id is not None else ()
    return (
        Question.state == QuestionState.DRAFT,
        Question.retired_at.is_(None),
        Question.author_id.in_(mine),
        rejected,
    )


def queue_statement(
    session: Session, actor: Actor, wanted: QueueFilter
) -> Select[Question, QuestionVersion, str, str]:
    """What waits in the banks an actor keeps, with newest versions and the banks' titles."""
    statement = (
        select(Question, QuestionVersion, QuestionBank.title, QuestionBank.title_en)
        .join(QuestionVersion, is_newest())
        .join(QuestionBank, QuestionBank.id == Question.bank_id)
        .where(QuestionBank.organisation_id.in_(reachable_ids(actor, Role.TRAINER)))
    )
    if wanted.bank_id is not None:
        statement = statement.where(Question.bank_id == wanted.bank_id)
    if wanted.whose == "sent_back":
        return statement.where(*_sent_back(session, actor))
    statement = statement.where(
        Question.state == QuestionState.IN_REVIEW, Question.retired_at.is_(None)
    )
    if wanted.whose == "mine" and actor.person_id is not None:
        mine = same_person_ids(session, actor.person_id)
        free = Question.reviewer_id.is_(None) & or_(
            Question.author_id.is_(None), Question.author_id.not_in(mine)
        )
        statement = statement.where(Question.reviewer_id.in_(mine) | free)
    return statement


def _queue_row(question: Question, version: QuestionVersion, title: str, title_en: str) -> QueueRow:
    is_secret = version.use == QuestionUse.EXAM
    return QueueRow(
        id=QuestionId(question.id),
        code=question.code,
        stem="" if is_secret else version.stem,
        type=QuestionType(version.type),
        title=title,
        title_en=title_en,
        author_id=_person(question.author_id),
        reviewer_id=_person(question.reviewer_id),
        submitted_at=question.submitted_at,
        is_new=question.current_number == 0,
    )


def get_review(session: Session, actor: Actor, question_id: QuestionId) -> ReviewRow:
    """Where a question's review stands for an actor; raises NotFound."""
    question = session.get(Question, question_id)
    if question is None:
        raise NotFound
    mine = same_person_ids(session, actor.person_id) if actor.person_id is not None else ()
    entries = session.scalars(
        select(ReviewEntry)
        .where(ReviewEntry.question_id == question_id)
        .order_by(ReviewEntry.id.desc())
        .limit(SHOWN)
    )
    return ReviewRow(
        question_id=question_id,
        number=question.newest_number,
        state=QuestionState(question.state),
        author_id=_person(question.author_id),
        reviewer_id=_person(question.reviewer_id),
        is_own=question.author_id in mine,
        is_reviewer=question.reviewer_id in mine,
        entries=tuple(_entry(row) for row in entries),
    )


def _entry(row: ReviewEntry) -> EntryRow:
    return EntryRow(
        kind=EntryKind(row.kind),
        number=row.number,
        by_id=PersonId(row.by_id),
        other_id=_person(row.other_id),
        text=row.text,
        at=row.at,
    )


def _person(person_id: int | None) -> PersonId | None:
    return None if person_id is None else PersonId(person_id)


def list_reviewers(
    session: Session, organisation_id: OrganisationId, *, on: date
) -> dict[PersonId, str]:
    """The trainers whose role reaches an organisation on a day, by name; at most 200."""
    kept = func.coalesce(Person.kept_id, Person.id)
    statement = (
        select(kept, func.min(Person.name))
        .join(RoleHolding, RoleHolding.person_id == Person.id)
        .join(OrganisationReach, OrganisationReach.ancestor_id == RoleHolding.organisation_id)
        .where(
            OrganisationReach.descendant_id == organisation_id,
            RoleHolding.role == Role.TRAINER.value,
            RoleHolding.valid_from <= on,
            or_(RoleHolding.valid_to.is_(None), RoleHolding.valid_to > on),
        )
        .group_by(kept)
        .order_by(func.min(Person.name), kept)
        .limit(200)
    )
    return {PersonId(row[0]): row[1] for row in session.execute(statement)}
