"""The table of fifteen ways names tests that exist, and leaves no way without one."""

import ast
import re
from pathlib import Path

import pytest


@pytest.fixture
def ways(project_root: Path) -> dict[str, list[tuple[str, str]]]:
    guide = (project_root / "docs" / "how-answers-are-not-lost.md").read_text(encoding="utf-8")
    sections = re.split(r"^## (\d+)\. ", guide, flags=re.M)[1:]
    return {
        number: re.findall(r"^- `(tests/\S+\.py)::(\w+)`$", text, re.M)
        for number, text in zip(sections[::2], sections[1::2], strict=True)
    }


def test_every_way_has_a_test(ways: dict[str, list[tuple[str, str]]]) -> None:
    assert list(ways) == [str(number) for number in range(1, 16)]
    assert [number for number, named in ways.items() if not named] == []


def test_every_named_test_exists(
    ways: dict[str, list[tuple[str, str]]], project_root: Path
) -> None:
    missing = [
        f"{path}::{name}"
        for named in ways.values()
        for path, name in named
        if not (project_root / path).exists() or name not in names_in(project_root / path)
    ]
    assert missing == []


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
