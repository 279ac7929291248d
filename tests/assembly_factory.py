"""Small assembly problems as values."""

from decimal import Decimal
from typing import Any

from lianbing.banks.queries import DrawItem
from lianbing.banks.rules import QuestionType
from lianbing.kernel.ids import QuestionId, QuestionVersionId
from lianbing.papers.assembly.rules import Candidate, ItemParameters, Problem
from lianbing.papers.blueprints import Cell

SINGLE = QuestionType.SINGLE_CHOICE
HALF = Decimal("0.5")


def make_candidate(
    number: int,
    *,
    kind: QuestionType = SINGLE,
    scope: str = "A",
    point: int = 1,
    difficulty: str = "0.5",
    uses: int = 0,
    parameters: ItemParameters | None = None,
) -> Candidate:
    """A question in a scope; version and question share their number."""
    item = DrawItem(
        question_id=QuestionId(number),
        version_id=QuestionVersionId(number),
        type=kind,
        scope_codes=(scope,),
        point_id=point,
        difficulty=Decimal(difficulty),
    )
    return Candidate(item=item, uses=uses, parameters=parameters)


def make_cell(count: int, *, scope: str | None = None, marks: int = 1) -> Cell:
    """A cell of single-choice questions."""
    return Cell(type=SINGLE, count=count, marks=Decimal(marks), scope_code=scope)


def make_problem(candidates: list[Candidate], cells: list[Cell], **changes: Any) -> Problem:
    """Two papers around the middle difficulty with a wide band, unless said otherwise."""
    asked: dict[str, Any] = {"papers": 2, "seed": 1, "target": HALF, "tolerance": HALF}
    return Problem(candidates=tuple(candidates), cells=tuple(cells), **{**asked, **changes})
