"""Send a draft for review, name its reviewer, approve or reject it, comment, restore a version."""

from datetime import datetime

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from lianbing.banks.errors import QuestionChangedMeanwhile
from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.queries import BankRow, get_bank
from lianbing.banks.review.drafting import begin_draft, show_newest
from lianbing.banks.review.errors import (
    NotADraft,
    NotATrainerHere,
    NotInReview,
    NotTheReviewer,
    OwnVersion,
    TextNeeded,
)
from lianbing.banks.review.models import ReviewEntry
from lianbing.banks.review.queries import list_reviewers
from lianbing.banks.review.rules import LONGEST_TEXT, EntryKind, QuestionState, may_review
from lianbing.infra import audit
from lianbing.infra.calendar import local_date
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import Forbidden, NotFound
from lianbing.kernel.ids import BankId, PersonId, QuestionId
from lianbing.people.authority import require_reach
from lianbing.people.queries import same_person_ids

MADE_ANEW = {"id", "number", "created_at", "created_by"}
"""What a restored version does not take over from the old one."""


def submit(
    session: Session,
    actor: Actor,
    question_id: QuestionId,
    *,
    reviewer_id: PersonId | None,
    now: datetime,
) -> None:
    """Send the newest draft for review, to a named reviewer or to whoever takes it on."""
    question, bank = lock_question(session, actor, question_id)
    if question.state != QuestionState.DRAFT or question.retired_at is not None:
        raise NotADraft
    if reviewer_id is not None:
        _name_reviewer(session, question, bank, reviewer_id, now)
    question.state, question.submitted_at = QuestionState.IN_REVIEW.value, now
    write_entry(session, actor, question, EntryKind.SUBMITTED, now, other_id=question.reviewer_id)


def assign(
    session: Session, actor: Actor, question_id: QuestionId, *, reviewer_id: PersonId, now: datetime
) -> None:
    """Name the reviewer of a question in review; oneself, to take it on. Never its author."""
    question, bank = lock_question(session, actor, question_id)
    if question.state != QuestionState.IN_REVIEW:
        raise NotInReview
    _name_reviewer(session, question, bank, reviewer_id, now)
    write_entry(session, actor, question, EntryKind.ASSIGNED, now, other_id=question.reviewer_id)


def approve(
    session: Session, actor: Actor, question_id: QuestionId, *, number: int, now: datetime
) -> None:
    """Bring the newest version into use, as its named reviewer who did not write it."""
    question = _under_review(session, actor, question_id, number)
    question.state = QuestionState.APPROVED.value
    question.current_number = question.newest_number
    question.submitted_at = None
    write_entry(session, actor, question, EntryKind.APPROVED, now)


def reject(
    session: Session,
    actor: Actor,
    question_id: QuestionId,
    *,
    number: int,
    reason: str,
    now: datetime,
) -> None:
    """Send the newest version back as a draft, saying why."""
    question = _under_review(session, actor, question_id, number)
    question.state, question.submitted_at = QuestionState.DRAFT.value, None
    write_entry(session, actor, question, EntryKind.REJECTED, now, text=_text(reason))


def withdraw(session: Session, actor: Actor, question_id: QuestionId, *, now: datetime) -> None:
    """Take a question out of review again; it is a draft."""
    question, _bank = lock_question(session, actor, question_id)
    if question.state != QuestionState.IN_REVIEW:
        raise NotInReview
    question.state, question.submitted_at = QuestionState.DRAFT.value, None
    write_entry(session, actor, question, EntryKind.WITHDRAWN, now)


def comment(
    session: Session, actor: Actor, question_id: QuestionId, *, text: str, now: datetime
) -> None:
    """Say something of the newest version."""
    question, _bank = lock_question(session, actor, question_id)
    write_entry(session, actor, question, EntryKind.COMMENT, now, text=_text(text))


def restore_version(
    session: Session, actor: Actor, question_id: QuestionId, *, number: int, now: datetime
) -> bool:
    """Make an older version's content the newest draft; whether that made a version."""
    question, _bank = lock_question(session, actor, question_id)
    versions = select(QuestionVersion).where(QuestionVersion.question_id == question_id)
    old = session.scalars(versions.where(QuestionVersion.number == number)).one_or_none()
    if old is None:
        raise NotFound
    newest = session.scalars(
        versions.where(QuestionVersion.number == question.newest_number)
    ).one_or_none()
    if newest is not None and newest.content_hash == old.content_hash:
        return False
    begin_draft(session, actor, question)
    names = {column.key for column in inspect(QuestionVersion).column_attrs} - MADE_ANEW
    kept = {name: getattr(old, name) for name in names}
    restored = QuestionVersion(
        **kept, number=question.newest_number, created_at=now, created_by=actor.person_id
    )
    session.add(restored)
    show_newest(question, restored)
    session.flush()
    audit.record(
        session,
        actor,
        "banks.restore_version",
        subject=("question", question_id),
        now=now,
        details={"from": number, "version": question.newest_number},
    )
    return True


def lock_question(
    session: Session, actor: Actor, question_id: QuestionId
) -> tuple[Question, BankRow]:
    """A question of a bank the actor keeps, locked; raises NotFound, Forbidden."""
    question = session.get(Question, question_id, with_for_update=True)
    if question is None:
        raise NotFound
    bank = get_bank(session, BankId(question.bank_id))
    require_reach(session, actor, Role.TRAINER, organisation_id=bank.organisation_id)
    if actor.person_id is None:
        raise Forbidden
    return question, bank


def _under_review(session: Session, actor: Actor, question_id: QuestionId, number: int) -> Question:
    question, _bank = lock_question(session, actor, question_id)
    if question.newest_number != number:
        raise QuestionChangedMeanwhile
    if question.state != QuestionState.IN_REVIEW or question.retired_at is not None:
        raise NotInReview
    assert actor.person_id is not None  # noqa: S101 - lock_question has refused nobody
    mine = same_person_ids(session, actor.person_id)
    if not may_review(question.author_id, mine):
        raise OwnVersion
    if question.reviewer_id not in mine:
        raise NotTheReviewer
    return question


def _name_reviewer(
    session: Session, question: Question, bank: BankRow, reviewer_id: PersonId, now: datetime
) -> None:
    if reviewer_id not in list_reviewers(session, bank.organisation_id, on=local_date(now)):
        raise NotATrainerHere
    if not may_review(question.author_id, same_person_ids(session, reviewer_id)):
        raise OwnVersion
    question.reviewer_id = reviewer_id


def _text(text: str) -> str:
    text = text.strip()
    if not 0 < len(text) <= LONGEST_TEXT:
        raise TextNeeded
    return text


def write_entry(
    session: Session,
    actor: Actor,
    question: Question,
    kind: EntryKind,
    now: datetime,
    *,
    text: str = "",
    other_id: int | None = None,
) -> None:
    """A line of the question's review, and of the audit trail unless it only says something."""
    assert actor.person_id is not None  # noqa: S101 - lock_question has refused nobody
    entry = ReviewEntry(
        question_id=question.id,
        number=question.newest_number,
        author_id=question.author_id,
        kind=kind.value,
        by_id=actor.person_id,
        other_id=other_id,
        text=text,
        at=now,
    )
    session.add(entry)
    session.flush()
    if kind is EntryKind.COMMENT:
        return
    audit.record(
        session,
        actor,
        f"banks.review_{kind.value}",
        subject=("question", question.id),
        now=now,
        reason=text,
        details={"version": question.newest_number},
    )
