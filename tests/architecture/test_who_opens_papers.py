"""Who opens sealed papers: a new line here is a decision about who may see questions early."""

import ast
from pathlib import Path

OPENERS = {
    "papers/queries.py": "the cache over the vault",
    "papers/use_cases.py": "a trainer's opening, by two persons before the release",
    "papers/pool/queries.py": "how often questions were used: counted in memory, never shown",
    "papers/assembly/drafts.py": "papers before freezing: their trainers, and whoever assembles",
    "exams/api.py": "the bearer of a seat",
    "exams/hot_save.py": "a save to a seat",
    "exams/hot_paper.py": "the plain paper to a seat",
    "exams/hot_start.py": "what opens the copy, to a seat just taken",
    "exams/taken_seat.py": "the exam page of a seat",
    "exams/closing.py": "marking",
    "exams/live_questions.py": "what phones may not hold while it is asked: counted, never shown",
    "exams/own_result.py": "a candidate's released result",
    "exams/receipts/answer_file_queries.py": "answers handed over by a seat without network",
    "exams/receipts/taking_in.py": "the same",
    "contests/demo.py": "the demo's made-up scripts",
}
WAYS_IN = {"get_frozen_paper", "get_copy_key", "take_out", "open_draft"}


def test_only_those_behind_a_gate_open_papers(project_root: Path) -> None:
    package = project_root / "platform" / "lianbing"
    found = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and WAYS_IN & {alias.name for alias in node.names}
    }
    assert found == set(OPENERS)
