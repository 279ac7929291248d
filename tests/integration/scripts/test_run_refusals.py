"""``scripts/run`` on a machine that lacks something: what, and how to get it, and no traceback."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

NOBODY = 65534
SECONDS = 120
pytestmark = pytest.mark.slow
Environment = dict[str, str]


def start(clone: Path, environment: Environment, *options: str, **more: object) -> str:
    """Start, expect a refusal, and return its words."""
    result = subprocess.run(
        ["/bin/sh", str(clone / "scripts" / "run"), *options],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
        **more,  # type: ignore[call-overload]
    )
    assert result.returncode != 0
    assert "Traceback" not in result.stdout
    return str(result.stdout)


def shim(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def only(folder: Path) -> Environment:
    """A PATH with nothing but the shims and what the starter itself calls."""
    folder.mkdir(exist_ok=True)
    (folder / "dirname").symlink_to(shutil.which("dirname") or "/usr/bin/dirname")
    return {"PATH": str(folder), "HOME": str(folder)}


def test_python_that_is_too_old_is_named(clone: Path, tmp_path: Path) -> None:
    shims = tmp_path / "bin"
    shim(shims, "python3", '[ "$1" = --version ] && echo "Python 3.9.2" && exit 0\nexit 1')
    said = start(clone, only(shims))
    assert "needs Python 3.11 or newer; here is Python 3.9.2" in said
    assert "apt-get install python3" in said
    assert not (clone / ".venv").exists()


def test_missing_python_is_said(clone: Path, tmp_path: Path) -> None:
    assert "needs Python 3.11" in start(clone, only(tmp_path / "bin"))


def test_missing_venv_module_names_its_package(
    clone: Path, tmp_path: Path, bare_environment: Environment
) -> None:
    code = (
        "import sys, runpy, os; sys.modules['ensurepip'] = None; sys.argv = sys.argv[1:]; "
        "sys.path[0] = os.path.dirname(sys.argv[0]); "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    shims = tmp_path / "bin"
    shim(
        shims,
        "python3",
        f'case "$1" in -*) exec "{sys.executable}" "$@";; esac\n'
        f'exec "{sys.executable}" -c "{code}" "$@"',
    )
    environment = {**bare_environment, "PYTHON": str(shims / "python3")}
    said = start(clone, environment, "--port", str(free_port()))
    assert "apt-get install python3-venv" in said
    assert not (clone / ".venv").exists()


def test_taken_port_is_named_before_anything_is_installed(
    clone: Path, bare_environment: Environment
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = start(clone, bare_environment, "--port", str(port))
    assert f"127.0.0.1:{port}" in said
    assert f"--port {port + 1}" in said
    assert not (clone / ".venv").exists()


def test_folder_that_cannot_be_written_is_named(clone: Path, tmp_path: Path) -> None:
    more: dict[str, object] = {}
    if os.geteuid() == 0:  # root is refused nothing, so somebody else starts it
        more = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        open_the_way_to(clone)
    else:
        clone.chmod(0o555)
    python = python_for(more)
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "PYTHON": python}
    said = start(clone, environment, "--port", str(free_port()), **more)
    assert f"Cannot write to {clone}" in said


def open_the_way_to(folder: Path) -> None:
    for path in folder.parents:
        if path.stat().st_uid == os.geteuid() and path.is_relative_to("/tmp/pytest-of-root"):
            path.chmod(path.stat().st_mode | 0o055)


def python_for(more: dict[str, object]) -> str:
    """A Python that the user who starts may run; root's own may lie in root's home."""
    for candidate in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        question = [candidate, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        try:
            ran = subprocess.run(question, check=False, capture_output=True, cwd="/", **more)  # type: ignore[call-overload]
        except OSError:
            continue
        if ran.returncode == 0:
            return candidate
    pytest.skip("no Python 3.11 that another user than root may run")


def test_failing_install_points_at_pips_words_and_a_mirror(
    clone: Path, bare_environment: Environment
) -> None:
    environment = {k: v for k, v in bare_environment.items() if not k.startswith("PIP_")}
    environment |= {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    said = start(clone, environment, "--port", str(free_port()))
    assert "ERROR: " in said
    assert "PIP_INDEX_URL" in said


@pytest.mark.parametrize(
    ("name", "value"),
    [("LIANBING_COLOUR", "red"), ("LIANBING_PORT", "eighty"), ("LIANBING_SHAPE", "production")],
)
def test_bad_setting_is_named(
    installed_clone: Path, bare_environment: Environment, name: str, value: str
) -> None:
    free = {"LIANBING_PORT": str(free_port())}
    said = start(installed_clone, {**bare_environment, **free, name: value})
    assert "LIANBING_" in said
    assert said.count("\n") <= 3
    if value != "production":
        assert name in said


def test_unknown_option_is_refused(clone: Path, bare_environment: Environment) -> None:
    assert "usage: scripts/run" in start(clone, bare_environment, "--prot", "1")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
