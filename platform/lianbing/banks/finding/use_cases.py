"""Change many questions at once, and undo it as long as nothing newer was changed."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, select
from sqlalchemy.orm import Session

from lianbing.banks.finding.changing import apply, take_back, untouched
from lianbing.banks.finding.errors import (
    ChangeIncomplete,
    NothingChosen,
    NothingToChange,
    TooManyAtOnce,
    UndoTooLate,
)
from lianbing.banks.finding.models import BulkChangeItem, BulkChangeRow, QuestionTag
from lianbing.banks.finding.queries import found_ids
from lianbing.banks.finding.rules import (
    MAKES_VERSIONS,
    MOST_AT_ONCE,
    BulkChange,
    BulkKind,
    QuestionFilter,
    bulk_hash,
    keeps_approval,
)
from lianbing.banks.models import Question, QuestionBank, QuestionVersion
from lianbing.banks.queries import BankRow, get_bank, is_newest
from lianbing.banks.review.rules import QuestionState
from lianbing.banks.rules import QuestionUse
from lianbing.banks.secrecy.queries import has_opened
from lianbing.banks.secrecy.use_cases import require_opened
from lianbing.infra import audit
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import BankId
from lianbing.people.authority import require_reach
from lianbing.subjects.models import AssessmentPoint, AssessmentScope


def change_many(
    session: Session,
    actor: Actor,
    bank_id: BankId,
    change: BulkChange,
    *,
    wanted: QuestionFilter,
    chosen: Collection[int] | None,
    of_filter: bool = False,
    now: datetime,
) -> int:
    """Apply one change to the chosen questions, or to all that the filter finds (None).

    ``of_filter``: only to those of the chosen that the filter finds.

    Questions in review are left to their reviewers, and those that already are as asked are
    left alone; return how many were changed. Raises NothingChosen, NothingToChange,
    TooManyAtOnce; PurposeNeeded when they are to be for exams only, before pledge and purpose.
    """
    bank = _lock(session, actor, bank_id)
    if chosen is not None and not chosen:
        raise NothingChosen
    _check(session, bank, change)
    if change.kind is BulkKind.USE and change.use is QuestionUse.EXAM:
        require_opened(session, actor, bank_id, now=now)
    opened = has_opened(session, actor, bank_id, now=now)
    found = found_ids(bank_id, wanted, opened=opened) if chosen is None or of_filter else None
    rows = _affected(session, bank_id, change, found, chosen)
    if not rows:
        raise NothingToChange
    if len(rows) > MOST_AT_ONCE:
        raise TooManyAtOnce(most=MOST_AT_ONCE)
    record = BulkChangeRow(
        bank_id=bank_id,
        kind=change.kind.value,
        details=change.details,
        count=len(rows),
        by_id=actor.person_id,
        at=now,
    )
    session.add(record)
    session.flush()
    session.execute(insert(BulkChangeItem), [_item(record.id, change, row) for row in rows])
    apply(session, actor, record, change, now)
    _audit(session, actor, "banks.change_many", record, now)
    return len(rows)


def undo(session: Session, actor: Actor, change_id: int, *, now: datetime) -> BankId:
    """Take the newest bulk change of a bank back whole; raises UndoTooLate, and changes nothing,
    when any of its questions was changed since."""
    record = session.get(BulkChangeRow, change_id)
    if record is None:
        raise NotFound
    bank = _lock(session, actor, BankId(record.bank_id))
    session.refresh(record)
    newest = select(func.max(BulkChangeRow.id)).where(BulkChangeRow.bank_id == record.bank_id)
    if record.undone_at is not None or session.scalar(newest) != record.id:
        raise UndoTooLate
    if session.scalar(untouched(record)) != record.count:
        raise UndoTooLate
    take_back(session, actor, record, now)
    record.undone_at = now
    _audit(session, actor, "banks.undo_change_many", record, now)
    return bank.id


def _lock(session: Session, actor: Actor, bank_id: BankId) -> BankRow:
    bank = get_bank(session, bank_id)
    require_reach(session, actor, Role.TRAINER, organisation_id=bank.organisation_id)
    session.execute(select(QuestionBank.id).where(QuestionBank.id == bank_id).with_for_update())
    return bank


def _check(session: Session, bank: BankRow, change: BulkChange) -> None:
    match change.kind:
        case BulkKind.POINT:
            point = select(AssessmentPoint.id).join(
                AssessmentScope, AssessmentScope.id == AssessmentPoint.scope_id
            )
            known = session.scalar(
                point.where(
                    AssessmentPoint.id == change.point_id,
                    AssessmentScope.outline_id == bank.outline_id,
                )
            )
            complete = known is not None
        case BulkKind.DIFFICULTY:
            complete = change.difficulty is not None and 0 <= change.difficulty <= 1
        case BulkKind.USE:
            complete = change.use is not None
        case BulkKind.TAG | BulkKind.UNTAG:
            complete = bool(change.tag)
        case _:
            complete = True
    if not complete:
        raise ChangeIncomplete


def _affected(
    session: Session,
    bank_id: BankId,
    change: BulkChange,
    found: Select[int] | None,
    chosen: Collection[int] | None,
) -> list[tuple[Any, ...]]:
    statement = (
        select(
            Question.id,
            Question.newest_number,
            Question.current_number,
            Question.state,
            Question.author_id,
            QuestionVersion.content_hash,
            QuestionVersion.use,
        )
        .join(QuestionVersion, is_newest())
        .where(Question.bank_id == bank_id, Question.retired_at.is_(None))
        .order_by(Question.id)
        .limit(MOST_AT_ONCE + 1)
        .with_for_update(of=Question)
    )
    if found is not None:
        statement = statement.where(Question.id.in_(found))
    if chosen is not None:
        statement = statement.where(Question.id.in_(sorted(set(chosen))))
    condition = _differs(change)
    if condition is not None:
        statement = statement.where(condition)
    if change.kind in MAKES_VERSIONS:
        statement = statement.where(Question.state != QuestionState.IN_REVIEW.value)
    return [tuple(row) for row in session.execute(statement)]


def _differs(change: BulkChange) -> ColumnElement[bool] | None:
    """What is not yet as the change asks; None when all that is found is meant."""
    tagged = select(QuestionTag.question_id).where(QuestionTag.tag == change.tag)
    match change.kind:
        case BulkKind.POINT:
            return QuestionVersion.point_id != change.point_id
        case BulkKind.DIFFICULTY:
            return QuestionVersion.difficulty != change.difficulty
        case BulkKind.USE:
            return QuestionVersion.use != change.use
        case BulkKind.TAG:
            return Question.id.not_in(tagged)
        case BulkKind.UNTAG:
            return Question.id.in_(tagged)
        case BulkKind.SUBMIT:
            return Question.state == QuestionState.DRAFT.value
        case BulkKind.SOURCE:
            return QuestionVersion.source_id != change.source_id
        case BulkKind.RECHECK:
            return Question.state == QuestionState.APPROVED.value
        case BulkKind.RETIRE:
            return None


def _item(change_id: int, change: BulkChange, row: tuple[Any, ...]) -> dict[str, Any]:
    question_id, newest, current, state, author_id, content_hash, use = row
    return {
        "change_id": change_id,
        "question_id": question_id,
        "from_number": newest,
        "to_number": newest + (change.kind in MAKES_VERSIONS),
        "in_use": newest == current,
        "keeps_approval": keeps_approval(change, QuestionUse(use)),
        "state": state,
        "author_id": author_id,
        "content_hash": bulk_hash(content_hash, change),
    }


def _audit(
    session: Session, actor: Actor, action: str, record: BulkChangeRow, now: datetime
) -> None:
    audit.record(
        session,
        actor,
        action,
        subject=("question_bank", record.bank_id),
        now=now,
        details={
            "change": record.id,
            "kind": record.kind,
            "questions": record.count,
            **record.details,
        },
    )
