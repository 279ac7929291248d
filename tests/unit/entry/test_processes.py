"""The supervisor: children live and die together, and it says so by its exit status."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

PATIENCE = 60
pytestmark = pytest.mark.slow
SLEEP = [sys.executable, "-c", "import os, time; os.write(1, b'up\\n'); time.sleep(600)"]


def supervise(project_root: Path, *commands: list[str]) -> "subprocess.Popen[str]":
    code = f"""
import sys
from lianbing.entry.processes import Supervisor
sys.exit(Supervisor({commands!r}).run())
"""
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=project_root / "platform",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until_up(supervisor: "subprocess.Popen[str]", children: int) -> list[psutil.Process]:
    assert supervisor.stdout is not None
    for _ in range(children):
        assert supervisor.stdout.readline() == "up\n"
    return psutil.Process(supervisor.pid).children()


def assert_all_gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    assert alive == []


def test_one_child_ending_stops_the_others_and_fails(project_root: Path) -> None:
    supervisor = supervise(project_root, SLEEP, [sys.executable, "-c", "raise SystemExit(3)"])
    _, errors = supervisor.communicate(timeout=PATIENCE)
    assert supervisor.returncode == 1
    assert "ended with status 3" in errors


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_is_forwarded_and_is_no_failure(project_root: Path, number: signal.Signals) -> None:
    supervisor = supervise(project_root, SLEEP, SLEEP)
    children = wait_until_up(supervisor, 2)
    assert len(children) == 2
    os.kill(supervisor.pid, number)
    supervisor.communicate(timeout=PATIENCE)
    assert supervisor.returncode == 0
    assert_all_gone(children)


def test_killed_supervisor_leaves_no_child(project_root: Path) -> None:
    supervisor = supervise(project_root, SLEEP)
    children = wait_until_up(supervisor, 1)
    supervisor.kill()
    supervisor.communicate(timeout=PATIENCE)
    assert_all_gone(children)
