"""The reading list of a reviewer, page by page with contents and keys; their last round."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.queries import contents
from lianbing.banks.review.queries import QueueFilter, queue_statement
from lianbing.banks.rounds.models import ReviewRound
from lianbing.banks.rounds.rules import QUESTIONS_A_PAGE
from lianbing.banks.rules import QuestionContent, QuestionUse
from lianbing.banks.secrecy.models import SecrecyView
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import BankId, PersonId, QuestionId, QuestionVersionId
from lianbing.people.queries import same_person_ids
from lianbing.subjects.models import AssessmentPoint
from lianbing.subjects.rules import SkillGrade


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadingRow:
    """A question as its reviewer reads it; ``in_use`` is the older version used meanwhile, or 0."""

    id: QuestionId
    bank_id: BankId
    code: str
    number: int
    content: QuestionContent
    use: QuestionUse
    grade: SkillGrade | None
    point_title: str
    title: str
    title_en: str
    author_id: PersonId | None
    is_mine: bool
    is_secret: bool
    in_use: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LastRound:
    """What a reviewer saved last and may take back."""

    id: int
    approved: int
    rejected: int
    at: datetime


def page_of_reading(
    session: Session, actor: Actor, bank_id: BankId | None, number: int
) -> Page[ReadingRow]:
    """One page of what waits for the actor or for anybody, the longest wait first."""
    wanted = QueueFilter(whose="mine", bank_id=bank_id)
    statement = queue_statement(session, actor, wanted).order_by(Question.submitted_at, Question.id)
    page = page_of(session, statement, number, per_page=QUESTIONS_A_PAGE)
    versions = [row[1] for row in page.rows]
    found = contents(session, [QuestionVersionId(version.id) for version in versions])
    titles = _point_titles(session, [version.point_id for version in versions])
    secret = ever_secret(session, [version.question_id for version in versions])
    rows = [
        _reading_row(
            question,
            version,
            found[QuestionVersionId(version.id)],
            point_title=titles[version.point_id],
            titles=(title, title_en),
            is_secret=question.id in secret,
        )
        for question, version, title, title_en in page.rows
    ]
    return page.with_rows(rows)


def _reading_row(
    question: Question,
    version: QuestionVersion,
    content: QuestionContent,
    *,
    point_title: str,
    titles: tuple[str, str],
    is_secret: bool,
) -> ReadingRow:
    return ReadingRow(
        id=QuestionId(question.id),
        bank_id=BankId(question.bank_id),
        code=question.code,
        number=version.number,
        content=content,
        use=QuestionUse(version.use),
        grade=SkillGrade(version.grade) if version.grade else None,
        point_title=point_title,
        title=titles[0],
        title_en=titles[1],
        author_id=PersonId(question.author_id) if question.author_id else None,
        is_mine=question.reviewer_id is not None,
        is_secret=is_secret,
        in_use=question.current_number,
    )


def _point_titles(session: Session, ids: list[int]) -> dict[int, str]:
    statement = select(AssessmentPoint.id, AssessmentPoint.title)
    rows = session.execute(statement.where(AssessmentPoint.id.in_(set(ids))))
    return {row[0]: row[1] for row in rows}


def ever_secret(session: Session, question_ids: list[int]) -> set[int]:
    """Those of the questions that are or once were for exams only."""
    statement = select(QuestionVersion.question_id).where(
        QuestionVersion.question_id.in_(question_ids), QuestionVersion.use == QuestionUse.EXAM
    )
    return set(session.scalars(statement))


def has_read(session: Session, actor: Actor, question_id: QuestionId, number: int) -> bool:
    """Whether the record says that an exam-only version was shown to the actor."""
    if actor.person_id is None:
        return False
    shown = exists().where(
        SecrecyView.version_id == QuestionVersion.id,
        QuestionVersion.question_id == question_id,
        QuestionVersion.number == number,
        SecrecyView.person_id.in_(same_person_ids(session, actor.person_id)),
    )
    return bool(session.scalar(select(shown)))


def codes_of(session: Session, question_ids: Collection[QuestionId]) -> dict[QuestionId, str]:
    """The codes of questions."""
    statement = select(Question.id, Question.code).where(Question.id.in_(question_ids))
    return {QuestionId(row[0]): row[1] for row in session.execute(statement)}


def find_last_round(session: Session, actor: Actor) -> LastRound | None:
    """The actor's newest round, unless it was undone."""
    if actor.person_id is None:
        return None
    mine = same_person_ids(session, actor.person_id)
    row = session.scalars(
        select(ReviewRound)
        .where(ReviewRound.by_id.in_(mine))
        .order_by(ReviewRound.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None or row.undone_at is not None:
        return None
    return LastRound(id=row.id, approved=row.approved, rejected=row.rejected, at=row.at)
