"""Reading scripts and mark sheets: always the newest version of each."""

import json
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lianbing.banks.rules import Answer
from lianbing.grading.models import MarkSheetRow, Script
from lianbing.grading.rules import AnswerMark, Verdict
from lianbing.kernel.ids import AttemptId, ScriptId


@dataclass(frozen=True, kw_only=True, slots=True)
class MarkedScript:
    """The newest script of an attempt with its newest marks."""

    script_id: ScriptId
    version: int
    cause: str
    answers: dict[int, Answer]
    total: Decimal
    items: dict[int, AnswerMark]


@dataclass(frozen=True, kw_only=True, slots=True)
class LatestTotal:
    """The newest total of an attempt and the script it was earned with."""

    script_id: ScriptId
    total: Decimal


def latest_totals(session: Session, attempt_ids: Select[int]) -> dict[int, LatestTotal]:
    """The newest marks of many attempts, in one statement."""
    rows = session.execute(
        select(Script.attempt_id, Script.id, MarkSheetRow.total)
        .join(MarkSheetRow, MarkSheetRow.script_id == Script.id)
        .where(Script.attempt_id.in_(attempt_ids))
        .order_by(Script.attempt_id, Script.version, MarkSheetRow.number)
    )
    return {
        row.attempt_id: LatestTotal(script_id=ScriptId(row.id), total=row.total) for row in rows
    }


def find_marked_script(session: Session, attempt_id: AttemptId) -> MarkedScript | None:
    """The newest marked script of an attempt; None before it is closed."""
    row = session.execute(
        select(Script, MarkSheetRow)
        .join(MarkSheetRow, MarkSheetRow.script_id == Script.id)
        .where(Script.attempt_id == attempt_id)
        .order_by(Script.version.desc(), MarkSheetRow.number.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    script, sheet = row
    answers = json.loads(script.answers)
    items = json.loads(sheet.items)
    return MarkedScript(
        script_id=ScriptId(script.id),
        version=script.version,
        cause=script.cause,
        answers={int(number): answer for number, answer in answers.items()},
        total=sheet.total,
        items={
            int(number): AnswerMark(marks=Decimal(item["marks"]), verdict=Verdict(item["verdict"]))
            for number, item in items.items()
        },
    )
