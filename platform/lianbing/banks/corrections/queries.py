"""Reports for those who keep a bank, and a worker's own with their answers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from lianbing.banks.corrections.models import ErrorReport
from lianbing.banks.corrections.rules import ErrorKind, ReportState
from lianbing.banks.models import Question, QuestionBank, QuestionVersion
from lianbing.banks.rules import QuestionUse
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.ids import PersonId, QuestionId
from lianbing.people.authority import reachable_ids
from lianbing.people.queries import same_person_ids

OWN_SHOWN = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportRow:
    """A report; ``number`` is the version that was seen, ``stem`` its words, empty when the
    question ever was for exams only. Who reported is nobody's business here."""

    id: int
    question_id: QuestionId
    code: str
    number: int
    stem: str
    title: str
    title_en: str
    kind: ErrorKind
    text: str
    state: ReportState
    reported_at: datetime
    answer: str
    answered_at: datetime | None


def page_of_reports(
    session: Session, actor: Actor, number: int, *, answered: bool = False
) -> Page[ReportRow]:
    """One page of the reports in banks an actor keeps, the oldest first; or those answered."""
    order = ErrorReport.id.desc() if answered else ErrorReport.id
    statement = _reports().where(_kept(actor), _is_open(not answered)).order_by(order)
    page = page_of(session, statement, number)
    rows = [_row(*row) for row in page.rows]
    return page.with_rows(rows)


def count_open(session: Session, actor: Actor) -> int:
    """How many reports wait for an answer in the banks an actor keeps."""
    statement = (
        select(func.count())
        .select_from(ErrorReport)
        .join(QuestionBank, QuestionBank.id == ErrorReport.bank_id)
        .where(_kept(actor), _is_open(True))
    )
    return session.scalar(statement) or 0


def list_own(session: Session, person_id: PersonId) -> list[ReportRow]:
    """A person's newest reports, at most ten."""
    mine = same_person_ids(session, person_id)
    statement = _reports().where(ErrorReport.person_id.in_(mine)).order_by(ErrorReport.id.desc())
    return [_row(*row) for row in session.execute(statement.limit(OWN_SHOWN))]


def _reports() -> Select[ErrorReport, str, int, str, str, str]:
    other = aliased(QuestionVersion)
    was_secret = exists().where(other.question_id == Question.id, other.use == QuestionUse.EXAM)
    return (
        select(
            ErrorReport,
            Question.code,
            QuestionVersion.number,
            case((was_secret, ""), else_=QuestionVersion.stem),
            QuestionBank.title,
            QuestionBank.title_en,
        )
        .join(Question, Question.id == ErrorReport.question_id)
        .join(QuestionVersion, QuestionVersion.id == ErrorReport.version_id)
        .join(QuestionBank, QuestionBank.id == ErrorReport.bank_id)
    )


def _kept(actor: Actor) -> ColumnElement[bool]:
    return QuestionBank.organisation_id.in_(reachable_ids(actor, Role.TRAINER))


def _is_open(wanted: bool) -> ColumnElement[bool]:
    is_open = ErrorReport.state == ReportState.OPEN.value
    return is_open if wanted else ~is_open


def _row(
    report: ErrorReport, code: str, number: int, stem: str, title: str, title_en: str
) -> ReportRow:
    return ReportRow(
        id=report.id,
        question_id=QuestionId(report.question_id),
        code=code,
        number=number,
        stem=stem,
        title=title,
        title_en=title_en,
        kind=ErrorKind(report.kind),
        text=report.text,
        state=ReportState(report.state),
        reported_at=report.reported_at,
        answer=report.answer,
        answered_at=report.answered_at,
    )
