"""Merge two questions that ask the same, or tell apart two that do not. Both can be undone."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.duplicates.errors import MarkGone, NoPair
from lianbing.banks.duplicates.models import DistinctPair
from lianbing.banks.duplicates.queries import alike_now
from lianbing.banks.models import Question
from lianbing.banks.retiring import retire_question
from lianbing.banks.use_cases import open_bank
from lianbing.infra import audit
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import BankId, QuestionId


def merge_questions(
    session: Session, actor: Actor, *, kept: QuestionId, gone: QuestionId, now: datetime
) -> BankId:
    """Retire ``gone`` in favour of ``kept``; raises NoPair unless both are in use in one bank."""
    _bank_of_pair(session, kept, gone)
    bank_id = retire_question(session, actor, gone, now=now)
    audit.record(
        session,
        actor,
        "banks.merge_questions",
        subject=("question", gone),
        now=now,
        details={"kept": kept},
    )
    return bank_id


def tell_apart(
    session: Session, actor: Actor, one: QuestionId, other: QuestionId, *, now: datetime
) -> int:
    """Mark two questions of a bank as no duplicates; return the mark's number. Raises NoPair."""
    bank = open_bank(session, actor, _bank_of_pair(session, one, other))
    low, high = sorted((one, other))
    alike = alike_now(session, one, other)
    marked = session.scalars(
        select(DistinctPair).where(
            DistinctPair.low_question_id == low, DistinctPair.high_question_id == high
        )
    ).one_or_none()
    if marked is None:
        marked = DistinctPair(bank_id=bank.id, low_question_id=low, high_question_id=high)
        session.add(marked)
    marked.alike, marked.marked_by, marked.marked_at = alike, actor.person_id, now
    session.flush()
    _audit(session, actor, "banks.tell_apart", marked, now)
    return marked.id


def no_longer_apart(session: Session, actor: Actor, mark_id: int, *, now: datetime) -> BankId:
    """Take such a mark back, so that the pair is shown again; raises MarkGone."""
    marked = session.get(DistinctPair, mark_id, with_for_update=True)
    if marked is None:
        raise MarkGone
    bank = open_bank(session, actor, BankId(marked.bank_id))
    _audit(session, actor, "banks.no_longer_apart", marked, now)
    session.delete(marked)
    return bank.id


def _bank_of_pair(session: Session, one: QuestionId, other: QuestionId) -> BankId:
    found = session.execute(
        select(Question.id, Question.bank_id).where(
            Question.id.in_([one, other]), Question.retired_at.is_(None)
        )
    ).all()
    if len(found) != 2 or len({row.bank_id for row in found}) != 1:
        raise NoPair
    return BankId(found[0].bank_id)


def _audit(
    session: Session, actor: Actor, action: str, marked: DistinctPair, now: datetime
) -> None:
    audit.record(
        session,
        actor,
        action,
        subject=("question_bank", marked.bank_id),
        now=now,
        details={"pair": [marked.low_question_id, marked.high_question_id]},
    )
