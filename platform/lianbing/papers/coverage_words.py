"""What the blueprint editor says of its table, for the page and for its script alike."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from flask_babel import gettext

from lianbing.kernel.marks import show_mark
from lianbing.papers.coverage import Coverage, Practised
from lianbing.papers.forms import Grid
from lianbing.web.errors import message_of

PERCENT = Decimal(100)
TENTH = Decimal("0.1")


def coverage_json(grid: Grid, found: Coverage, weights: Mapping[str, Decimal]) -> dict[str, object]:
    """Coverage in the trainer's words: each cell, row and column, and the whole.

    ``cells`` by "row-column": ``text``, ``short`` (something to mend), ``empty``. ``rows`` and
    ``columns`` are texts in their order.
    """
    told: dict[int, str] = {}
    for problem in found.problems:
        if problem.index is not None:
            told.setdefault(problem.index, gettext(problem.message))
    whole = [gettext(problem.message) for problem in found.problems if problem.index is None]
    if found.refusal is not None:
        whole.append(message_of(found.refusal))
    return {
        "cells": {
            f"{row}-{column}": _cell_json(found.has[at], found.asks[at], told.get(at, ""))
            for at, (row, column) in enumerate(grid.places())
        },
        "rows": _row_texts(grid, found, weights),
        "columns": [_column_text(grid, at) for at in range(grid.width)],
        "whole": whole,
        "can_fill": found.can_fill and found.questions > 0,
        "total": gettext(
            "%(questions)s questions, %(marks)s marks",
            questions=found.questions,
            marks=show_mark(found.marks),
        ),
        "practised": _practised_text(found.practised, found.questions),
    }


def _cell_json(has: int | None, asks: int | None, problem: str) -> dict[str, object]:
    if has is None or asks is None:
        text = gettext("Enter whole questions and marks.")
        return {"text": text, "short": True, "empty": False}
    if problem:
        return {"text": problem, "short": True, "empty": False}
    if has < asks:
        return {"text": gettext("bank: only %(has)s", has=has), "short": True, "empty": False}
    return {"text": gettext("bank: %(has)s", has=has), "short": False, "empty": asks == 0}


def _row_texts(grid: Grid, found: Coverage, weights: Mapping[str, Decimal]) -> list[str]:
    texts: list[str] = []
    cells = grid.cells()
    for row, scope in enumerate(grid.scopes):
        own = [cell for cell in cells[row * grid.width : (row + 1) * grid.width] if cell]
        marks = sum((cell.count * cell.marks for cell in own), Decimal(0))
        questions = sum(cell.count for cell in own)
        share = percent(marks / found.marks) if found.marks else "0"
        if scope in weights:
            text = gettext(
                "%(questions)s questions, %(marks)s marks: %(share)s%% (standard %(weight)s%%)",
                questions=questions,
                marks=show_mark(marks),
                share=share,
                weight=show_mark(weights[scope]),
            )
        else:
            text = gettext(
                "%(questions)s questions, %(marks)s marks: %(share)s%%",
                questions=questions,
                marks=show_mark(marks),
                share=share,
            )
        texts.append(text)
    return texts


def _column_text(grid: Grid, column: int) -> str:
    questions = grid.column_total(column)
    kind = grid.columns[column].means()
    return gettext(
        "%(questions)s questions, %(marks)s marks",
        questions=questions,
        marks=show_mark(questions * kind[2]) if kind is not None else "–",
    )


def _practised_text(found: Practised, questions: int) -> str:
    if not questions:
        return ""
    if found.most == 0:
        return gettext("Candidates cannot have practised any of them: all are exam-only.")
    return gettext(
        "Open to practice: some %(likely)s of %(questions)s questions (%(share)s%% of the marks), "
        "at least %(least)s, at most %(most)s; the rest are exam-only.",
        likely=int(found.likely.to_integral_value(rounding=ROUND_HALF_UP)),
        questions=questions,
        share=percent(found.marks),
        least=found.least,
        most=found.most,
    )


def percent(share: Decimal) -> str:
    """A share of one as a percentage to the tenth, without its sign."""
    return show_mark((share * PERCENT).quantize(TENTH, rounding=ROUND_HALF_UP))
