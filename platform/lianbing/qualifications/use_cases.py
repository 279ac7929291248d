"""Writing records from a published list, and revoking one."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, Table, and_, select, update
from sqlalchemy.orm import Session

from lianbing.banks.queries import get_bank
from lianbing.contests.queries import find_contest_of_exam
from lianbing.contests.standings import (
    Sittings,
    StandingLine,
    find_sittings,
    standing_by_list,
)
from lianbing.exams.events import ResultListPublished
from lianbing.exams.queries import ExamRow, get_exam
from lianbing.exams.result_lists import ResultListRow, find_result_list
from lianbing.infra import audit
from lianbing.infra.calendar import local_date
from lianbing.infra.upsert import insert_for
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.ids import ExamId, OrganisationId, PersonId, RecordId, SubjectId
from lianbing.papers.queries import get_paper
from lianbing.people.authority import require_reach
from lianbing.people.queries import kept_ids
from lianbing.qualifications.errors import AlreadyRevoked, RecordNotFound, RevocationReasonWanted
from lianbing.qualifications.models import QualificationRecord
from lianbing.qualifications.rules import SUPERSEDED, RecordState, grade_of, record_title
from lianbing.subjects.queries import SubjectRow, get_subject

BATCH = 500
Row = TypeVar("Row")


def write_records(session: Session, event: ResultListPublished) -> None:
    """One record for every passing line of a published list; again changes nothing.

    The newest list of an exam speaks: its records take the place of an older list's, and an
    older list delivered late writes none. In a round with make-up exams a person counts once,
    by the latest sitting, and a record's place is that in the round when it is written.
    """
    exam_id = ExamId(event.exam_id)
    result_list = find_result_list(session, exam_id)
    if result_list is None or result_list.id != event.result_list_id:
        return
    exam = get_exam(session, exam_id)
    sittings = find_sittings(session, exam_id)
    counted = standing_by_list(session, sittings, result_list.id)
    _supersede(session, result_list)
    _supersede_others(session, result_list, sittings, {line.person_id for line in counted})
    contest = find_contest_of_exam(session, exam_id)
    subject = _subject(session, exam, contest.event.subject_id if contest else None)
    title = record_title(contest.title if contest else None, exam.title)
    shared = _shared_values(exam, result_list, subject, title)
    passed = (line for line in counted if line.passed)
    statement = insert_for(session, cast(Table, QualificationRecord.__table__))
    statement = statement.on_conflict_do_nothing(index_elements=["result_list_id", "person_id"])
    for batch in _batches(_values(line, shared) for line in passed):
        session.execute(statement.values(batch))


def revoke_record(
    session: Session, actor: Actor, record_id: RecordId, *, reason: str, now: datetime
) -> None:
    """Revoke a record for a reason; it stays on the passport, marked."""
    record = session.scalars(
        select(QualificationRecord).where(QualificationRecord.id == record_id).with_for_update()
    ).one_or_none()
    if record is None:
        raise RecordNotFound
    issuer = OrganisationId(record.issued_by)
    require_reach(session, actor, Role.ASSESSOR, Role.ADMINISTRATOR, organisation_id=issuer)
    if not reason.strip():
        raise RevocationReasonWanted
    if record.state == RecordState.REVOKED:
        raise AlreadyRevoked
    record.state = RecordState.REVOKED.value
    record.revoked_at = now
    record.revoked_by = actor.person_id
    record.revoked_reason = reason.strip()
    audit.record(
        session,
        actor,
        "qualification.revoke",
        subject=("qualification_record", record_id),
        reason=reason.strip(),
        now=now,
    )


def _supersede(session: Session, result_list: ResultListRow) -> None:
    older = and_(
        QualificationRecord.exam_id == result_list.exam_id,
        QualificationRecord.result_list_id != result_list.id,
        QualificationRecord.state == RecordState.VALID.value,
    )
    _revoke(session, older, result_list)


def _revoke(session: Session, which: ColumnElement[bool], result_list: ResultListRow) -> None:
    session.execute(
        update(QualificationRecord)
        .where(which)
        .values(
            state=RecordState.REVOKED.value,
            revoked_at=result_list.published_at,
            revoked_reason=SUPERSEDED,
        )
    )


def _supersede_others(
    session: Session, result_list: ResultListRow, sittings: Sittings, counted: set[PersonId]
) -> None:
    """Revoke what those who now count by this list hold from other sittings of the round."""
    others = [exam_id for exam_id in sittings.exam_ids if exam_id != result_list.exam_id]
    if not others:
        return
    held = session.execute(
        select(QualificationRecord.id, QualificationRecord.person_id).where(
            QualificationRecord.exam_id.in_(others),
            QualificationRecord.state == RecordState.VALID.value,
        )
    ).all()
    kept = kept_ids(session, {*counted, *(PersonId(person_id) for _, person_id in held)})
    here = {kept[person_id] for person_id in counted}
    stale = [id_ for id_, person_id in held if kept[PersonId(person_id)] in here]
    for batch in _batches(stale):
        _revoke(session, QualificationRecord.id.in_(batch), result_list)


def _subject(session: Session, exam: ExamRow, subject_id: SubjectId | None) -> SubjectRow:
    if subject_id is None:
        bank = get_bank(session, get_paper(session, exam.paper_id).bank_id)
        return get_subject(session, bank.subject_id)
    return get_subject(session, subject_id)


def _shared_values(
    exam: ExamRow, result_list: ResultListRow, subject: SubjectRow, title: str
) -> dict[str, Any]:
    return {
        "result_list_id": result_list.id,
        "exam_id": exam.id,
        "title": title,
        "subject_title": subject.title,
        "grade": grade_of(subject.grades),
        "total_marks": exam.total_marks,
        "passed_on": local_date(exam.closes_at),
        "issued_by": exam.organisation_id,
        "issued_at": result_list.published_at,
        "snapshot_hash": result_list.content_hash,
        "state": RecordState.VALID.value,
        "revoked_at": None,
        "revoked_by": None,
        "revoked_reason": "",
    }


def _values(line: StandingLine, shared: dict[str, Any]) -> dict[str, Any]:
    return {"person_id": line.person_id, "marks": line.marks, "rank": line.rank, **shared}


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        yield batch
