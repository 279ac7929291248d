"""Filing a script and marking it: both only ever add rows."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from lianbing.banks.rules import Answer
from lianbing.grading.models import MarkSheetRow, Script
from lianbing.grading.rules import MarkingRule, MarkSheet, ScriptMarker
from lianbing.kernel.ids import AttemptId, ScriptId
from lianbing.papers.rules import FrozenPaper


class Cause(StrEnum):
    """Why a script version came to be."""

    HAND_IN = "hand_in"
    CLOSING = "closing"
    LATE_ARRIVAL = "late_arrival"
    LATE_ACCEPTED = "late_accepted"
    FORCED = "forced"
    REINSTATED = "reinstated"


@dataclass(frozen=True, kw_only=True, slots=True)
class Filing:
    """What an attempt answered, to be filed and marked."""

    attempt_id: AttemptId
    answers: Mapping[int, Answer]
    cause: Cause


@dataclass(frozen=True, kw_only=True, slots=True)
class Filed:
    """A filed script with its marks; ``answers`` is the JSON text that was stored."""

    script_id: ScriptId
    version: int
    answers: str
    sheet: MarkSheet


def file_and_mark(
    session: Session,
    filings: Sequence[Filing],
    *,
    paper: FrozenPaper,
    rule: MarkingRule,
    now: datetime,
) -> dict[AttemptId, Filed]:
    """File the next script version of each attempt and mark it; in few statements however many.

    The caller holds the attempts' row locks. The sheet keeps the rule and the key version used.
    """
    if not filings:
        return {}
    rows = _script_rows(session, filings, paper=paper, now=now)
    made = session.execute(insert(Script).returning(Script.attempt_id, Script.id), rows)
    script_ids = {AttemptId(attempt_id): ScriptId(script_id) for attempt_id, script_id in made}
    marker = ScriptMarker(paper, rule)
    sheets = {filing.attempt_id: marker.mark(filing.answers) for filing in filings}
    stored_rule = json.dumps(rule.to_json())
    session.execute(
        insert(MarkSheetRow),
        [
            {
                "script_id": script_ids[attempt_id],
                "number": 1,
                "total": sheet.total,
                "items": _items_text(sheet),
                "rule": stored_rule,
                "key_version": paper.content_hash,
                "marked_at": now,
            }
            for attempt_id, sheet in sheets.items()
        ],
    )
    return {
        filing.attempt_id: Filed(
            script_id=script_ids[filing.attempt_id],
            version=row["version"],
            answers=row["answers"],
            sheet=sheets[filing.attempt_id],
        )
        for filing, row in zip(filings, rows, strict=True)
    }


def _script_rows(
    session: Session, filings: Sequence[Filing], *, paper: FrozenPaper, now: datetime
) -> list[dict[str, Any]]:
    last = dict(
        session.execute(
            select(Script.attempt_id, func.max(Script.version))
            .where(Script.attempt_id.in_([filing.attempt_id for filing in filings]))
            .group_by(Script.attempt_id)
        ).all()
    )
    return [
        {
            "attempt_id": filing.attempt_id,
            "version": last.get(filing.attempt_id, 0) + 1,
            "paper_id": paper.id,
            "answers": json.dumps(filing.answers, ensure_ascii=False, sort_keys=True),
            "cause": filing.cause.value,
            "made_at": now,
        }
        for filing in filings
    ]


def _items_text(sheet: MarkSheet) -> str:
    return json.dumps(
        {
            number: {"marks": str(item.marks), "verdict": item.verdict.value}
            for number, item in sheet.items.items()
        }
    )
