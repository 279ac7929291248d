"""Holding a published result list against what was signed, its marks against mark sheets."""

import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.exams.models import ResultList, ResultRow
from lianbing.exams.receipts.checking import Fault, Verify
from lianbing.exams.receipts.queries import RootRow
from lianbing.exams.receipts.rules import root_text
from lianbing.grading.models import MarkSheetRow, Script
from lianbing.kernel.marks import show_mark

Line = tuple[int, str, int]
"""Rank, marks, seconds used."""


def root_faults(root: RootRow, verify: Verify) -> Iterator[Fault]:
    """What of a published root's own row does not hold."""
    if not verify(root.statement.encode(), root.signature):
        yield Fault(
            attempt=None, what="the published root does not bear this installation's signature"
        )
    stated = root_text(
        exam=root.exam_id, list_version=root.list_version, receipts=root.receipts, root=root.root
    )
    if stated != root.statement:
        yield Fault(attempt=None, what="the published root's row is not what was signed")


def list_faults(session: Session, root: RootRow, verify: Verify) -> Iterator[Fault]:
    """What of a published list, its lines and their marks does not hold."""
    found = session.scalars(
        select(ResultList).where(
            ResultList.exam_id == root.exam_id, ResultList.version == root.list_version
        )
    ).one_or_none()
    if found is None:
        yield Fault(attempt=None, what=f"result list {root.list_version} is gone")
        return
    content = found.content.encode()
    if hashlib.sha256(content).hexdigest() != found.content_hash:
        yield Fault(attempt=None, what="the result list does not match its hash")
    if not verify(content, found.signature):
        yield Fault(
            attempt=None, what="the result list does not bear this installation's signature"
        )
        return
    signed = json.loads(found.content)
    if signed.get("receipts_root") != root.root:
        yield Fault(attempt=None, what="the result list was signed over another root of receipts")
    yield from _line_faults(session, found.id, signed)


def _line_faults(
    session: Session, result_list_id: int, signed: dict[str, object]
) -> Iterator[Fault]:
    stated: dict[int, Line] = {
        person: (rank, marks, seconds)
        for rank, person, marks, seconds in signed["rows"]  # type: ignore[attr-defined]
    }
    pass_mark = Decimal(str(signed["pass_mark"]))
    rows = session.scalars(select(ResultRow).where(ResultRow.result_list_id == result_list_id))
    kept = {row.person_id: row for row in rows}
    for person in sorted(stated.keys() - kept.keys()):
        yield Fault(attempt=None, what=f"result list: the line of person {person} is gone")
    for person in sorted(kept.keys() - stated.keys()):
        yield Fault(attempt=None, what=f"result list: the line of person {person} was put in")
    sheets = _sheets(session, result_list_id)
    for person in sorted(kept.keys() & stated.keys()):
        row = kept[person]
        line = (row.rank, show_mark(row.marks), row.seconds_used)
        if line != stated[person] or row.passed != (row.marks >= pass_mark):
            yield Fault(
                attempt=row.attempt_id,
                what=f"result list: the line of person {person} is not what was signed",
            )
        elif (row.attempt_id, row.marks) not in sheets.get(row.script_id, set()):
            yield Fault(
                attempt=row.attempt_id,
                what="result list: no mark sheet of the script has these marks",
            )


def _sheets(session: Session, result_list_id: int) -> dict[int, set[tuple[int, Decimal]]]:
    """Attempt and total of every mark sheet, by script, for the scripts a list names."""
    rows = session.execute(
        select(MarkSheetRow.script_id, Script.attempt_id, MarkSheetRow.total)
        .join(Script, Script.id == MarkSheetRow.script_id)
        .join(ResultRow, ResultRow.script_id == MarkSheetRow.script_id)
        .where(ResultRow.result_list_id == result_list_id)
    )
    sheets: dict[int, set[tuple[int, Decimal]]] = {}
    for script_id, attempt_id, total in rows:
        sheets.setdefault(script_id, set()).add((attempt_id, total))
    return sheets
