"""``scripts/backup`` and ``scripts/restore`` run from anywhere, with the starters' environment."""

import os
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def run(
    clone: Path, environment: dict[str, str], program: str, *arguments: str, cwd: Path
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["/bin/sh", str(clone / "scripts" / program), *arguments],
        env=environment,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_there_and_back_by_the_commands_a_person_types(
    installed_clone: Path, bare_environment: dict[str, str], tmp_path: Path
) -> None:
    source = {**bare_environment, "LIANBING_DATA_DIR": str(tmp_path / "one")}
    upgrade = [str(installed_clone / ".venv/bin/python"), "-m", "lianbing.entry.cli"]
    subprocess.run([*upgrade, "db", "upgrade"], env=source, check=True, capture_output=True)
    arguments = ("kept", "--keys", "safe")
    saved = run(installed_clone, source, "backup", *arguments, cwd=tmp_path)
    assert saved.returncode == 0, saved.stderr
    (folder,) = (tmp_path / "kept").iterdir()
    (keys,) = (tmp_path / "safe").iterdir()
    target = {**bare_environment, "LIANBING_DATA_DIR": str(tmp_path / "two")}
    arguments = (os.path.relpath(folder, tmp_path), "--keys", str(keys))
    restored = run(installed_clone, target, "restore", *arguments, cwd=tmp_path)
    assert restored.returncode == 0, restored.stderr
    assert "restored" in restored.stdout
