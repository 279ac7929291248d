"""Banks and their questions in use, as frozen rows; what drills and papers may draw from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from lianbing.banks.models import Question, QuestionBank, QuestionVersion
from lianbing.banks.rules import QuestionContent, QuestionType, QuestionUse
from lianbing.banks.sharing.queries import banks_shared_with
from lianbing.banks.sharing.rules import GrantRight
from lianbing.banks.stored_content import content_of, contents_statement
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import (
    BankId,
    OrganisationId,
    QuestionId,
    QuestionVersionId,
    SubjectId,
)
from lianbing.people.authority import reachable_ids
from lianbing.subjects.models import AssessmentPoint, AssessmentScope, Subject

IDS_A_QUERY = 500
"""SQLite and PostgreSQL both bound the parameters of one statement."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BankSubject:
    """What a bank is about; ``title_en`` may be empty."""

    title: str
    title_en: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BankRow:
    """A bank; how much it holds is counted by ``figures``, where a page shows it."""

    id: BankId
    organisation_id: OrganisationId
    subject_id: SubjectId
    outline_id: int
    code: str
    title: str
    title_en: str
    subject: BankSubject
    changed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class DrillItem:
    """A question that may be drilled; never exam-only."""

    question_id: QuestionId
    version_id: QuestionVersionId
    code: str
    point_id: int
    type: QuestionType
    difficulty: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawItem:
    """A question that may stand in a paper; ``scope_codes`` from the top scope to the leaf."""

    question_id: QuestionId
    version_id: QuestionVersionId
    type: QuestionType
    scope_codes: tuple[str, ...]
    point_id: int
    difficulty: Decimal
    use: QuestionUse = QuestionUse.BOTH

    @property
    def may_be_practised(self) -> bool:
        """Whether drills show it too, so that candidates may have seen it."""
        return self.use is not QuestionUse.EXAM

    @property
    def scope_code(self) -> str:
        """The top scope's code."""
        return self.scope_codes[0]


def is_current() -> ColumnElement[bool]:
    """Joins a question to its version in use: the last that a reviewer approved."""
    return and_(
        QuestionVersion.question_id == Question.id,
        QuestionVersion.number == Question.current_number,
    )


def is_newest() -> ColumnElement[bool]:
    """Joins a question to its newest version, approved or not: for those who keep the bank."""
    return and_(
        QuestionVersion.question_id == Question.id,
        QuestionVersion.number == Question.newest_number,
    )


def is_drillable() -> ColumnElement[bool]:
    """That a question in its version in use may be drilled: not retired, not exam-only."""
    return and_(Question.retired_at.is_(None), QuestionVersion.use != QuestionUse.EXAM)


def is_examinable() -> ColumnElement[bool]:
    """That a question in its version in use may stand in a paper: the one place that says so."""
    return and_(Question.retired_at.is_(None), QuestionVersion.use != QuestionUse.PRACTICE)


def _banks() -> Select[QuestionBank, str, str]:
    return (
        select(QuestionBank, Subject.title, Subject.title_en)
        .join(Subject, Subject.id == QuestionBank.subject_id)
        .order_by(QuestionBank.code, QuestionBank.id)
    )


def _bank_row(bank: QuestionBank, subject: str, subject_en: str) -> BankRow:
    return BankRow(
        id=BankId(bank.id),
        organisation_id=OrganisationId(bank.organisation_id),
        subject_id=SubjectId(bank.subject_id),
        outline_id=bank.outline_id,
        code=bank.code,
        title=bank.title,
        title_en=bank.title_en,
        subject=BankSubject(title=subject, title_en=subject_en),
        changed_at=bank.changed_at,
    )


def list_banks(session: Session, actor: Actor | None) -> list[BankRow]:
    """The banks an actor keeps as a trainer; all of them for None. Titles are no secret."""
    statement = _banks()
    if actor is not None:
        statement = statement.where(
            QuestionBank.organisation_id.in_(reachable_ids(actor, Role.TRAINER))
        )
    return [_bank_row(*row) for row in session.execute(statement)]


def page_of_banks(session: Session, actor: Actor, number: int, *, on: date) -> Page[BankRow]:
    """One page of the banks an actor keeps as a trainer, and of those shared with them."""
    kept = QuestionBank.organisation_id.in_(reachable_ids(actor, Role.TRAINER))
    shared = [
        QuestionBank.id.in_(banks_shared_with(actor, right, on=on))
        for right in (GrantRight.READ, GrantRight.DRAW)
    ]
    statement = _banks().where(or_(kept, *shared))
    page = page_of(session, statement, number)
    rows = [_bank_row(*row) for row in page.rows]
    return page.with_rows(rows)


