"""Declare two questions enemies, or no longer; import item parameters."""

from datetime import datetime
from typing import cast

from sqlalchemy import Table, delete
from sqlalchemy.orm import Session

from lianbing.banks.use_cases import open_bank
from lianbing.infra import audit
from lianbing.infra.upsert import insert_for
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import Msgid
from lianbing.kernel.ids import BankId
from lianbing.papers.pool.errors import (
    PairKnown,
    PairNotFound,
    PairOfOne,
    ParametersMisshapen,
)
from lianbing.papers.pool.models import EnemyPair, ItemParameterRow
from lianbing.papers.pool.queries import IDS_A_QUERY, questions_by_code
from lianbing.papers.pool.rules import read_parameters


def declare_enemies(
    session: Session,
    actor: Actor,
    bank_id: BankId,
    codes: tuple[str, str],
    *,
    reason: str,
    now: datetime,
) -> None:
    """Keep two questions of a bank apart in every paper that is assembled or drawn from now on."""
    open_bank(session, actor, bank_id)
    if codes[0] == codes[1]:
        raise PairOfOne
    found = questions_by_code(session, bank_id, codes)
    low, high = sorted(found[code][0] for code in codes)
    statement = (
        insert_for(session, cast(Table, EnemyPair.__table__))
        .values(
            bank_id=bank_id,
            low_question_id=low,
            high_question_id=high,
            reason=reason,
            declared_at=now,
            declared_by=actor.person_id,
        )
        .on_conflict_do_nothing(index_elements=["low_question_id", "high_question_id"])
        .returning(EnemyPair.id)
    )
    if session.scalar(statement) is None:
        raise PairKnown
    _record(session, actor, "papers.declare_enemies", bank_id, now, {"questions": [low, high]})


def reconcile(
    session: Session, actor: Actor, bank_id: BankId, pair_id: int, *, now: datetime
) -> None:
    """Let two questions meet again."""
    open_bank(session, actor, bank_id)
    pair = session.get(EnemyPair, pair_id)
    if pair is None or pair.bank_id != bank_id:
        raise PairNotFound
    questions = [pair.low_question_id, pair.high_question_id]
    session.delete(pair)
    _record(session, actor, "papers.reconcile", bank_id, now, {"questions": questions})


def import_parameters(
    session: Session, actor: Actor, bank_id: BankId, text: str, *, now: datetime
) -> int:
    """Keep the parameters of a CSV text for the versions in use; return how many.

    All or nothing: raises ParametersMisshapen, UnknownCodes. Earlier ones of the same versions
    are replaced.
    """
    open_bank(session, actor, bank_id)
    lines, problem = read_parameters(text)
    if problem is not None:
        raise ParametersMisshapen(row=problem.row, problem=Msgid(problem.message))
    found = questions_by_code(session, bank_id, [line.code for line in lines])
    versions = [found[line.code][1] for line in lines]
    for start in range(0, len(versions), IDS_A_QUERY):
        part = versions[start : start + IDS_A_QUERY]
        session.execute(
            delete(ItemParameterRow).where(ItemParameterRow.question_version_id.in_(part))
        )
    session.add_all(
        ItemParameterRow(
            question_version_id=found[line.code][1],
            a=line.a,
            b=line.b,
            c=line.c,
            imported_at=now,
            imported_by=actor.person_id,
        )
        for line in lines
    )
    _record(session, actor, "papers.import_parameters", bank_id, now, {"count": len(lines)})
    return len(lines)


def _record(
    session: Session,
    actor: Actor,
    action: str,
    bank_id: BankId,
    now: datetime,
    details: dict[str, object],
) -> None:
    audit.record(
        session, actor, action, subject=("question_bank", bank_id), now=now, details=details
    )
