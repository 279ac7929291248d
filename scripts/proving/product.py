"""The product as it runs in production: web workers, Celery workers and beat, on free ports."""

import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lianbing.infra.settings import PREFIX, SECRET_NAMES, Settings, load_settings
from proving.throwaway import free_port, listens, wait_until

ROOT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 40


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """How to run the product; the figures in docs/hot-path.md say why these."""

    workers: int = 2
    threads: int = 64


@dataclass(kw_only=True)
class Product:
    """One installation: its environment, and the processes that run it now."""

    environment: dict[str, str]
    folder: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        return load_settings(self.environment)

    @property
    def port(self) -> int:
        return int(self.environment["LIANBING_PORT"])

    def start(self, kind: str, *arguments: str) -> None:
        """Start ``lianbing`` with the arguments; ``kind`` names it in reports."""
        with (self.folder / f"{kind}.log").open("ab") as log:
            self.processes[kind] = subprocess.Popen(
                [sys.executable, "-m", "lianbing.entry.cli", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=self.environment,
                start_new_session=True,
            )
        if kind == "web":
            wait_until(lambda: listens(self.port), f"the web did not start: {self.last_words()}")

    def stop(self) -> None:
        """Stop every process."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()

    def pids(self) -> dict[str, int]:
        """The root process of each kind."""
        return {kind: process.pid for kind, process in self.processes.items()}

    def last_words(self, kind: str = "web") -> str:
        """The end of a process's log, for an error message."""
        path = self.folder / f"{kind}.log"
        return path.read_text(errors="replace")[-2000:] if path.exists() else ""


def production(folder: Path, wanted: Wanted, *, postgres_url: str, redis_url: str) -> Product:
    """The production shape over servers of this run's own."""
    return _product(
        folder,
        {
            "shape": "production",
            "database_url": postgres_url,
            "redis_url": redis_url,
            "web_workers": str(wanted.workers),
            "web_threads": str(wanted.threads),
        },
    )


def embedded(folder: Path, wanted: Wanted) -> Product:
    """The embedded shape: one process over SQLite in the folder."""
    return _product(folder, {"shape": "embedded", "web_threads": str(wanted.threads)})


def _product(folder: Path, settings: Mapping[str, str]) -> Product:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    data = folder / "data"
    data.mkdir(exist_ok=True)
    chosen = {
        **settings,
        **{name: secrets.token_hex(32) for name in SECRET_NAMES},
        "data_dir": str(data),
        "port": str(free_port()),
        "log_level": "WARNING",
    }
    own = {PREFIX + name.upper(): value for name, value in chosen.items()}
    inherited["PYTHONPATH"] = os.pathsep.join([str(ROOT / "platform"), str(ROOT / "scripts")])
    return Product(environment={**inherited, **own}, folder=folder)
