"""Pairs, parameters and uses of a bank's questions, as frozen rows."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Case, case, func, select
from sqlalchemy.orm import Session, aliased

from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.queries import is_current
from lianbing.banks.rules import QuestionUse
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.ids import BankId, PaperId, QuestionVersionId
from lianbing.papers.models import Paper, PaperQuestionRow, SealedPaper
from lianbing.papers.pool.errors import UnknownCodes
from lianbing.papers.pool.models import EnemyPair, ItemParameterRow
from lianbing.papers.vault import take_out

IDS_A_QUERY = 500
CODES_TOLD = 10
CODES_SEPARATOR = ", "


@dataclass(frozen=True, kw_only=True, slots=True)
class PairRow:
    """A pair that never meets, by codes and stems."""

    id: int
    low_code: str
    low_stem: str
    high_code: str
    high_stem: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ParameterRow:
    """A question's parameters in its version in use."""

    code: str
    a: Decimal
    b: Decimal
    c: Decimal


def page_of_pairs(session: Session, bank_id: BankId, number: int) -> Page[PairRow]:
    """One page of a bank's pairs, newest first."""
    low, high = aliased(Question), aliased(Question)
    low_version, high_version = aliased(QuestionVersion), aliased(QuestionVersion)
    statement = (
        select(EnemyPair, low.code, _open_stem(low_version), high.code, _open_stem(high_version))
        .join(low, low.id == EnemyPair.low_question_id)
        .join(high, high.id == EnemyPair.high_question_id)
        .join(
            low_version,
            (low_version.question_id == low.id) & (low_version.number == low.current_number),
        )
        .join(
            high_version,
            (high_version.question_id == high.id) & (high_version.number == high.current_number),
        )
        .where(EnemyPair.bank_id == bank_id)
        .order_by(EnemyPair.id.desc())
    )
    page = page_of(session, statement, number)
    rows = [
        PairRow(
            id=pair.id,
            low_code=low_code,
            low_stem=low_stem,
            high_code=high_code,
            high_stem=high_stem,
            reason=pair.reason,
        )
        for pair, low_code, low_stem, high_code, high_stem in page.rows
    ]
    return Page(rows=rows, number=page.number, total=page.total, per_page=page.per_page)


def _open_stem(version: type[QuestionVersion]) -> Case[str]:
    """The stem, but nothing of what is opened by name and purpose alone."""
    return case((version.use == QuestionUse.EXAM, ""), else_=version.stem)


def list_enemies(session: Session, bank_id: BankId) -> tuple[tuple[int, int], ...]:
    """Every pair of a bank, the lower number first."""
    statement = (
        select(EnemyPair.low_question_id, EnemyPair.high_question_id)
        .where(EnemyPair.bank_id == bank_id)
        .order_by(EnemyPair.low_question_id, EnemyPair.high_question_id)
    )
    return tuple((row[0], row[1]) for row in session.execute(statement))


def parameters_by_version(
    session: Session, bank_id: BankId
) -> dict[QuestionVersionId, tuple[Decimal, Decimal, Decimal]]:
    """The parameters a, b, c of the bank's versions that have some."""
    statement = (
        select(
            ItemParameterRow.question_version_id,
            ItemParameterRow.a,
            ItemParameterRow.b,
            ItemParameterRow.c,
        )
        .join(QuestionVersion, QuestionVersion.id == ItemParameterRow.question_version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(Question.bank_id == bank_id)
    )
    return {
        QuestionVersionId(row[0]): (row[1], row[2], row[3]) for row in session.execute(statement)
    }


def count_parameters(session: Session, bank_id: BankId) -> int:
    """How many questions have parameters in their version in use."""
    statement = (
        select(func.count())
        .select_from(Question)
        .join(QuestionVersion, is_current())
        .join(ItemParameterRow, ItemParameterRow.question_version_id == QuestionVersion.id)
        .where(Question.bank_id == bank_id, Question.retired_at.is_(None))
    )
    return session.scalar(statement) or 0


def count_uses(session: Session, bank_id: BankId) -> dict[int, int]:
    """In how many frozen papers each question stands, by the question's number.

    Released papers are listed; the others are opened in memory and nothing of them is kept: the
    counts go into an assembly, never onto a page.
    """
    statement = (
        select(QuestionVersion.question_id, func.count())
        .join(PaperQuestionRow, PaperQuestionRow.question_version_id == QuestionVersion.id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(Question.bank_id == bank_id)
        .group_by(QuestionVersion.question_id)
    )
    uses = Counter({row[0]: row[1] for row in session.execute(statement)})
    unlisted = session.scalars(
        select(Paper.id)
        .join(SealedPaper, SealedPaper.paper_id == Paper.id)
        .where(Paper.bank_id == bank_id, SealedPaper.listed.is_(False))
        .order_by(Paper.id)
    ).all()
    versions: Counter[int] = Counter()
    for paper_id in unlisted:
        questions = take_out(session, PaperId(paper_id)).paper.questions
        versions.update(question.content.version_id for question in questions)
    for version_id, question_id in _questions_of(session, list(versions)).items():
        uses[question_id] += versions[version_id]
    return dict(uses)


def _questions_of(session: Session, version_ids: list[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for start in range(0, len(version_ids), IDS_A_QUERY):
        statement = select(QuestionVersion.id, QuestionVersion.question_id).where(
            QuestionVersion.id.in_(version_ids[start : start + IDS_A_QUERY])
        )
        found |= {row[0]: row[1] for row in session.execute(statement)}
    return found


def questions_by_code(
    session: Session, bank_id: BankId, codes: Collection[str]
) -> dict[str, tuple[int, int]]:
    """Code to (question, version in use); raises UnknownCodes, naming at most ten."""
    wanted = sorted(set(codes))
    found: dict[str, tuple[int, int]] = {}
    for start in range(0, len(wanted), IDS_A_QUERY):
        statement = (
            select(Question.code, Question.id, QuestionVersion.id)
            .join(QuestionVersion, is_current())
            .where(
                Question.bank_id == bank_id,
                Question.retired_at.is_(None),
                Question.code.in_(wanted[start : start + IDS_A_QUERY]),
            )
        )
        found |= {row[0]: (row[1], row[2]) for row in session.execute(statement)}
    missing = [code for code in wanted if code not in found]
    if missing:
        raise UnknownCodes(codes=CODES_SEPARATOR.join(missing[:CODES_TOLD]))
    return found


def codes_of(session: Session, question_ids: Collection[int]) -> dict[int, str]:
    """The codes of questions."""
    wanted = sorted(set(question_ids))
    found: dict[int, str] = {}
    for start in range(0, len(wanted), IDS_A_QUERY):
        statement = select(Question.id, Question.code).where(
            Question.id.in_(wanted[start : start + IDS_A_QUERY])
        )
        found |= {row[0]: row[1] for row in session.execute(statement)}
    return found
