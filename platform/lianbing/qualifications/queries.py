"""Passports and record lists as frozen rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from lianbing.exams.result_lists import get_result_list
from lianbing.infra.calendar import local_date
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.ids import ExamId, OrganisationId, PersonId, RecordId, ResultListId
from lianbing.people.authority import reachable_ids, reaches
from lianbing.people.queries import (
    homes_of,
    organisation_names,
    person_facts,
    person_names,
    same_person_ids,
)
from lianbing.qualifications.errors import RecordNotFound
from lianbing.qualifications.models import QualificationRecord
from lianbing.qualifications.rules import RecordState
from lianbing.subjects.queries import find_occupation

KEEPERS = (Role.ASSESSOR, Role.ADMINISTRATOR)
PER_PAGE = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordRow:
    """A record as pages show it."""

    id: RecordId
    person_id: PersonId
    result_list_id: ResultListId
    exam_id: ExamId
    title: str
    subject_title: str
    grade: str | None
    marks: Decimal
    total_marks: Decimal
    rank: int
    passed_on: date
    issuer_id: OrganisationId
    issuer: str
    issued_at: datetime
    snapshot_hash: str
    state: RecordState
    revoked_at: datetime | None
    revoked_reason: str

    @property
    def is_valid(self) -> bool:
        return self.state is RecordState.VALID


@dataclass(frozen=True, kw_only=True, slots=True)
class Holder:
    """Whose passport it is: only what is on file."""

    person_id: PersonId
    name: str
    unit_name: str
    team_name: str
    occupation: str
    grade: str | None
    grade_since: date | None


def holder_of(session: Session, person_id: PersonId, *, now: datetime) -> Holder:
    """The first page of a passport; raises NotFound."""
    facts = person_facts(session, person_id, on=local_date(now))
    home = homes_of(session, [person_id]).get(person_id)
    occupation = find_occupation(session, *facts.occupation) if facts.occupation else None
    return Holder(
        person_id=facts.person_id,
        name=person_names(session, [person_id])[person_id],
        unit_name=home.unit_name if home else "",
        team_name=home.team_name if home else "",
        occupation=occupation.title if occupation else "",
        grade=facts.grade,
        grade_since=facts.grade_since,
    )


def list_own_records(session: Session, person_id: PersonId, *, number: int = 1) -> Page[RecordRow]:
    """The records of a person under all merged identities, the latest first."""
    statement = _records().where(
        QualificationRecord.person_id.in_(same_person_ids(session, person_id))
    )
    return _page(session, statement, number)


def list_kept_records(session: Session, actor: Actor, *, number: int = 1) -> Page[RecordRow]:
    """The records an assessor or administrator may revoke, the latest first."""
    statement = _records().where(QualificationRecord.issued_by.in_(reachable_ids(actor, *KEEPERS)))
    return _page(session, statement, number)


def get_record(session: Session, actor: Actor, record_id: RecordId) -> RecordRow:
    """A record of the actor's own, or one within reach; raises RecordNotFound otherwise."""
    found = session.execute(_records().where(QualificationRecord.id == record_id)).one_or_none()
    if found is None:
        raise RecordNotFound
    row = _rows(session, [found])[0]
    own = actor.person_id is not None and row.person_id in same_person_ids(session, actor.person_id)
    if not own and not reaches(session, actor, *KEEPERS, organisation_id=row.issuer_id):
        raise RecordNotFound
    return row


def signature_of(session: Session, record: RecordRow) -> bytes:
    """The signature of the list a record came from."""
    return get_result_list(session, record.result_list_id).signature


def _records() -> Select[QualificationRecord]:
    return select(QualificationRecord).order_by(
        QualificationRecord.passed_on.desc(), QualificationRecord.id.desc()
    )


def _page(session: Session, statement: Select[QualificationRecord], number: int) -> Page[RecordRow]:
    page = page_of(session, statement, number, per_page=PER_PAGE)
    return page.with_rows(_rows(session, page.rows))


def _rows(session: Session, found: Sequence[Row[QualificationRecord]]) -> list[RecordRow]:
    records = [row[0] for row in found]
    issuers = {OrganisationId(record.issued_by) for record in records}
    names = organisation_names(session, issuers)
    return [_row(record, names) for record in records]


def _row(record: QualificationRecord, names: dict[OrganisationId, str]) -> RecordRow:
    issuer = OrganisationId(record.issued_by)
    return RecordRow(
        id=RecordId(record.id),
        person_id=PersonId(record.person_id),
        result_list_id=ResultListId(record.result_list_id),
        exam_id=ExamId(record.exam_id),
        title=record.title,
        subject_title=record.subject_title,
        grade=record.grade,
        marks=record.marks,
        total_marks=record.total_marks,
        rank=record.rank,
        passed_on=record.passed_on,
        issuer_id=issuer,
        issuer=names.get(issuer, ""),
        issued_at=record.issued_at,
        snapshot_hash=record.snapshot_hash,
        state=RecordState(record.state),
        revoked_at=record.revoked_at,
        revoked_reason=record.revoked_reason,
    )
