"""What one person may practise and has practised, as frozen rows.

A merged person is one learner: everything is read over all their identities.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Subquery, case, func, literal, or_, select
from sqlalchemy.orm import Session

from lianbing.banks.models import Question, QuestionBank, QuestionVersion
from lianbing.banks.queries import is_current, is_drillable
from lianbing.banks.sharing.queries import granted_banks
from lianbing.banks.sharing.rules import GrantRight
from lianbing.grading.rules import Verdict
from lianbing.infra.calendar import local_date, today
from lianbing.infra.redis_client import current_settings
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import Forbidden, NotFound
from lianbing.kernel.ids import (
    BankId,
    OrganisationId,
    PersonId,
    QuestionId,
    QuestionVersionId,
    SubjectId,
)
from lianbing.people.authority import reachable_ids
from lianbing.people.organisations.queries import ancestor_ids
from lianbing.people.queries import occupation_of, same_person_ids
from lianbing.practice.models import Drill, Learner, PracticeAnswer
from lianbing.practice.rules import DrillMode, start_of_day
from lianbing.subjects.models import Occupation, Subject
from lianbing.subjects.queries import ScopeRow, scope_tree


@dataclass(frozen=True, kw_only=True, slots=True)
class PracticeBank:
    """A bank a person may practise."""

    id: BankId
    title: str
    subject_id: SubjectId
    outline_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ScopeFigures:
    """A scope with how many of its questions were answered, and right the last time."""

    id: int
    title: str
    level: int
    total: int
    done: int
    right: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenDrill:
    """A drill to go on with; ``position`` of ``length`` is the next question."""

    id: int
    mode: DrillMode
    scope_id: int | None
    position: int
    length: int
    begun_on: date


def learner_of(actor: Actor) -> PersonId:
    """The person who practises; raises Forbidden for the system, which learns nothing."""
    if actor.person_id is None:
        raise Forbidden
    return actor.person_id


def identities_of(session: Session, actor: Actor) -> tuple[PersonId, ...]:
    """All identities of the actor's person, the kept one first."""
    return same_person_ids(session, learner_of(actor))


def list_practice_banks(session: Session, actor: Actor) -> list[PracticeBank]:
    """The banks with questions to drill, kept at or above a node of the actor, by them, or
    shared with such a node for practice.

    Those of the person's own occupation come first.
    """
    nodes = actor.nodes(*Role)
    above = frozenset[OrganisationId]().union(*ancestor_ids(session, nodes).values())
    has_questions = (
        select(Question.id)
        .join(QuestionVersion, is_current())
        .where(Question.bank_id == QuestionBank.id, is_drillable())
        .exists()
    )
    is_open = or_(
        QuestionBank.organisation_id.in_(above),
        QuestionBank.organisation_id.in_(reachable_ids(actor, Role.TRAINER)),
        QuestionBank.id.in_(granted_banks(GrantRight.PRACTISE, above, on=today())),
    )
    own = _is_of(occupation_of(session, learner_of(actor)))
    statement = (
        select(QuestionBank)
        .join(Subject, Subject.id == QuestionBank.subject_id)
        .outerjoin(Occupation, Occupation.id == Subject.occupation_id)
        .where(is_open, has_questions)
        .order_by(own.desc(), QuestionBank.code, QuestionBank.id)
    )
    return [
        PracticeBank(
            id=BankId(bank.id),
            title=bank.title,
            subject_id=SubjectId(bank.subject_id),
            outline_id=bank.outline_id,
        )
        for bank in session.scalars(statement)
    ]


def _is_of(occupation: tuple[str, str] | None) -> ColumnElement[int]:
    """1 for a bank of the occupation, else 0."""
    if occupation is None:
        return literal(0)
    edition, code = occupation
    return case(((Occupation.edition == edition) & (Occupation.code == code), 1), else_=0)


def get_practice_bank(session: Session, actor: Actor, bank_id: BankId) -> PracticeBank:
    """The bank, if the actor may practise it; raises NotFound."""
    for bank in list_practice_banks(session, actor):
        if bank.id == bank_id:
            return bank
    raise NotFound


def choose_among(
    session: Session, actor: Actor, banks: Sequence[PracticeBank]
) -> PracticeBank | None:
    """The bank the person chose last, else the first of the own occupation, else the first."""
    chosen = session.scalar(select(Learner.bank_id).where(Learner.person_id == learner_of(actor)))
    remembered = (bank for bank in banks if bank.id == chosen)
    return next(remembered, banks[0] if banks else None)


