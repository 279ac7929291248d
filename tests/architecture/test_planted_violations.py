"""Each wall is tried: a violation planted in a copy of the package must be caught, by name."""

import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

PROGRAMS = Path(sys.executable).parent


@dataclass(frozen=True)
class Planted:
    """A line put into a module of the copy, and the contract that must break."""

    contract: str
    module: str
    line: str


FLOORS = "Floors: a feature imports downward only"
INSIDE = "Inside a feature: adapters, use cases, queries, models, rules, errors"
PURE_RULES = "Rules know no Flask, no SQLAlchemy"
NO_REQUEST = "Use cases know no request"
MODES = "Practice's modes stand above its core and know nothing of each other"
VIOLATIONS = [
    Planted(FLOORS, "grading/rules.py", "import lianbing.exams.events"),
    Planted(FLOORS, "kernel/clock.py", "import lianbing.infra.settings"),
    Planted(FLOORS, "loose_package/__init__.py", "import lianbing.kernel"),
    Planted(INSIDE, "banks/rules.py", "import lianbing.banks.models"),
    Planted(
        INSIDE, "people/organisations/rules.py", "import lianbing.people.organisations.queries"
    ),
    Planted(PURE_RULES, "papers/rules.py", "import sqlalchemy"),
    Planted(PURE_RULES, "kernel/marks.py", "import flask"),
    Planted(PURE_RULES, "people/organisations/rules.py", "import flask_sqlalchemy"),
    Planted(NO_REQUEST, "subjects/use_cases.py", "from flask import request"),
    Planted(NO_REQUEST, "people/organisations/use_cases.py", "import lianbing.web.access"),
    Planted(MODES, "practice/rules.py", "import lianbing.practice.favourites.rules"),
    Planted(MODES, "practice/favourites/rules.py", "import lianbing.practice.challenge.rules"),
]


@pytest.fixture
def copy(project_root: Path, tmp_path: Path) -> Path:
    """A project root with the package's Python files and the project's configuration."""
    shutil.copy(project_root / "pyproject.toml", tmp_path)
    source, target = project_root / "platform" / "lianbing", tmp_path / "platform" / "lianbing"
    for path in source.rglob("*.py"):
        copied = target / path.relative_to(source)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copied)
    return tmp_path


def run(folder: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": str(folder / "platform"), "NO_COLOR": "1"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def lint_imports(folder: Path) -> "subprocess.CompletedProcess[str]":
    return run(folder, str(PROGRAMS / "lint-imports"), "--no-cache", "--no-logo")


def plant(folder: Path, planted: Planted) -> None:
    path = folder / "platform" / "lianbing" / planted.module
    path.parent.mkdir(exist_ok=True)
    before = path.read_text() if path.exists() else '"""Planted."""\n'
    path.write_text(f"{before}\n{planted.line}\n")


def test_copy_without_a_violation_keeps_every_contract(copy: Path) -> None:
    result = lint_imports(copy)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout


def test_every_contract_has_a_planted_violation(project_root: Path) -> None:
    configuration = tomllib.loads((project_root / "pyproject.toml").read_text())
    contracts = {c["name"] for c in configuration["tool"]["importlinter"]["contracts"]}
    assert {planted.contract for planted in VIOLATIONS} == contracts


@pytest.mark.slow
@pytest.mark.parametrize("planted", VIOLATIONS, ids=lambda p: f"{p.module}: {p.line}")
def test_planted_import_breaks_its_contract(copy: Path, planted: Planted) -> None:
    plant(copy, planted)
    result = lint_imports(copy)
    assert result.returncode != 0
    if planted.module.startswith("loose_package"):
        assert "loose_package" in result.stdout + result.stderr  # exhaustive: no unlisted package
    else:
        assert f"{planted.contract} BROKEN" in result.stdout


LINT_VIOLATIONS = [
    ("F401", "import json\n"),
    ("DTZ005", "from datetime import datetime\n\nNOW = datetime.now()\n"),
    ("PLC0415", "def f() -> None:\n    import json\n\n    json.dumps(1)\n"),
    ("TID252", "from . import clock\n\nX = clock\n"),
    ("T201", "print('left over')\n"),
    ("S608", "def f(name: str) -> str:\n    return f\"SELECT * FROM t WHERE n = '{name}'\"\n"),
    ("PLR0915", "def f() -> None:\n" + "    x = 1\n" * 51),
]


@pytest.mark.parametrize(("rule", "code"), LINT_VIOLATIONS, ids=[v[0] for v in LINT_VIOLATIONS])
def test_planted_lint_violation_is_caught(
    project_root: Path, tmp_path: Path, rule: str, code: str
) -> None:
    shutil.copy(project_root / "pyproject.toml", tmp_path)
    path = tmp_path / "platform" / "lianbing" / "kernel" / "planted.py"
    path.parent.mkdir(parents=True)
    path.write_text(f'"""Planted."""\n\n{code}')
    result = run(tmp_path, str(PROGRAMS / "ruff"), "check", "--no-cache", ".")
    assert result.returncode != 0
    assert rule in result.stdout


def test_planted_bad_format_is_caught(project_root: Path, tmp_path: Path) -> None:
    shutil.copy(project_root / "pyproject.toml", tmp_path)
    (tmp_path / "planted.py").write_text("x = {  'a':1 }\n")
    result = run(tmp_path, str(PROGRAMS / "ruff"), "format", "--no-cache", "--check", ".")
    assert result.returncode != 0


TYPE_VIOLATIONS = [
    ("no-untyped-def", "practice/rules.py", "def decide(x):\n    return x\n"),
    ("no-untyped-def", "people/roles/use_cases.py", "def decide(x):\n    return x\n"),
    ("type-arg", "infra/loose.py", "def decide(x: dict) -> None:\n    x.clear()\n"),
    ("arg-type", "people/views.py", "def f(x: int) -> int:\n    return x\n\n\nf('one')\n"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("error", "module", "code"), TYPE_VIOLATIONS)
def test_planted_type_error_is_caught(
    project_root: Path, tmp_path: Path, error: str, module: str, code: str
) -> None:
    shutil.copy(project_root / "pyproject.toml", tmp_path)
    path = tmp_path / "platform" / "lianbing" / module
    path.parent.mkdir(parents=True)
    path.write_text(code)
    result = run(tmp_path, sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path / "cache"))
    assert result.returncode != 0
    assert f"[{error}]" in result.stdout
