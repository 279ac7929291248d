"""Report an error in a question that was seen; answer the report."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lianbing.banks.corrections.errors import (
    AnsweredAlready,
    AnswerNeeded,
    ReportMisshapen,
    TooManyReports,
)
from lianbing.banks.corrections.models import ErrorReport
from lianbing.banks.corrections.rules import (
    A_DAY,
    LONGEST_TEXT,
    MOST_A_DAY,
    ErrorKind,
    ReportState,
)
from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.queries import get_bank
from lianbing.infra import audit
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import Forbidden, NotFound
from lianbing.kernel.ids import BankId, QuestionVersionId
from lianbing.people.authority import require_reach
from lianbing.people.models import Person
from lianbing.people.queries import same_person_ids


def report_error(
    session: Session,
    actor: Actor,
    version_id: QuestionVersionId,
    *,
    kind: str,
    text: str,
    now: datetime,
) -> int:
    """Keep a worker's report of the version they saw; the caller knows that they did see it.

    Raises ReportMisshapen, TooManyReports; the database refuses a second open report of a
    question by one person: ReportedAlready.
    """
    text = text.strip()
    if kind not in set(ErrorKind) or len(text) > LONGEST_TEXT:
        raise ReportMisshapen
    if actor.person_id is None:
        raise Forbidden
    question = session.scalars(
        select(Question)
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .where(QuestionVersion.id == version_id)
    ).one_or_none()
    if question is None:
        raise NotFound
    # One report at a time a person: the next waits here, then counts this one.
    session.execute(select(Person.id).where(Person.id == actor.person_id).with_for_update())
    mine = same_person_ids(session, actor.person_id)
    told = select(func.count()).where(
        ErrorReport.person_id.in_(mine), ErrorReport.reported_at > now - A_DAY
    )
    if (session.scalar(told) or 0) >= MOST_A_DAY:
        raise TooManyReports
    report = ErrorReport(
        bank_id=question.bank_id,
        question_id=question.id,
        version_id=version_id,
        person_id=actor.person_id,
        kind=kind,
        text=text,
        state=ReportState.OPEN.value,
        reported_at=now,
        answer="",
    )
    session.add(report)
    session.flush()
    return report.id


def answer_report(
    session: Session, actor: Actor, report_id: int, *, mended: bool, text: str, now: datetime
) -> None:
    """Answer a report as a keeper of the bank: mended, with thanks; or no error, because."""
    report = session.get(ErrorReport, report_id, with_for_update=True)
    if report is None:
        raise NotFound
    bank = get_bank(session, BankId(report.bank_id))
    require_reach(session, actor, Role.TRAINER, organisation_id=bank.organisation_id)
    if report.state != ReportState.OPEN:
        raise AnsweredAlready
    text = text.strip()
    if len(text) > LONGEST_TEXT or not (text or mended):
        raise AnswerNeeded
    state = ReportState.MENDED if mended else ReportState.NO_ERROR
    report.state, report.answer = state.value, text
    report.answered_by, report.answered_at = actor.person_id, now
    audit.record(
        session,
        actor,
        "banks.answer_report",
        subject=("question", report.question_id),
        now=now,
        details={"report": report_id, "state": state.value},
    )
