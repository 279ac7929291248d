"""Questions found in a bank: one page, by any of the filters; the words by plain substring."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from lianbing.banks.finding.models import BulkChangeRow, QuestionTag
from lianbing.banks.finding.rules import BulkKind, FoundState, QuestionFilter, normal_text
from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.queries import is_newest, points_within
from lianbing.banks.review.rules import QuestionState
from lianbing.banks.rules import (
    EASY_BELOW,
    HARD_FROM,
    DifficultyBand,
    QuestionType,
    QuestionUse,
    band_of,
)
from lianbing.infra.paging import PER_PAGE, Page, page_within
from lianbing.kernel.ids import BankId, PersonId, QuestionId, QuestionVersionId
from lianbing.people.queries import person_names
from lianbing.subjects.models import AssessmentPoint


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionLine:
    """One question in a list, in its newest version; no ``stem`` for what the reader has not
    opened by name and purpose."""

    id: QuestionId
    code: str
    stem: str
    type: QuestionType
    use: QuestionUse
    band: DifficultyBand
    point_title: str
    version: int
    version_id: QuestionVersionId
    state: QuestionState
    in_use: bool
    retired: bool
    tags: tuple[str, ...] = ()


def list_questions(
    session: Session,
    bank_id: BankId,
    wanted: QuestionFilter,
    number: int = 1,
    *,
    opened: bool = True,
) -> Page[QuestionLine]:
    """One page of a bank's questions in the order of their codes.

    Unless ``opened``, exam-only questions show no words and no search finds them by words.
    """
    total = session.scalar(_narrowed(select(func.count()), bank_id, wanted, opened=opened)) or 0
    number = page_within(number, total)
    ids = (
        _narrowed(select(Question.id), bank_id, wanted, opened=opened)
        .order_by(Question.code)
        .limit(PER_PAGE)
        .offset((number - 1) * PER_PAGE)
    )
    chosen = list(session.scalars(ids)) if total else []
    statement = (
        select(Question, QuestionVersion, AssessmentPoint.title)
        .join(QuestionVersion, is_newest())
        .join(AssessmentPoint, AssessmentPoint.id == QuestionVersion.point_id)
        .where(Question.id.in_(chosen))
        .order_by(Question.code)
    )
    tags = _tags_of(session, chosen)
    rows = [
        _line(*row, tags=tags.get(row[0].id, ()), opened=opened)
        for row in session.execute(statement)
    ]
    return Page(rows=rows, number=number, total=total)


def found_ids(bank_id: BankId, wanted: QuestionFilter, *, opened: bool) -> Select[int]:
    """The ids of everything a filter finds."""
    return _narrowed(select(Question.id), bank_id, wanted, opened=opened)


def _narrowed(
    statement: Select[int], bank_id: BankId, wanted: QuestionFilter, *, opened: bool
) -> Select[int]:
    of_version = _of_version(wanted)
    if wanted.text:
        words = Question.words.contains(normal_text(wanted.text), autoescape=True)
        if opened:
            statement = statement.where(words)
        else:
            by_code = Question.code.icontains(wanted.text, autoescape=True)
            of_version.append(words & ((QuestionVersion.use != QuestionUse.EXAM) | by_code))
    statement = statement.select_from(Question)
    if of_version:  # without need the join alone would read every version
        statement = statement.join(QuestionVersion, is_newest()).where(*of_version)
    return statement.where(Question.bank_id == bank_id, *_of_question(wanted))


def _of_question(wanted: QuestionFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.state is FoundState.RETIRED:
        conditions.append(Question.retired_at.is_not(None))
    else:
        conditions.append(Question.retired_at.is_(None))
        if wanted.state is not None:
            conditions.append(Question.state == wanted.state.value)
    if wanted.author_id is not None:
        conditions.append(Question.author_id == wanted.author_id)
    if wanted.tag:
        tagged = select(QuestionTag.question_id).where(QuestionTag.tag == wanted.tag)
        conditions.append(Question.id.in_(tagged))
    return conditions


def _of_version(wanted: QuestionFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.type is not None:
        conditions.append(QuestionVersion.type == wanted.type)
    if wanted.use is not None:
        conditions.append(QuestionVersion.use == wanted.use)
    if wanted.band is not None:
        conditions.append(_in_band(wanted.band))
    if wanted.scope_id is not None:
        conditions.append(QuestionVersion.point_id.in_(points_within(wanted.scope_id)))
    if wanted.point_id is not None:
        conditions.append(QuestionVersion.point_id == wanted.point_id)
    if wanted.source_id is not None:
        conditions.append(QuestionVersion.source_id == wanted.source_id)
    if wanted.importance is not None:
        points = select(AssessmentPoint.id).where(
            AssessmentPoint.importance == wanted.importance.value
        )
        conditions.append(QuestionVersion.point_id.in_(points))
    return conditions


def _in_band(band: DifficultyBand) -> ColumnElement[bool]:
    match band:
        case DifficultyBand.EASY:
            return QuestionVersion.difficulty < EASY_BELOW
        case DifficultyBand.MEDIUM:
            return (QuestionVersion.difficulty >= EASY_BELOW) & (
                QuestionVersion.difficulty < HARD_FROM
            )
        case DifficultyBand.HARD:
            return QuestionVersion.difficulty >= HARD_FROM


def _line(
    question: Question,
    version: QuestionVersion,
    point_title: str,
    *,
    tags: tuple[str, ...],
    opened: bool,
) -> QuestionLine:
    use = QuestionUse(version.use)
    return QuestionLine(
        id=QuestionId(question.id),
        code=question.code,
        stem=version.stem if opened or use is not QuestionUse.EXAM else "",
        type=QuestionType(version.type),
        use=use,
        band=band_of(version.difficulty),
        point_title=point_title,
        version=version.number,
        version_id=QuestionVersionId(version.id),
        state=QuestionState(question.state),
        in_use=question.current_number > 0,
        retired=question.retired_at is not None,
        tags=tags,
    )


def _tags_of(session: Session, ids: list[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    statement = select(QuestionTag).where(QuestionTag.question_id.in_(ids))
    for row in session.scalars(statement.order_by(QuestionTag.tag)):
        found[row.question_id] = (*found.get(row.question_id, ()), row.tag)
    return found


def list_tags(session: Session, bank_id: BankId) -> list[str]:
    """The tags used in a bank; at most 200."""
    statement = (
        select(QuestionTag.tag)
        .distinct()
        .join(Question, Question.id == QuestionTag.question_id)
        .where(Question.bank_id == bank_id)
        .order_by(QuestionTag.tag)
        .limit(200)
    )
    return list(session.scalars(statement))


def list_authors(session: Session, bank_id: BankId) -> dict[PersonId, str]:
    """Who wrote the newest version of any question of a bank, by name."""
    statement = (
        select(Question.author_id)
        .distinct()
        .where(Question.bank_id == bank_id, Question.author_id.is_not(None))
    )
    ids = [PersonId(id_) for id_ in session.scalars(statement) if id_ is not None]
    names = person_names(session, ids)
    return dict(sorted(names.items(), key=lambda item: item[1]))


@dataclass(frozen=True, kw_only=True, slots=True)
class LastChange:
    """The newest bulk change of a bank that was not undone."""

    id: int
    kind: BulkKind
    count: int
    by_id: PersonId | None
    at: datetime


def bank_of_change(session: Session, change_id: int) -> BankId:
    """The bank whose questions a bulk change was made to."""
    return BankId(session.get_one(BulkChangeRow, change_id).bank_id)


def find_last_change(session: Session, bank_id: BankId) -> LastChange | None:
    """The change that may be undone, if nothing newer was changed."""
    row = session.scalars(
        select(BulkChangeRow)
        .where(BulkChangeRow.bank_id == bank_id)
        .order_by(BulkChangeRow.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None or row.undone_at is not None:
        return None
    return LastChange(
        id=row.id,
        kind=BulkKind(row.kind),
        count=row.count,
        by_id=PersonId(row.by_id) if row.by_id else None,
        at=row.at,
    )
