"""Merge two questions that ask the same: one is retired with its versions, and can come back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.duplicates.errors import NoPair
from lianbing.banks.models import Question
from lianbing.banks.use_cases import retire_question
from lianbing.infra import audit
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import BankId, QuestionId


def merge_questions(
    session: Session, actor: Actor, *, kept: QuestionId, gone: QuestionId, now: datetime
) -> BankId:
    """Retire ``gone`` in favour of ``kept``; raises NoPair unless both are in use in one bank."""
    found = session.execute(
        select(Question.id, Question.bank_id).where(
            Question.id.in_([kept, gone]), Question.retired_at.is_(None)
        )
    ).all()
    if len(found) != 2 or len({row.bank_id for row in found}) != 1:
        raise NoPair
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
