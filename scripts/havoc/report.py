"""What all rounds found: a table for people, one JSON object for machines."""

import os
from collections.abc import Sequence
from typing import Any

from havoc.rounds import Outcome

HEADINGS = ("fault", "answers", "lost", "marks", "records", "chains", "back after", "", "what")
SHOWN = 3


def to_text(outcomes: Sequence[Outcome]) -> str:
    """The table; below it the first of whatever was found."""
    rows = [HEADINGS, *(_row(one) for one in outcomes)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS) - 1)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        + "  "
        + row[-1]
        for row in rows
    ]
    for one in outcomes:
        lines += [f"{one.fault}: {what}" for what in _all(one)[:SHOWN]]
    return "\n".join(lines)


def to_json(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Everything, with the number of cores it was found on."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "passed": all(one.passed or one.skipped for one in outcomes),
        "faults": [
            {
                "fault": one.fault,
                "result": _result(one),
                "note": one.note,
                "seconds": round(one.seconds, 1),
                "acknowledged": one.findings.acknowledged,
                "lost": len(one.findings.lost),
                "double_or_missing_marks": len(one.findings.marks),
                "double_or_missing_records": len(one.findings.records),
                "broken_chains": len(one.findings.chains),
                "strange": len(one.findings.strange),
                "recovered_s": None if one.recovered is None else round(one.recovered, 1),
                "retries": one.retries,
                "found": _all(one)[:SHOWN],
            }
            for one in outcomes
        ],
    }


def _row(one: Outcome) -> tuple[str, ...]:
    if one.skipped:
        return (one.fault, "", "", "", "", "", "", "skipped", one.note)
    found = one.findings
    counts = (found.acknowledged, len(found.lost), len(found.marks), len(found.records))
    back = "never" if one.recovered is None else f"{one.recovered:.1f} s"
    cells = [str(count) for count in (*counts, len(found.chains))]
    return (one.fault, *cells, back, _result(one), one.note)


def _result(one: Outcome) -> str:
    if one.skipped:
        return "skipped"
    return "ok" if one.passed else "FAILED"


def _all(one: Outcome) -> list[str]:
    found = one.findings
    return [
        *one.troubles,
        *found.lost,
        *found.strange,
        *found.marks,
        *found.records,
        *found.chains,
    ]
