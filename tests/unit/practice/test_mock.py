"""What a mock asks for, decided without a database."""

from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from lianbing.banks.queries import DrawItem
from lianbing.banks.rules import PART_TYPES, QuestionType
from lianbing.kernel.ids import QuestionId, QuestionVersionId
from lianbing.papers.blueprints import Cell, hundred_marks
from lianbing.practice.mock.rules import draw_what_fits, usual_cells

KINDS = st.sampled_from(PART_TYPES)
SCOPES = st.sampled_from(("A", "B"))
ITEMS = st.lists(st.tuples(KINDS, SCOPES), max_size=25).map(
    lambda rows: [
        DrawItem(
            question_id=QuestionId(number),
            version_id=QuestionVersionId(number),
            type=kind,
            scope_codes=(scope,),
            point_id=number,
            difficulty=Decimal("0.5"),
        )
        for number, (kind, scope) in enumerate(rows, start=1)
    ]
)
CELLS = st.lists(
    st.builds(
        Cell,
        type=KINDS,
        count=st.integers(1, 8),
        marks=st.sampled_from((Decimal(1), Decimal(2))),
        scope_code=st.none() | SCOPES,
    ),
    max_size=5,
)


@given(ITEMS, CELLS, st.integers(0, 2**48))
def test_a_mock_never_asks_for_more_than_its_blueprint_nor_twice_the_same(
    items: list[DrawItem], cells: list[Cell], seed: int
) -> None:
    drawn = draw_what_fits(items, cells, seed=seed)
    assert len({one.item.question_id for one in drawn}) == len(drawn)
    asked = sum(cell.count for cell in cells)
    assert len(drawn) <= min(asked, len(items))
    for one in drawn:
        assert one.item.type is one.cell.type
        assert one.cell.scope_code in (None, one.item.scope_codes[0])
    fitting = [item for item in items if any(item.type is cell.type for cell in cells)]
    if any(cell.scope_code is None for cell in cells) and any(
        item.type is cell.type and cell.scope_code is None for item in fitting for cell in cells
    ):
        assert drawn


@given(st.dictionaries(st.sampled_from(QuestionType), st.integers(0, 100)))
def test_the_usual_hundred_marks_shrink_to_what_there_is(
    available: dict[QuestionType, int],
) -> None:
    cells = usual_cells(available)
    wanted = {cell.type: cell.count for cell in hundred_marks()}
    had = Counter({cell.type: cell.count for cell in cells})
    for kind in QuestionType:
        assert had[kind] == min(wanted.get(kind, 0), available.get(kind, 0))
