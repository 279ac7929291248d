"""The embedded shape's tasks: one thread each, inside the one process that owns the data folder.

Started by whoever serves, never by ``create_app``, so that a command or a test runs none.
A task that fails is logged and runs again at its next turn; the others do not notice.
"""

import fcntl
import logging
import os
import threading
from pathlib import Path

from flask import Flask

from lianbing.infra import tasks
from lianbing.infra.settings import Settings, SettingsError
from lianbing.infra.tasks import PeriodicTask

log = logging.getLogger(__name__)
LOCK_NAME = "serving.lock"

_claims: dict[Path, int] = {}


class EmbeddedRunner:
    """The threads of one application; ``start`` once, ``stop`` to let them finish."""

    def __init__(self, app: Flask, wanted: tuple[PeriodicTask, ...]) -> None:
        self._app = app
        self._wakers = {task.name: threading.Event() for task in wanted}
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._keep_running, args=(task,), name=f"task-{task.name}")
            for task in wanted
        ]

    def start(self) -> None:
        """Start every task's thread, and one that stops them when the process ends."""
        for thread in self._threads:
            thread.start()
        threading.Thread(target=self._stop_with_process, name="task-stopper").start()

    def kick(self, task: PeriodicTask) -> None:
        """Let a task run now instead of at its next turn."""
        self._wakers[task.name].set()

    def stop(self, *, patience: float | None = None) -> None:
        """Let running tasks finish and start no more; ``patience`` in seconds a thread."""
        self._stopping.set()
        for waker in self._wakers.values():
            waker.set()
        for thread in self._threads:
            thread.join(patience)

    def _stop_with_process(self) -> None:
        # The interpreter joins these threads at its end, so they must hear of that end.
        main = threading.main_thread()
        while main.is_alive() and not self._stopping.is_set():
            main.join(1.0)
        self.stop()

    def _keep_running(self, task: PeriodicTask) -> None:
        waker = self._wakers[task.name]
        while not self._stopping.is_set():
            waker.clear()
            self._run(task)
            waker.wait(task.every)

    def _run(self, task: PeriodicTask) -> None:
        try:
            with self._app.app_context():
                task.run()
        except Exception:  # one failing task must stop neither itself for good nor the others
            log.exception("task %s failed; it runs again in %s s", task.name, task.every)


def start_embedded_tasks(app: Flask) -> EmbeddedRunner:
    """Run every registered task in threads of this process, and let ``kick`` wake them."""
    runner = EmbeddedRunner(app, tasks.registered())
    tasks.set_kicker(runner.kick)
    runner.start()
    return runner


def claim_data_folder(settings: Settings) -> None:
    """Hold the data folder for this process and its forks; SettingsError when another does.

    The lock goes with the process, however that ends.
    """
    path = settings.data_dir.resolve() / LOCK_NAME
    if path in _claims:
        return
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise SettingsError(
            f"LIANBING_DATA_DIR: another server is running from {path.parent}; "
            "stop it, or give this one a folder of its own"
        ) from error
    _claims[path] = descriptor
