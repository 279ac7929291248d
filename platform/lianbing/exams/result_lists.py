"""Reading published result lists and a candidate's own result."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.exams.errors import ResultListNotFound
from lianbing.exams.models import ResultList, ResultRow
from lianbing.kernel.ids import ExamId, PersonId, ResultListId


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultRowView:
    """A line of a published list."""

    person_id: PersonId
    rank: int
    marks: Decimal
    passed: bool
    seconds_used: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultListRow:
    """A published list: what was signed, and its lines in order of rank."""

    id: ResultListId
    exam_id: ExamId
    version: int
    published_at: datetime
    published_by: PersonId | None
    content: str
    content_hash: str
    signature: bytes
    rows: tuple[ResultRowView, ...]


def get_result_list(session: Session, result_list_id: ResultListId) -> ResultListRow:
    """A published list; raises ResultListNotFound."""
    found = session.get(ResultList, result_list_id)
    if found is None:
        raise ResultListNotFound
    return _row(session, found)


def find_result_list(session: Session, exam_id: ExamId) -> ResultListRow | None:
    """The newest published list of an exam; None before publication."""
    found = session.scalars(
        select(ResultList)
        .where(ResultList.exam_id == exam_id)
        .order_by(ResultList.version.desc())
        .limit(1)
    ).first()
    return None if found is None else _row(session, found)


def newest_lists(session: Session, exam_ids: Collection[ExamId]) -> dict[ExamId, ResultListId]:
    """The newest published list of each of the exams that has one."""
    rows = session.execute(
        select(ResultList.exam_id, ResultList.id)
        .where(ResultList.exam_id.in_(exam_ids))
        .order_by(ResultList.version)
    )
    return {ExamId(exam_id): ResultListId(id_) for exam_id, id_ in rows}


def _row(session: Session, found: ResultList) -> ResultListRow:
    lines = session.scalars(
        select(ResultRow)
        .where(ResultRow.result_list_id == found.id)
        .order_by(ResultRow.rank, ResultRow.id)
    )
    return ResultListRow(
        id=ResultListId(found.id),
        exam_id=ExamId(found.exam_id),
        version=found.version,
        published_at=found.published_at,
        published_by=None if found.published_by is None else PersonId(found.published_by),
        content=found.content,
        content_hash=found.content_hash,
        signature=found.signature,
        rows=tuple(
            ResultRowView(
                person_id=PersonId(line.person_id),
                rank=line.rank,
                marks=line.marks,
                passed=line.passed,
                seconds_used=line.seconds_used,
            )
            for line in lines
        ),
    )
