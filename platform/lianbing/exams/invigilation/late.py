"""Late entries: stored, not counted, and judged by a person (迟到答案的认定).

The journal stays as it is; a decision is a row beside it. Accepting or taking back an
acceptance folds the attempt again: a new script version, marked anew, with its own receipt.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from lianbing.banks.rules import Answer
from lianbing.exams.closing import Ending, end_attempts
from lianbing.exams.invigilation.errors import NothingToDecide
from lianbing.exams.invigilation.use_cases import ENDED, lock_attempt
from lianbing.exams.models import AnswerEntry, LateDecision
from lianbing.exams.rules import Standing
from lianbing.grading.use_cases import Cause
from lianbing.infra import audit
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import AttemptId, ExamId, PersonId

Key = tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class LateRow:
    """An entry that did not count, with the last decision about it."""

    device: int
    seq: int
    question: int
    answer: Answer
    standing: Standing
    arrived_at: datetime
    device_clock: str
    accepted: bool | None
    reason: str

    @property
    def key_text(self) -> str:
        return f"{self.device}.{self.seq}"


def list_late(session: Session, attempt_id: AttemptId) -> list[LateRow]:
    """The entries of an attempt that did not count, oldest first; at most 500."""
    last = (
        select(LateDecision.device, LateDecision.seq, func.max(LateDecision.number).label("number"))
        .where(LateDecision.attempt_id == attempt_id)
        .group_by(LateDecision.device, LateDecision.seq)
        .subquery()
    )
    rows = session.execute(
        select(AnswerEntry, LateDecision)
        .outerjoin(last, and_(last.c.device == AnswerEntry.device, last.c.seq == AnswerEntry.seq))
        .outerjoin(
            LateDecision,
            and_(
                LateDecision.attempt_id == AnswerEntry.attempt_id,
                LateDecision.device == AnswerEntry.device,
                LateDecision.seq == AnswerEntry.seq,
                LateDecision.number == last.c.number,
            ),
        )
        .where(
            AnswerEntry.attempt_id == attempt_id,
            AnswerEntry.standing != Standing.COUNTED.value,
        )
        .order_by(AnswerEntry.device, AnswerEntry.seq)
        .limit(500)
    )
    return [_late_row(entry, decision) for entry, decision in rows]


def decide_late(
    session: Session,
    actor: Actor,
    exam_id: ExamId,
    person_id: PersonId,
    keys: Collection[Key],
    *,
    accept: bool,
    reason: str,
    now: datetime,
) -> int:
    """Accept or refuse entries that did not count; return about how many was decided."""
    _exam, attempt = lock_attempt(session, actor, exam_id, person_id, reason)
    attempt_id = AttemptId(attempt.id)
    numbers = _next_numbers(session, attempt_id)
    open_keys = sorted(set(keys) & numbers.keys())
    if not open_keys:
        raise NothingToDecide
    session.add_all(
        LateDecision(
            attempt_id=attempt_id,
            device=device,
            seq=seq,
            number=numbers[device, seq],
            accepted=accept,
            reason=reason,
            decided_by=actor.person_id,
            decided_at=now,
        )
        for device, seq in open_keys
    )
    session.flush()
    if attempt.state in ENDED:
        ending = Ending(attempt=attempt, cause=Cause.LATE_ACCEPTED, at=now)
        end_attempts(session, [ending], now=now)
    attempt.touched_at = now
    audit.record(
        session,
        actor,
        "exam.accept_late" if accept else "exam.refuse_late",
        subject=("attempt", attempt_id),
        reason=reason,
        now=now,
        details={"exam": exam_id, "entries": [f"{device}.{seq}" for device, seq in open_keys]},
    )
    return len(open_keys)


def _next_numbers(session: Session, attempt_id: AttemptId) -> dict[Key, int]:
    """The next decision's number for each entry that did not count."""
    rows = session.execute(
        select(AnswerEntry.device, AnswerEntry.seq, func.max(LateDecision.number))
        .outerjoin(
            LateDecision,
            and_(
                LateDecision.attempt_id == AnswerEntry.attempt_id,
                LateDecision.device == AnswerEntry.device,
                LateDecision.seq == AnswerEntry.seq,
            ),
        )
        .where(
            AnswerEntry.attempt_id == attempt_id,
            AnswerEntry.standing != Standing.COUNTED.value,
        )
        .group_by(AnswerEntry.device, AnswerEntry.seq)
    )
    return {(device, seq): (number or 0) + 1 for device, seq, number in rows}


def _late_row(entry: AnswerEntry, decision: LateDecision | None) -> LateRow:
    return LateRow(
        device=entry.device,
        seq=entry.seq,
        question=entry.question,
        answer=json.loads(entry.answer),
        standing=Standing(entry.standing),
        arrived_at=entry.arrived_at,
        device_clock=entry.device_clock,
        accepted=None if decision is None else decision.accepted,
        reason="" if decision is None else decision.reason,
    )
