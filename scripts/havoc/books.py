"""Comparing the candidates' books with what is stored: answers, scripts, marks, records, chains."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from havoc.candidates import Candidate
from lianbing.exams.models import AnswerEntry, Attempt, ResultRow
from lianbing.exams.receipts.models import ExamReceiptRoot
from lianbing.exams.receipts.verifying import verify_exam
from lianbing.exams.rules import AttemptState, CountedEntry, Standing, fold
from lianbing.grading.models import MarkSheetRow, Script
from lianbing.infra.crypto import current_keyring
from lianbing.infra.outbox import OutboxDelivery
from lianbing.kernel.ids import ExamId
from lianbing.qualifications.models import QualificationRecord


@dataclass(kw_only=True)
class Findings:
    """What was compared after a fault; every list is empty when all is well."""

    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    chains: list[str] = field(default_factory=list)


def compare(session: Session, exam_id: ExamId, crowd: Sequence[Candidate]) -> Findings:
    """Compare everything of one exam; call when it is closed, published and delivered."""
    found = Findings()
    stored = _entries(session, exam_id)
    for who in crowd:
        _compare_answers(who, stored.get(who.attempt_id, {}), found)
    _compare_marks(session, exam_id, stored, found)
    _compare_records(session, exam_id, crowd, found)
    roots = session.scalars(
        select(ExamReceiptRoot.root).where(ExamReceiptRoot.exam_id == exam_id)
    ).all()
    for root in roots or ["0" * 64]:
        verdict = verify_exam(session, exam_id, root=root, verify=current_keyring().verify)
        found.chains += [str(fault) for fault in verdict.faults]
    return found


Entries = dict[int, tuple[int, object, str]]


def _entries(session: Session, exam_id: ExamId) -> dict[int, Entries]:
    rows = session.execute(
        select(
            AnswerEntry.attempt_id,
            AnswerEntry.seq,
            AnswerEntry.question,
            AnswerEntry.answer,
            AnswerEntry.standing,
        )
        .join(Attempt, Attempt.id == AnswerEntry.attempt_id)
        .where(Attempt.exam_id == exam_id)
    )
    stored: dict[int, Entries] = {}
    for attempt_id, seq, question, answer, standing in rows:
        stored.setdefault(attempt_id, {})[seq] = (question, json.loads(answer), standing)
    return stored


def _compare_answers(who: Candidate, stored: Entries, found: Findings) -> None:
    found.acknowledged += len(who.acknowledged)
    for seq, outcome in who.acknowledged.items():
        if stored.get(seq) != (*who.contents[seq], outcome):
            found.lost.append(f"attempt {who.attempt_id} entry {seq}: told {outcome}")
    for seq, (question, answer, _standing) in stored.items():
        if who.contents.get(seq) != (question, answer):
            found.strange.append(f"attempt {who.attempt_id} entry {seq} was never given")
    found.strange += [f"attempt {who.attempt_id}: {what}" for what in who.refused]


def _compare_marks(
    session: Session, exam_id: ExamId, stored: dict[int, Entries], found: Findings
) -> None:
    attempts = session.execute(
        select(Attempt.id, Attempt.state).where(Attempt.exam_id == exam_id)
    ).all()
    scripts: dict[int, list[Script]] = {}
    wanted = select(Script).join(Attempt, Attempt.id == Script.attempt_id)
    for script in session.scalars(
        wanted.where(Attempt.exam_id == exam_id).order_by(Script.version)
    ):
        scripts.setdefault(script.attempt_id, []).append(script)
    counted = session.execute(
        select(MarkSheetRow.script_id, func.count())
        .join(Script, Script.id == MarkSheetRow.script_id)
        .join(Attempt, Attempt.id == Script.attempt_id)
        .where(Attempt.exam_id == exam_id)
        .group_by(MarkSheetRow.script_id)
    )
    sheets = {script_id: number for script_id, number in counted}  # noqa: C416 - a result has keys
    for attempt_id, state in attempts:
        own = scripts.get(attempt_id, [])
        if state == AttemptState.OPEN or not own:
            found.marks.append(f"attempt {attempt_id} is {state} with {len(own)} scripts")
            continue
        if [script.version for script in own] != list(range(1, len(own) + 1)):
            found.marks.append(f"attempt {attempt_id}: versions are not in one row")
        if len(own) > 1 and any(script.cause != "late_arrival" for script in own[1:]):
            found.marks.append(f"attempt {attempt_id} was ended {len(own)} times")
        found.marks += [
            f"script {script.id} has {sheets.get(script.id, 0)} mark sheets"
            for script in own
            if sheets.get(script.id, 0) != 1
        ]
        if json.loads(own[-1].answers) != _folded(stored.get(attempt_id, {})):
            found.marks.append(f"attempt {attempt_id}: its script is not what its journal says")


def _folded(stored: Entries) -> dict[str, object]:
    counted = [
        CountedEntry(device=1, seq=seq, question=question, answer=answer)  # type: ignore[arg-type]
        for seq, (question, answer, standing) in stored.items()
        if standing == Standing.COUNTED
    ]
    answers = fold(counted)
    return {str(question): answer for question, answer in answers.items()}


def _compare_records(
    session: Session, exam_id: ExamId, crowd: Sequence[Candidate], found: Findings
) -> None:
    rows = session.execute(
        select(ResultRow.person_id, ResultRow.passed)
        .join(Attempt, Attempt.id == ResultRow.attempt_id)
        .where(Attempt.exam_id == exam_id)
    ).all()
    if len(rows) != len(crowd):
        found.marks.append(f"{len(rows)} lines in the result list for {len(crowd)} candidates")
    holders = session.scalars(
        select(QualificationRecord.person_id).where(QualificationRecord.exam_id == exam_id)
    ).all()
    passed = sorted(person_id for person_id, has_passed in rows if has_passed)
    if sorted(holders) != passed:
        found.records.append(f"{len(holders)} records for {len(passed)} who passed")


def undelivered(session: Session) -> int:
    """Events that have not reached their subscribers yet."""
    wanted = select(func.count()).select_from(OutboxDelivery)
    return int(session.scalar(wanted.where(OutboxDelivery.delivered_at.is_(None))) or 0)


def open_attempts(session: Session, exam_id: ExamId) -> int:
    """Attempts that are not ended and marked to the last entry yet."""
    unfinished = (Attempt.state == AttemptState.OPEN.value) | Attempt.needs_fold
    wanted = select(func.count()).select_from(Attempt).where(Attempt.exam_id == exam_id, unfinished)
    return int(session.scalar(wanted) or 0)
