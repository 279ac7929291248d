"""A proof sheet says truly what papers are, and marks what they fail."""

from decimal import Decimal

from tests.assembly_factory import make_candidate, make_cell, make_problem

from lianbing.papers.assembly.explaining import assemble
from lianbing.papers.assembly.rules import ItemParameters, Placed
from lianbing.papers.proofs.charts import chart
from lianbing.papers.proofs.rules import ABILITIES, Line, prove


def test_papers_that_were_assembled_are_proved_to_keep_what_was_asked() -> None:
    parameters = ItemParameters(a=1.0, b=0.0, c=0.0)
    candidates = [
        make_candidate(n, point=n % 7, difficulty=f"0.{n % 8 + 1}", parameters=parameters)
        for n in range(1, 40)
    ]
    problem = make_problem(
        candidates,
        [make_cell(6), make_cell(4, scope="A", marks=2)],
        tolerance=Decimal("0.03"),
        points_least=5,
        cut=0.0,
        fixed=frozenset({3}),
        enemies=((1, 2),),
    )
    papers = assemble(problem)
    assert papers is not None
    proof = prove(problem, papers)
    assert proof.holds
    assert {line.line for line in proof.lines} == set(Line)
    assert [sum(counts) for counts in proof.histogram] == [10, 10]
    assert [[row[0], row[1]] for row in proof.overlap] == [[10, 1], [1, 10]]
    assert len(proof.information[0]) == len(ABILITIES)
    assert proof.with_parameters == (10, 10)


def test_what_a_paper_fails_is_marked() -> None:
    candidates = [make_candidate(1, difficulty="0.9"), make_candidate(2, scope="B")]
    problem = make_problem(
        candidates, [make_cell(1, scope="A")], tolerance=Decimal("0.1"), enemies=((1, 2),)
    )
    paper = (Placed(question_id=1, cell=0), Placed(question_id=2, cell=0))
    proof = prove(problem, (paper, paper))
    met = {line.line: line.met for line in proof.lines}
    assert met[Line.CELL] == (True, True)
    assert met[Line.QUESTIONS] == (False, False)
    assert met[Line.DIFFICULTY] == (False, False)
    assert met[Line.ENEMIES] == (False, False)
    assert proof.overlaps_too_much
    assert not proof.holds
    assert proof.information == ()


def test_a_chart_starts_at_zero_and_ends_at_a_round_figure() -> None:
    made = chart([0.0, 0.5, 1.0], [[0.0, 37.0, 0.0], [0.0, 12.0, 3.0]], mark=0.5)
    assert [tick.text for tick in made.up] == ["0", "10", "20", "30", "40"]
    assert made.across[0].text == "0"
    assert made.across[-1].text == "1"
    lowest = made.curves[0].split()[0]
    assert lowest == f"{float(made.left)},{float(made.bottom)}"
    assert made.mark == (made.left + made.right) / 2


def test_a_chart_of_nothing_is_flat() -> None:
    made = chart([0.0, 1.0], [[0.0, 0.0]])
    assert [tick.text for tick in made.up] == ["0", "1"]
