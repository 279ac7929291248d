"""Questions as trainers see them: versions, coverage, sources and points."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lianbing.banks.models import Question, QuestionSource, QuestionVersion
from lianbing.banks.queries import is_newest
from lianbing.banks.review.rules import QuestionState
from lianbing.banks.rules import QuestionContent, QuestionUse
from lianbing.banks.stored_content import content_of, contents_statement
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import BankId, PersonId, QuestionId
from lianbing.subjects.models import AssessmentPoint
from lianbing.subjects.rules import SkillGrade


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionRow:
    """One version with its content, key included; ``author_id`` None when a file brought it."""

    number: int
    content: QuestionContent
    use: QuestionUse
    grade: SkillGrade | None
    point_title: str
    source_code: str
    created_at: datetime
    author_id: PersonId | None


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionRow:
    """A question with every version, the newest first."""

    id: QuestionId
    bank_id: BankId
    code: str
    current_number: int
    newest_number: int
    state: QuestionState
    retired: bool
    versions: tuple[VersionRow, ...]

    @property
    def is_secret(self) -> bool:
        """Whether any version is or was for exams only."""
        return any(version.use is QuestionUse.EXAM for version in self.versions)

    def version(self, number: int | None = None) -> VersionRow:
        """One version, the newest by default; raises NotFound."""
        wanted = self.newest_number if number is None else number
        for version in self.versions:
            if version.number == wanted:
                return version
        raise NotFound


def get_question(session: Session, question_id: QuestionId) -> QuestionRow:
    """The question; raises NotFound."""
    question = session.get(Question, question_id)
    if question is None:
        raise NotFound
    statement = (
        contents_statement()
        .add_columns(AssessmentPoint.title)
        .where(QuestionVersion.question_id == question_id)
        .order_by(QuestionVersion.number.desc())
    )
    return QuestionRow(
        id=question_id,
        bank_id=BankId(question.bank_id),
        code=question.code,
        current_number=question.current_number,
        newest_number=question.newest_number,
        state=QuestionState(question.state),
        retired=question.retired_at is not None,
        versions=tuple(_version_row(*row) for row in session.execute(statement)),
    )


def _version_row(
    version: QuestionVersion,
    point_code: str,
    scope_code: str,
    source: QuestionSource | None,
    point_title: str,
) -> VersionRow:
    return VersionRow(
        number=version.number,
        content=content_of(version, point_code, scope_code, source),
        use=QuestionUse(version.use),
        grade=SkillGrade(version.grade) if version.grade else None,
        point_title=point_title,
        source_code=source.code if source is not None else "",
        created_at=version.created_at,
        author_id=PersonId(version.created_by) if version.created_by else None,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceRow:
    """A source in its newest edition."""

    id: int
    code: str
    title: str
    edition: str
    content_hash: str


def list_sources(session: Session, bank_id: BankId) -> list[SourceRow]:
    """The newest edition of each of a bank's sources, by title."""
    newest = select(func.max(QuestionSource.id)).where(QuestionSource.bank_id == bank_id)
    statement = select(QuestionSource).where(
        QuestionSource.id.in_(newest.group_by(QuestionSource.code))
    )
    rows = [
        SourceRow(
            id=source.id,
            code=source.code,
            title=source.title,
            edition=source.edition,
            content_hash=source.content_hash,
        )
        for source in session.scalars(statement)
    ]
    return sorted(rows, key=lambda row: (row.title, row.code))


def other_stems(
    session: Session, bank_id: BankId, *, besides: Collection[int] = ()
) -> dict[str, str]:
    """Code to stem of the bank's questions, drafts too, but for those besides."""
    statement = (
        select(Question.code, QuestionVersion.stem)
        .join(QuestionVersion, is_newest())
        .where(
            Question.bank_id == bank_id,
            Question.retired_at.is_(None),
            Question.id.not_in(besides),
        )
    )
    return {row[0]: row[1] for row in session.execute(statement)}
