"""Whether a person has opened a bank's exam-only content today, and who saw what."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.secrecy.models import SecrecyPledge, SecrecyPurpose, SecrecyView
from lianbing.infra.calendar import local_date
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import BankId, PersonId
from lianbing.people.queries import same_person_ids


@dataclass(frozen=True, kw_only=True, slots=True)
class ViewRow:
    """One view of exam-only content."""

    person_id: PersonId
    question_id: int
    code: str
    number: int
    purpose: str
    at: datetime


def find_purpose(session: Session, actor: Actor, bank_id: BankId, *, now: datetime) -> int | None:
    """The purpose the actor stated today for a bank, the last one; None before they have."""
    if actor.person_id is None:
        return None
    return session.scalar(
        select(SecrecyPurpose.id)
        .where(
            SecrecyPurpose.bank_id == bank_id,
            SecrecyPurpose.person_id.in_(same_person_ids(session, actor.person_id)),
            SecrecyPurpose.day == local_date(now),
        )
        .order_by(SecrecyPurpose.id.desc())
        .limit(1)
    )


def has_opened(session: Session, actor: Actor, bank_id: BankId, *, now: datetime) -> bool:
    """Whether exam-only content of a bank may be shown to the actor today; the system may."""
    return actor.person_id is None or find_purpose(session, actor, bank_id, now=now) is not None


def has_pledged(session: Session, person_id: PersonId, bank_id: BankId, *, year: int) -> bool:
    """Whether a person has signed for a bank and a year."""
    mine = same_person_ids(session, person_id)
    signed = exists().where(
        SecrecyPledge.bank_id == bank_id,
        SecrecyPledge.person_id.in_(mine),
        SecrecyPledge.year == year,
    )
    return bool(session.scalar(select(signed)))


def page_of_views(session: Session, bank_id: BankId, number: int) -> Page[ViewRow]:
    """One page of who saw what of a bank, the newest first."""
    statement = (
        select(
            SecrecyView.person_id,
            QuestionVersion.question_id,
            Question.code,
            QuestionVersion.number,
            SecrecyPurpose.purpose,
            SecrecyView.at,
        )
        .join(QuestionVersion, QuestionVersion.id == SecrecyView.version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .join(SecrecyPurpose, SecrecyPurpose.id == SecrecyView.purpose_id)
        .where(SecrecyView.bank_id == bank_id)
        .order_by(SecrecyView.id.desc())
    )
    page = page_of(session, statement, number)
    rows = [
        ViewRow(
            person_id=PersonId(row[0]),
            question_id=row[1],
            code=row[2],
            number=row[3],
            purpose=row[4],
            at=row[5],
        )
        for row in page.rows
    ]
    return page.with_rows(rows)
