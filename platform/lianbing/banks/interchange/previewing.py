"""What was read of a file, kept line by line for its preview."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from lianbing.banks.interchange.drafts import Finding, Level, ReadFile
from lianbing.banks.interchange.models import ImportLine, QuestionImport
from lianbing.banks.interchange.rules import Checked, ImportState
from lianbing.banks.interchange.telling import told_key
from lianbing.banks.rules import QuestionUse

ROWS_AT_ONCE = 1000


def keep_preview(
    session: Session,
    import_id: int,
    read: ReadFile,
    checked: Sequence[Checked],
    loose: Sequence[Finding],
) -> None:
    """Keep what is to be said of each line, in place of what an earlier reading said."""
    row = session.get_one(QuestionImport, import_id, with_for_update=True)
    if row.state != ImportState.READING:
        return
    session.execute(delete(ImportLine).where(ImportLine.import_id == import_id))
    headings = {
        (table.sheet, name): heading
        for table in read.columns
        for name, heading in zip(table.fields, table.headings, strict=True)
    }
    lines = [_line(import_id, number, one, headings) for number, one in enumerate(checked, start=1)]
    lines += [
        _loose(import_id, number, finding, headings)
        for number, finding in enumerate(loose, start=len(lines) + 1)
    ]
    for start in range(0, len(lines), ROWS_AT_ONCE):
        session.execute(insert(ImportLine), lines[start : start + ROWS_AT_ONCE])
    row.state, row.format, row.progress = ImportState.READ, read.format.value, 100
    row.counts = _counts(checked, loose)
    row.columns = [
        {"sheet": one.sheet, "headings": list(one.headings), "fields": list(one.fields)}
        for one in read.columns
    ]


def _counts(checked: Sequence[Checked], loose: Sequence[Finding]) -> dict[str, Any]:
    good = [one for one in checked if one.is_good]
    bad = len(checked) - len(good) + sum(1 for one in loose if one.level is Level.ERROR)
    warned = sum(1 for one in good if one.findings)
    types = Counter(one.draft.type.value for one in checked)
    points = Counter(one.entry.point_code for one in good if one.entry is not None)
    same = sum(1 for one in checked if any("asks the same" in f.message for f in one.findings))
    return {
        "good": len(good),
        "bad": bad,
        "warned": warned,
        "same": same,
        "exam_only": sum(1 for one in good if one.entry and one.entry.use is QuestionUse.EXAM),
        "types": dict(types),
        "points": dict(points.most_common(200)),
    }


Headings = Mapping[tuple[str, str], str]
"""A table's heading by its sheet and the field it was taken for."""


def _said(findings: Sequence[Finding], headings: Headings) -> list[dict[str, Any]]:
    """Errors before warnings, each with the heading of its column."""
    return [
        {
            "sheet": one.place.sheet,
            "row": one.place.row,
            "column": one.place.column or headings.get((one.place.sheet, one.about), ""),
            "message": one.message,
            "params": {name: str(value) for name, value in one.params.items()},
            "level": one.level.value,
        }
        for one in sorted(findings, key=lambda finding: finding.level is not Level.ERROR)
    ]


def _line(import_id: int, number: int, one: Checked, headings: Headings) -> dict[str, Any]:
    level = "" if not one.findings else Level.WARNING if one.is_good else Level.ERROR
    return {
        "import_id": import_id,
        "number": number,
        "sheet": one.draft.place.sheet[:200],
        "row": one.draft.place.row,
        "level": Level.ERROR if not one.is_good else level,
        "type": one.draft.type.value,
        "point": one.entry.point_code[:20] if one.entry is not None else "",
        "stem": one.draft.stem[:400],
        "answer": told_key(one.draft),
        "findings": _said(one.findings, headings),
    }


def _loose(import_id: int, number: int, finding: Finding, headings: Headings) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "number": number,
        "sheet": finding.place.sheet[:200],
        "row": finding.place.row,
        "level": finding.level.value,
        "type": "",
        "point": "",
        "stem": "",
        "answer": "",
        "findings": _said([finding], headings),
    }
