"""How much banks hold, counted over fifty thousand questions while a page is drawn."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.queries import is_current
from lianbing.banks.rules import QuestionType, QuestionUse
from lianbing.kernel.ids import BankId
from lianbing.subjects.models import AssessmentPoint, AssessmentScope


@dataclass(frozen=True, kw_only=True, slots=True)
class BankFigures:
    """Questions of a bank in use, and those of them that exams alone may show."""

    questions: int = 0
    exam_only: int = 0


def figures_of(session: Session, bank_ids: Collection[BankId]) -> dict[BankId, BankFigures]:
    """What each bank holds in use; a bank that holds nothing is left out."""
    statement = (
        select(
            Question.bank_id,
            func.count(),
            func.count().filter(QuestionVersion.use == QuestionUse.EXAM),
        )
        .join(QuestionVersion, is_current())
        .where(Question.bank_id.in_(bank_ids), Question.retired_at.is_(None))
        .group_by(Question.bank_id)
    )
    return {
        BankId(row[0]): BankFigures(questions=row[1], exam_only=row[2])
        for row in session.execute(statement)
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverageRow:
    """What a bank holds in use on a top scope: questions by type, and how many exams may use."""

    scope_id: int
    code: str
    title: str
    weight: Decimal
    by_type: dict[QuestionType, int]
    for_exams: int

    @property
    def total(self) -> int:
        return sum(self.by_type.values())


def list_coverage(session: Session, bank_id: BankId, outline_id: int) -> list[CoverageRow]:
    """Each top scope of the bank's outline with what the bank holds on it, in one pass."""
    scopes = session.scalars(
        select(AssessmentScope)
        .where(AssessmentScope.outline_id == outline_id)
        .order_by(AssessmentScope.position)
    ).all()
    top = {scope.id: scope.parent_id or scope.id for scope in scopes}
    top = {id_: top.get(above, above) for id_, above in top.items()}  # three levels at most
    by_type, for_exams = _counts(session, bank_id, top)
    return [
        CoverageRow(
            scope_id=scope.id,
            code=scope.code,
            title=scope.title,
            weight=scope.weight,
            by_type={kind: by_type[scope.id, kind] for kind in QuestionType},
            for_exams=for_exams[scope.id],
        )
        for scope in scopes
        if scope.parent_id is None and not scope.retired
    ]


def _counts(
    session: Session, bank_id: BankId, top: dict[int, int]
) -> tuple[Counter[tuple[int, QuestionType]], Counter[int]]:
    statement = (
        select(
            QuestionVersion.point_id,
            QuestionVersion.type,
            func.count(),
            func.count().filter(QuestionVersion.use != QuestionUse.PRACTICE),
        )
        .select_from(Question)
        .join(QuestionVersion, is_current())
        .where(Question.bank_id == bank_id, Question.retired_at.is_(None))
        .group_by(QuestionVersion.point_id, QuestionVersion.type)
    )
    rows = session.execute(statement).all()
    of_point = select(AssessmentPoint.id, AssessmentPoint.scope_id).where(
        AssessmentPoint.scope_id.in_(top)
    )
    scope_of = {row[0]: top[row[1]] for row in session.execute(of_point)}
    by_type: Counter[tuple[int, QuestionType]] = Counter()
    for_exams: Counter[int] = Counter()
    for point_id, kind, count, exams in rows:
        if point_id in scope_of:
            by_type[scope_of[point_id], QuestionType(kind)] += count
            for_exams[scope_of[point_id]] += exams
    return by_type, for_exams
