"""Take a question out of use, and bring it back: its versions and papers stay as they are."""

from datetime import datetime

from sqlalchemy.orm import Session

from lianbing.banks.models import Question
from lianbing.banks.use_cases import open_bank
from lianbing.infra import audit
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import BankId, QuestionId


def retire_question(
    session: Session, actor: Actor, question_id: QuestionId, *, now: datetime
) -> BankId:
    """Take a question out of use; its versions and the papers that hold it stay."""
    return _set_retired(session, actor, question_id, now, retired=True)


def restore_question(
    session: Session, actor: Actor, question_id: QuestionId, *, now: datetime
) -> BankId:
    """Bring a retired question back into use."""
    return _set_retired(session, actor, question_id, now, retired=False)


def _set_retired(
    session: Session, actor: Actor, question_id: QuestionId, now: datetime, *, retired: bool
) -> BankId:
    question = session.get(Question, question_id, with_for_update=True)
    if question is None:
        raise NotFound
    bank = open_bank(session, actor, BankId(question.bank_id))
    if (question.retired_at is not None) != retired:
        question.retired_at = now if retired else None
        audit.record(
            session,
            actor,
            "banks.retire_question" if retired else "banks.restore_question",
            subject=("question", question_id),
            now=now,
        )
    return bank.id
