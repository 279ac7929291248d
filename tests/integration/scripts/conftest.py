"""A copy of the project in a folder of its own, so that starters may write there."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PARTS = ("platform", "scripts", "migrations", "question_banks", "pyproject.toml", "constraints.txt")


@pytest.fixture
def clone(project_root: Path, tmp_path: Path) -> Path:
    """The project without its environment and data."""
    target = tmp_path / "clone"
    target.mkdir()
    for name in PARTS:
        source = project_root / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, target / name)
    return target


@pytest.fixture
def installed_clone(clone: Path) -> Path:
    """The clone as after a first start: its environment is the one that runs these tests."""
    binaries = clone / ".venv" / "bin"
    binaries.mkdir(parents=True)
    python = binaries / "python"
    platform = clone / "platform"
    search = f"{platform}${{PYTHONPATH:+:$PYTHONPATH}}"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{search}" exec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    code = "import environment; print(environment._fingerprint())"
    fingerprint = subprocess.run(
        [sys.executable, "-c", code],
        cwd=clone / "scripts" / "commands",
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    stamp = {"fingerprint": fingerprint, "extras": [], "root": str(clone)}
    (clone / ".venv" / "lianbing-stamp.json").write_text(json.dumps(stamp))
    return clone


@pytest.fixture
def bare_environment(tmp_path: Path) -> dict[str, str]:
    """An empty home and no settings, as on a new machine."""
    home = tmp_path / "home"
    home.mkdir()
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("LIANBING_", "PYTHON"))}
    return {**inherited, "HOME": str(home), "PYTHON": sys.executable}
