"""Serving: granian's workers over the application, with the tasks its shape runs in them."""

import logging
import multiprocessing
import signal
import socket
import threading
from collections.abc import Callable
from functools import partial
from multiprocessing.synchronize import Event
from time import sleep

from flask import Flask
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from lianbing.entry.celery import install_kicker, make_celery
from lianbing.entry.embedded import claim_data_folder, start_embedded_tasks
from lianbing.entry.factory import create_app
from lianbing.entry.memory import settle_memory
from lianbing.entry.processes import allow_open_files, end_with_parent
from lianbing.entry.warming import warm_up
from lianbing.infra.metrics import share_rows
from lianbing.infra.settings import Settings

CONNECTIONS = 16_384
"""Open connections a worker takes in. Granian's own measure is 1,024 over all workers, idle ones
of browsers included: whoever came beyond it waited, unanswered, for one of them to be closed. What
is computed at once is bounded by the threads."""
BACKLOG = 4096
OTHER_FILES = 1024
STOP_SECONDS = 20
"""How long a worker may finish its requests after the signal to stop."""


def load_application() -> Flask:
    """The application with its tasks running: what a WSGI server loads, once a process."""
    app = create_app()
    settings: Settings = app.extensions["lianbing_settings"]
    if settings.is_embedded:
        claim_data_folder(settings)
        start_embedded_tasks(app)
    else:
        install_kicker(make_celery(app))
    warm_up(app)
    settle_memory()
    return app


def serve_web(settings: Settings, *, on_listening: Callable[[], None] | None = None) -> None:
    """Serve until SIGTERM or SIGINT; exits the process with 1 when a worker keeps dying."""
    if settings.is_embedded:
        claim_data_folder(settings)  # in the parent, so that a replaced worker inherits it
    allow_open_files(CONNECTIONS + OTHER_FILES)
    multiprocessing.set_start_method("fork", force=True)
    share_rows(settings.web_workers)
    server = Server(
        "lianbing",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_workers,
        blocking_threads=settings.web_threads,
        backlog=BACKLOG,
        backpressure=CONNECTIONS,
        workers_kill_timeout=STOP_SECONDS,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
    )
    logging.getLogger("_granian").addFilter(_wanted)
    load = partial(_load_in_worker, settings, on_listening, multiprocessing.Event())
    server.serve(target_loader=load, wrap_loader=False)


def _load_in_worker(
    settings: Settings, on_listening: Callable[[], None] | None, announced: Event
) -> Flask:
    # At once: a lingering worker would hold the port and the data folder against a restart.
    end_with_parent(signal.SIGKILL)
    app = load_application()
    if on_listening is not None and not announced.is_set():
        announced.set()
        # Here and not in the parent: a fork beside a running thread may inherit its locks.
        watch = partial(_call_when_listening, settings, on_listening)
        threading.Thread(target=watch, daemon=True).start()
    return app


def _wanted(record: logging.LogRecord) -> bool:
    # Threads wait for the group commit, not for a core, so many are right here.
    return "Python threads" not in record.getMessage()


def _call_when_listening(settings: Settings, announce: Callable[[], None]) -> None:
    while not _listens(settings):
        sleep(0.05)
    announce()


def _listens(settings: Settings) -> bool:
    try:
        socket.create_connection((reachable_host(settings), settings.port), timeout=1).close()
    except OSError:
        return False
    return True


def reachable_host(settings: Settings) -> str:
    """The address to reach it at from this machine; a wildcard is none."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - compared, not bound
