"""A real server in its own processes, as a user meets it, for the browser to talk to."""

import os
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

import psutil
from flask import Flask

START_SECONDS = 60
STOP_SECONDS = 45
NO_LAST_WORD = "() => { window.fetch = () => Promise.reject(new TypeError('no network')); }"
"""What a page sends as it is closed gets past the pretended lack of a network, at times."""


@dataclass
class Served:
    """One shape being served; ``app`` reaches the same database from the test's process."""

    app: Flask
    shape: str
    environment: dict[str, str]
    log: Path
    port: int
    module: str = "lianbing.entry.cli"
    """What is run with ``serve``: the command itself, or one that moves its clock first."""
    _process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start ``lianbing serve`` and wait until it answers."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("LIANBING_")}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self.module, "serve"],
                env={**inherited, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_it_answers(self._process)

    def stop(self) -> None:
        """Stop it as an operator does."""
        if self._process is None:
            return
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """``kill -9`` of the starter and of every process it started: the power plug."""
        if self._process is None:
            return
        with suppress(psutil.NoSuchProcess):
            starter = psutil.Process(self._process.pid)
            starter.suspend()  # so that it can neither clean up nor replace what dies
            for process in [*starter.children(recursive=True), starter]:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
        self._process.wait()
        self._process = None
        self._wait_until_the_port_is_free()

    def _wait_until_it_answers(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = monotonic() + START_SECONDS
        while monotonic() < deadline:
            if process.poll() is not None:
                break
            with suppress(URLError, ConnectionError), urlopen(f"{self.url}/healthz", timeout=5):
                return
            sleep(0.1)
        shown = self.log.read_text(errors="replace")[-3000:]
        raise AssertionError(f"the {self.shape} server did not start:\n{shown}")

    def _wait_until_the_port_is_free(self) -> None:
        deadline = monotonic() + STOP_SECONDS
        while monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                return
            sleep(0.1)
        raise AssertionError(f"something still listens on port {self.port}")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
