"""Processes that live and die together: children of the supervisor, workers of the server."""

import ctypes
import logging
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from functools import partial

log = logging.getLogger(__name__)

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)  # loaded here, since a child between fork and exec should load nothing
STOP_SECONDS = 30


def end_with_parent(how: signal.Signals) -> None:
    """Ask Linux to send this process ``how`` when its parent dies, however that dies."""
    parent = os.getppid()
    _libc.prctl(PR_SET_PDEATHSIG, how, 0, 0, 0)
    if os.getppid() != parent:  # it died in between
        os.kill(os.getpid(), how)


def allow_open_files(wanted: int) -> None:
    """Let this process and its children have so many files and sockets open, as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Supervisor:
    """Runs commands as children until told to stop, or until one of them ends by itself."""

    def __init__(self, commands: Sequence[Sequence[str]]) -> None:
        self._commands = commands
        self._children: list[subprocess.Popen[bytes]] = []
        self._wake = threading.Event()
        self._told_to_stop = False

    def run(self) -> int:
        """Start all, wait, stop all; 0 when told to stop, 1 when a child ended by itself."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for command in self._commands:
            self._children.append(_start(command))
        for child in self._children:  # only now: a fork beside a thread may inherit its locks
            threading.Thread(target=self._watch, args=(child,), daemon=True).start()
        self._wake.wait()
        if not self._told_to_stop:
            self._report_ended()
        self._end_all()
        return 0 if self._told_to_stop else 1

    def _watch(self, child: subprocess.Popen[bytes]) -> None:
        child.wait()
        self._wake.set()

    def _stop(self, _number: int, _frame: object) -> None:
        self._told_to_stop = True
        self._wake.set()

    def _report_ended(self) -> None:
        for child in self._children:
            if child.poll() is not None:
                shown = " ".join(map(str, child.args))  # type: ignore[arg-type]  # a sequence here
                log.error("%s ended with status %s; stopping the others", shown, child.returncode)

    def _end_all(self) -> None:
        for child in self._children:
            if child.poll() is None:
                child.terminate()
        for child in self._children:
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                log.error("process %s did not stop in %s s; killing it", child.pid, STOP_SECONDS)
                child.kill()


def _start(command: Sequence[str]) -> "subprocess.Popen[bytes]":
    # In a session of its own: Ctrl-C in a terminal then reaches it once, through us.
    return subprocess.Popen(  # noqa: S603 - our own commands
        command,
        start_new_session=True,
        preexec_fn=partial(end_with_parent, signal.SIGTERM),
    )


def own_command(*arguments: str) -> tuple[str, ...]:
    """A ``lianbing`` command run by this very interpreter."""
    return (sys.executable, "-m", "lianbing.entry.cli", *arguments)
