"""Periodic tasks: declared once, run as threads (embedded) or by Celery (production).

A task is a function without arguments that finds its own work in the database, does it in
short transactions, and may be run at any time, by several at once, or be killed half-way.
``kick`` asks for a run soon; it is a hint that may be lost, the period is the promise.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class PeriodicTask:
    """``every`` in seconds; ``queue`` is the Celery queue (default, closing, grading, imports)."""

    name: str
    run: Callable[[], object]
    every: float
    queue: str = "default"


_tasks: dict[str, PeriodicTask] = {}
_kicker: Callable[[PeriodicTask], None] | None = None


def register(task: PeriodicTask) -> None:
    """Declare a task; only ``entry/wiring.py`` calls this."""
    _tasks[task.name] = task


def registered() -> tuple[PeriodicTask, ...]:
    """Every declared task."""
    return tuple(_tasks.values())


def set_kicker(kicker: Callable[[PeriodicTask], None] | None) -> None:
    """Install the runner's way to start a task early."""
    global _kicker
    _kicker = kicker


def kick(name: str) -> None:
    """Ask for a task to run soon, after a commit. Never raises: the period will do it anyway."""
    if _kicker is None:
        return
    try:
        _kicker(_tasks[name])
    except Exception:  # a broker that is away must not fail a request that is already committed
        log.warning("could not kick task %s", name, exc_info=True)
