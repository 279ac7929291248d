"""The proof sheet in the reader's language: lines of text for the page and for the PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext

from lianbing.kernel.errors import N_
from lianbing.kernel.marks import show_mark
from lianbing.papers.assembly.queries import SetRow
from lianbing.papers.proofs.charts import Chart, chart
from lianbing.papers.proofs.rules import ABILITIES, BANDS, Line, Proof, ProofLine
from lianbing.papers.use_cases import cell_words
from lianbing.web.errors import translated

WORDS = {
    Line.QUESTIONS: N_("Questions"),
    Line.MARKS: N_("Marks"),
    Line.DIFFICULTY: N_("Difficulty, weighted by marks"),
    Line.INFORMATION: N_("Information at the cut score"),
    Line.POINTS: N_("Different assessment points"),
    Line.ENEMIES: N_("Pairs that must not meet"),
    Line.FIXED: N_("Fixed questions"),
    Line.PRACTISED: N_("Questions open to practice"),
}
THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownLine:
    """A line of the constraint table: what, asked, and for each paper what it has and if kept.

    ``met``: None where nothing was asked.
    """

    what: str
    asked: str
    got: tuple[tuple[str, bool | None], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownProof:
    """Everything on the sheet but its headings."""

    lines: tuple[ShownLine, ...]
    bands: tuple[tuple[str, tuple[int, ...]], ...]
    difficulty: Chart
    information: Chart | None
    overlap: tuple[tuple[int, ...], ...]
    holds: bool


def shown(row: SetRow, proof: Proof, titles: dict[str, str]) -> ShownProof:
    """The proof as it is read."""
    middles = [(band + 0.5) / BANDS for band in range(BANDS)]
    curves = proof.information
    return ShownProof(
        lines=tuple(_line(row, line, titles) for line in proof.lines),
        bands=tuple(
            (f"{band / BANDS:.1f}–{(band + 1) / BANDS:.1f}", counts)
            for band, counts in enumerate(zip(*proof.histogram, strict=True))
        ),
        difficulty=chart([0.0, *middles, 1.0], [[0.0, *counts, 0.0] for counts in proof.histogram]),
        information=chart(ABILITIES, curves, mark=row.wanted.cut) if curves else None,
        overlap=proof.overlap,
        holds=proof.holds,
    )


def _line(row: SetRow, line: ProofLine, titles: dict[str, str]) -> ShownLine:
    return ShownLine(
        what=_what(row, line, titles),
        asked=_asked(row, line),
        got=tuple(zip((_number(value) for value in line.got), _met(line), strict=True)),
    )


def _met(line: ProofLine) -> Sequence[bool | None]:
    return line.met or [None] * len(line.got)


def _number(value: Decimal) -> str:
    return show_mark(value if value == value.to_integral_value() else value.quantize(THOUSANDTH))


def _what(row: SetRow, line: ProofLine, titles: dict[str, str]) -> str:
    match line.line:
        case Line.CELL:
            words = cell_words(row.cells[line.cell], titles)
            return str(translated({"cell": words})["cell"])
        case known:
            return gettext(WORDS[known])


def _asked(row: SetRow, line: ProofLine) -> str:
    match line.line:
        case Line.DIFFICULTY:
            target, band = show_mark(line.asked or Decimal(0)), show_mark(row.wanted.tolerance)
            return f"{target} ± {band}"
        case Line.INFORMATION:
            return gettext("within ± 10%% of each other")
        case Line.POINTS if line.asked is not None:
            return f"≥ {_number(line.asked)}"
        case _:
            return "–" if line.asked is None else _number(line.asked)
