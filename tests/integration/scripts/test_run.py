"""``scripts/run`` sets up and serves, twice the same way, and stops when asked."""

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

import pytest

START_SECONDS = 90
pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(
    clone: Path, environment: dict[str, str], *options: str
) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        ["/bin/sh", str(clone / "scripts" / "run"), *options],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def wait_for_answer(process: "subprocess.Popen[str]", port: int) -> None:
    deadline = monotonic() + START_SECONDS
    while monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except (URLError, ConnectionError):
            sleep(0.1)
    process.kill()
    assert process.stdout is not None
    raise AssertionError(f"it does not answer:\n{process.stdout.read()}")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_start_serves_and_a_signal_stops_it_cleanly(
    installed_clone: Path, bare_environment: dict[str, str], number: signal.Signals
) -> None:
    port = free_port()
    options = ("--port", str(port), "--no-demo")
    with started(installed_clone, bare_environment, *options) as process:
        wait_for_answer(process, port)
        process.send_signal(number)
        said, _ = process.communicate(timeout=START_SECONDS)
    assert process.returncode == 0, said
    assert f"http://127.0.0.1:{port}/" in said
    assert "Traceback" not in said
    assert (installed_clone / "var" / "lianbing.db").exists()


def test_second_start_finds_the_first_ones_data(
    installed_clone: Path, bare_environment: dict[str, str]
) -> None:
    secrets = installed_clone / "var" / "secrets.json"
    kept = []
    for _ in range(2):
        port = free_port()
        with started(
            installed_clone, bare_environment, "--port", str(port), "--no-demo"
        ) as process:
            wait_for_answer(process, port)
            process.terminate()
            process.communicate(timeout=START_SECONDS)
        kept.append(secrets.read_text())
    assert kept[0] == kept[1]


def test_database_option_chooses_where_data_goes(
    installed_clone: Path, bare_environment: dict[str, str], tmp_path: Path
) -> None:
    port, database = free_port(), tmp_path / "elsewhere.db"
    options = ("--port", str(port), "--no-demo", "--database", f"sqlite:///{database}")
    with started(installed_clone, bare_environment, *options) as process:
        wait_for_answer(process, port)
        process.terminate()
        process.communicate(timeout=START_SECONDS)
    assert database.exists()
    assert not (installed_clone / "var" / "lianbing.db").exists()


def test_demo_start_names_a_sign_in_for_each_role(
    installed_clone: Path, bare_environment: dict[str, str]
) -> None:
    port = free_port()
    with started(installed_clone, bare_environment, "--port", str(port)) as process:
        wait_for_answer(process, port)
        process.terminate()
        said, _ = process.communicate(timeout=START_SECONDS)
    for role in ("Worker", "Team leader", "Trainer", "Organiser", "Administrator"):
        assert role in said
    assert "13800000001" in said