def is_drillable_now(session: Session, question_id: int) -> bool:
    """Whether the question may still be practised: in use and not exam-only."""
    statement = (
        select(Question.id)
        .join(QuestionVersion, is_current())
        .where(Question.id == question_id, is_drillable())
    )
    return session.scalar(statement) is not None


def point_of(session: Session, version_id: QuestionVersionId) -> int:
    """The assessment point of a version."""
    return session.scalars(
        select(QuestionVersion.point_id).where(QuestionVersion.id == version_id)
    ).one()


def last_seen_days(session: Session, identities: Collection[PersonId]) -> dict[QuestionId, date]:
    """The local day on which each question was last answered."""
    statement = (
        select(PracticeAnswer.question_id, func.max(PracticeAnswer.answered_at))
        .where(PracticeAnswer.person_id.in_(identities))
        .group_by(PracticeAnswer.question_id)
    )
    return {QuestionId(row[0]): local_date(row[1]) for row in session.execute(statement)}


def count_answered_today(
    session: Session, identities: Collection[PersonId], *, now: datetime
) -> int:
    """How many questions were answered since local midnight."""
    since = start_of_day(now, current_settings().zone)
    statement = (
        select(func.count())
        .select_from(PracticeAnswer)
        .where(
            PracticeAnswer.person_id.in_(identities),
            PracticeAnswer.answered_at >= since,
        )
    )
    return session.scalar(statement) or 0


def list_open_drills(
    session: Session, actor: Actor, bank_id: BankId, *, since: datetime
) -> list[OpenDrill]:
    """Unfinished drills of the bank begun after ``since``, which starting again resumes."""
    statement = select(Drill).where(
        Drill.person_id == learner_of(actor),
        Drill.open_as.is_not(None),
        Drill.created_at > since,
        Drill.bank_id == bank_id,
    )
    return [
        OpenDrill(
            id=drill.id,
            mode=DrillMode(drill.mode),
            scope_id=drill.scope_id,
            position=drill.position,
            length=drill.length,
            begun_on=local_date(drill.created_at),
        )
        for drill in session.scalars(statement)
    ]


def list_scope_figures(session: Session, actor: Actor, bank: PracticeBank) -> list[ScopeFigures]:
    """The bank's scopes in order, inner ones below theirs; scopes without questions left out."""
    counts = point_counts(session, identities_of(session, actor), bank.id)
    found: list[ScopeFigures] = []

    def add(scope: ScopeRow, level: int) -> None:
        own = [counts.get(point.id, (0, 0, 0)) for point in scope.all_points()]
        total, done, right = (sum(column) for column in zip((0, 0, 0), *own, strict=True))
        if not total:
            return
        found.append(
            ScopeFigures(
                id=scope.id, title=scope.title, level=level, total=total, done=done, right=right
            )
        )
        for child in scope.children:
            add(child, level + 1)

    for scope in scope_tree(session, bank.subject_id, outline_id=bank.outline_id):
        add(scope, 0)
    return found


def point_counts(
    session: Session, identities: Collection[PersonId], bank_id: BankId
) -> dict[int, tuple[int, int, int]]:
    """A point's questions to practise: how many, how many answered, how many right last time."""
    latest = _latest_verdicts(identities)
    statement = (
        select(
            QuestionVersion.point_id,
            func.count(Question.id),
            func.count(latest.c.question_id),
            func.count(latest.c.question_id).filter(latest.c.verdict == Verdict.RIGHT.value),
        )
        .select_from(Question)
        .join(QuestionVersion, is_current())
        .outerjoin(latest, latest.c.question_id == Question.id)
        .where(Question.bank_id == bank_id, is_drillable())
        .group_by(QuestionVersion.point_id)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in session.execute(statement)}


def _latest_verdicts(identities: Collection[PersonId]) -> Subquery:
    last = (
        select(func.max(PracticeAnswer.id).label("id"))
        .where(PracticeAnswer.person_id.in_(identities))
        .group_by(PracticeAnswer.question_id)
        .subquery()
    )
    return (
        select(PracticeAnswer.question_id, PracticeAnswer.verdict)
        .join(last, last.c.id == PracticeAnswer.id)
        .subquery()
    )