def get_bank(session: Session, bank_id: BankId) -> BankRow:
    """The bank; raises NotFound."""
    row = session.execute(_banks().where(QuestionBank.id == bank_id)).one_or_none()
    if row is None:
        raise NotFound
    return _bank_row(*row)


def find_bank(session: Session, *, organisation_id: OrganisationId, code: str) -> BankRow | None:
    """The bank an organisation keeps under a code."""
    statement = _banks().where(
        QuestionBank.organisation_id == organisation_id, QuestionBank.code == code
    )
    row = session.execute(statement).one_or_none()
    return _bank_row(*row) if row is not None else None


def count_questions(session: Session, bank_id: BankId) -> int:
    """How many questions a bank holds that are not retired, drafts too."""
    statement = select(func.count()).where(
        Question.bank_id == bank_id, Question.retired_at.is_(None)
    )
    return session.scalar(statement) or 0


def scope_paths(session: Session, outline_id: int) -> dict[int, tuple[AssessmentScope, ...]]:
    """Each scope of an outline with the scopes above it, the top one first."""
    scopes = {
        scope.id: scope
        for scope in session.scalars(
            select(AssessmentScope).where(AssessmentScope.outline_id == outline_id)
        )
    }
    paths: dict[int, tuple[AssessmentScope, ...]] = {}
    for scope in scopes.values():
        path = [scope]
        while path[0].parent_id is not None:
            path.insert(0, scopes[path[0].parent_id])
        paths[scope.id] = tuple(path)
    return paths


def contents(
    session: Session, version_ids: Iterable[QuestionVersionId]
) -> dict[QuestionVersionId, QuestionContent]:
    """The versions' contents, keys included; ids that do not exist are left out."""
    wanted = sorted(set(version_ids))
    found: dict[QuestionVersionId, QuestionContent] = {}
    for start in range(0, len(wanted), IDS_A_QUERY):
        statement = contents_statement().where(
            QuestionVersion.id.in_(wanted[start : start + IDS_A_QUERY])
        )
        for row in session.execute(statement):
            content = content_of(*row)
            found[content.version_id] = content
    return found


def drillable(
    session: Session,
    bank_id: BankId,
    *,
    scope_id: int | None = None,
    point_id: int | None = None,
) -> list[DrillItem]:
    """Questions in use for practice or both, of a scope with all below it, or of a point."""
    statement = (
        select(
            Question.id,
            QuestionVersion.id,
            QuestionVersion.point_id,
            QuestionVersion.type,
            QuestionVersion.difficulty,
            Question.code,
        )
        .join(QuestionVersion, is_current())
        .where(Question.bank_id == bank_id, is_drillable())
        .order_by(Question.code)
    )
    if point_id is not None:
        statement = statement.where(QuestionVersion.point_id == point_id)
    if scope_id is not None:
        statement = statement.where(QuestionVersion.point_id.in_(points_within(scope_id)))
    return [
        DrillItem(
            question_id=QuestionId(row[0]),
            version_id=QuestionVersionId(row[1]),
            point_id=row[2],
            type=QuestionType(row[3]),
            difficulty=row[4],
            code=row[5],
        )
        for row in session.execute(statement)
    ]


def points_within(scope_id: int) -> Select[int]:
    """The ids of the points of a scope and of all scopes below it (three levels at most)."""
    children = select(AssessmentScope.id).where(AssessmentScope.parent_id == scope_id)
    grandchildren = select(AssessmentScope.id).where(AssessmentScope.parent_id.in_(children))
    return select(AssessmentPoint.id).where(
        (AssessmentPoint.scope_id == scope_id)
        | AssessmentPoint.scope_id.in_(children)
        | AssessmentPoint.scope_id.in_(grandchildren)
    )


def examinable(session: Session, bank_id: BankId) -> list[DrawItem]:
    """Questions in use for exams or both, in the order of their codes."""
    bank = get_bank(session, bank_id)
    paths = scope_paths(session, bank.outline_id)
    statement = (
        select(
            Question.id,
            QuestionVersion.id,
            QuestionVersion.type,
            AssessmentPoint.scope_id,
            AssessmentPoint.id,
            QuestionVersion.difficulty,
            QuestionVersion.use,
        )
        .join(QuestionVersion, is_current())
        .join(AssessmentPoint, AssessmentPoint.id == QuestionVersion.point_id)
        .where(Question.bank_id == bank_id, is_examinable())
        .order_by(Question.code)
    )
    return [
        DrawItem(
            question_id=QuestionId(row[0]),
            version_id=QuestionVersionId(row[1]),
            type=QuestionType(row[2]),
            scope_codes=tuple(scope.code for scope in paths[row[3]]),
            point_id=row[4],
            difficulty=row[5],
            use=QuestionUse(row[6]),
        )
        for row in session.execute(statement)
    ]
