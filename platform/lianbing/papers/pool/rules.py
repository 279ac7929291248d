"""Item parameters as a table of text: one question a line, code, a, b and optionally c; pure."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from lianbing.kernel.errors import N_

MOST_LINES = 50_000
LONGEST_NUMBER = 12
GREATEST_A, GREATEST_B, GREATEST_C = Decimal(5), Decimal(6), Decimal("0.5")
NUMBER_OF_COLUMNS = 4
QUANTUM = Decimal("0.0001")


@dataclass(frozen=True, kw_only=True, slots=True)
class ParameterLine:
    """Parameters for the question under ``code``, to four decimals."""

    row: int
    code: str
    a: Decimal
    b: Decimal
    c: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class LineProblem:
    """What is wrong with a line, counted from 1."""

    row: int
    message: str


def read_parameters(text: str) -> tuple[list[ParameterLine], LineProblem | None]:
    """The lines of a CSV text, a heading left out, or the first that is wrong."""
    lines: list[ParameterLine] = []
    seen: set[str] = set()
    for row, cells in enumerate(_rows(text), start=1):
        if row > MOST_LINES:
            return [], LineProblem(row=row, message=N_("There are more than 50,000 lines."))
        texts = [cell.strip() for cell in cells]
        if not any(texts) or (row == 1 and _is_heading(texts)):
            continue
        line = _line(row, texts)
        if line is None:
            return [], LineProblem(row=row, message=SHAPE)
        if line.code in seen:
            return [], LineProblem(row=row, message=N_("The question stands here twice."))
        seen.add(line.code)
        lines.append(line)
    if not lines:
        return [], LineProblem(row=1, message=SHAPE)
    return lines, None


SHAPE = N_(
    "Write code, a (above 0, up to 5), b (-6 to 6) and, if there is guessing, c (0 to 0.5), "
    "with commas between."
)


def _rows(text: str) -> Iterable[list[str]]:
    return csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=False)


def _is_heading(texts: list[str]) -> bool:
    return len(texts) > 1 and _number(texts[1]) is None


def _line(row: int, texts: list[str]) -> ParameterLine | None:
    if not NUMBER_OF_COLUMNS - 1 <= len(texts) <= NUMBER_OF_COLUMNS or not texts[0]:
        return None
    a, b = _number(texts[1]), _number(texts[2])
    c = _number(texts[3]) if len(texts) == NUMBER_OF_COLUMNS and texts[3] else Decimal(0)
    if a is None or b is None or c is None:
        return None
    if not (0 < a <= GREATEST_A and abs(b) <= GREATEST_B and 0 <= c <= GREATEST_C):
        return None
    return ParameterLine(row=row, code=texts[0], a=a, b=b, c=c)


def _number(text: str) -> Decimal | None:
    if len(text) > LONGEST_NUMBER:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value.quantize(QUANTUM) if value.is_finite() and abs(value) < 1000 else None
