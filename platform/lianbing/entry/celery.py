"""Celery in the production shape: the same periodic tasks, on queues of their own.

Nothing correct depends on a message: tasks find their work in the database, may run twice
and at once, and beat asks again every period. So messages are acknowledged late, fetched
one at a time, expire after one period and come back soon from a killed worker.
"""

from time import monotonic
from typing import Any

from celery import Celery
from celery.signals import worker_process_init
from flask import Flask
from kombu import Queue
from kombu.exceptions import OperationalError

from lianbing.entry.memory import settle_memory
from lianbing.infra import tasks
from lianbing.infra.database import db
from lianbing.infra.settings import Settings
from lianbing.infra.tasks import PeriodicTask

QUEUES = ("default", "closing", "grading", "imports")
VISIBILITY_TIMEOUT_SECONDS = 60
SILENT_SECONDS = 5.0
SHORTEST_EXPIRY_SECONDS = 5.0


def make_celery(app: Flask) -> Celery:
    """A Celery application whose tasks are the registered periodic tasks."""
    settings: Settings = app.extensions["lianbing_settings"]
    celery = Celery("lianbing", broker=settings.redis_url, set_as_current=False)
    celery.conf.update(_configuration(settings))
    for task in tasks.registered():
        _add(celery, app, task)
    celery.conf.beat_schedule = {task.name: _turn(task) for task in tasks.registered()}
    return celery


def install_kicker(celery: Celery) -> None:
    """Let ``tasks.kick`` send a message.

    A broker that is away costs a request about a second, and then none for a while: whoever
    kicks has committed already, and beat asks again anyway.
    """
    silent_until = 0.0

    def send(task: PeriodicTask) -> None:
        nonlocal silent_until
        if monotonic() < silent_until:
            return
        try:
            celery.tasks[celery_name(task)].apply_async(
                queue=task.queue, expires=_expiry(task), retry=False, ignore_result=True
            )
        except OperationalError:
            silent_until = monotonic() + SILENT_SECONDS
            raise

    tasks.set_kicker(send)


def celery_name(task: PeriodicTask) -> str:
    """The task's name on the wire."""
    return f"lianbing.{task.name}"


def prepare_forked_workers(app: Flask) -> None:
    """Let each forked worker process open database connections of its own, and settle."""

    def prepare(**_signal: object) -> None:
        with app.app_context():
            db.engine.dispose(close=False)
        settle_memory()

    worker_process_init.connect(prepare, weak=False)


def _configuration(settings: Settings) -> dict[str, Any]:
    return {
        "task_queues": [Queue(name) for name in QUEUES],
        "task_default_queue": "default",
        "task_routes": {celery_name(task): {"queue": task.queue} for task in tasks.registered()},
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_ignore_result": True,
        "worker_prefetch_multiplier": 1,
        "worker_hijack_root_logger": False,
        "broker_connection_retry_on_startup": True,
        "broker_transport_options": {
            "visibility_timeout": VISIBILITY_TIMEOUT_SECONDS,
            "global_keyprefix": settings.redis_prefix + "celery:",
            "socket_connect_timeout": 1,
            "socket_timeout": 5,
            # Of opening a connection to send: once, and once more for one that had gone stale.
            "max_retries": 1,
            "interval_start": 0,
            "interval_step": 0,
            "interval_max": 0,
        },
        "timezone": "UTC",
        "beat_scheduler": "celery.beat:Scheduler",  # periods are short: nothing to remember
    }


def _add(celery: Celery, app: Flask, task: PeriodicTask) -> None:
    def run() -> None:
        with app.app_context():
            task.run()

    # Not shared: a second application in the process has tasks of its own under these names.
    celery.task(run, name=celery_name(task), shared=False)


def _turn(task: PeriodicTask) -> dict[str, Any]:
    return {
        "task": celery_name(task),
        "schedule": task.every,
        "options": {"queue": task.queue, "expires": _expiry(task)},
    }


def _expiry(task: PeriodicTask) -> float:
    return max(task.every, SHORTEST_EXPIRY_SECONDS)
