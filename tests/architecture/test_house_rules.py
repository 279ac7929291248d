"""The measures of the house: short files, short functions, names that say what they hold."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

LONGEST_FILE = 500
LONGEST_FUNCTION = 50
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}
CODE_FOLDERS = ("platform", "scripts", "tests", "migrations")


@pytest.fixture(scope="module")
def sources(project_root: Path) -> list[Path]:
    found = [
        path
        for folder in CODE_FOLDERS
        for path in (project_root / folder).rglob("*")
        if path.suffix in {".py", ".js", ".html", ".css"} and "versions" not in path.parts
    ]
    assert len(found) > 50
    return [path for path in found if "__pycache__" not in path.parts]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_file_is_longer_than_can_be_read_at_once(sources: list[Path]) -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sources}
    assert {path: n for path, n in lengths.items() if n > LONGEST_FILE} == {}


def test_no_function_is_longer_than_a_screen(sources: list[Path]) -> None:
    too_long = [
        f"{path}:{node.lineno} {node.name}"
        for path in sources
        if path.suffix == ".py"
        for node in functions(path)
        if (node.end_lineno or node.lineno) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert too_long == []


def test_no_module_or_folder_has_a_name_that_says_nothing(
    sources: list[Path], project_root: Path
) -> None:
    vague = {
        path
        for path in sources
        if VAGUE_NAMES & {*path.relative_to(project_root).parent.parts, path.stem}
    }
    assert vague == set()


def test_every_module_of_the_package_says_what_it_owns(project_root: Path) -> None:
    silent = [
        path
        for path in (project_root / "platform").rglob("*.py")
        if ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is None
    ]
    assert silent == []
