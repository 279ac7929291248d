"""A real worker and a real beat on a real Redis, as separate processes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import select
from tests.conftest import empty

from lianbing.entry.celery import install_kicker, make_celery
from lianbing.infra import outbox, tasks
from lianbing.infra.database import db, transaction
from lianbing.infra.settings import PREFIX, Settings
from lianbing.kernel.clock import utc_now

PATIENCE_SECONDS = 60
pytestmark = [pytest.mark.redis, pytest.mark.postgres]


@pytest.fixture
def app(production_app: Flask) -> Iterator[Flask]:
    yield production_app
    empty(production_app)


@contextmanager
def running(app: Flask, log: Path, *command: str) -> Iterator["subprocess.Popen[bytes]"]:
    settings: Settings = app.extensions["lianbing_settings"]
    values = settings.model_dump(mode="json", exclude_none=True)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX)}
    environment |= {PREFIX + name.upper(): str(value) for name, value in values.items()}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "lianbing.entry.cli", *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def undeliverable(app: Flask) -> int:
    """A due delivery to nobody: whoever tries it leaves a trace in its ``attempts``."""
    with app.app_context(), transaction() as session:
        event = outbox.OutboxEvent(kind="test.none", payload="{}", recorded_at=utc_now())
        session.add(event)
        session.flush()
        delivery = outbox.OutboxDelivery(
            event_id=event.id, subscriber="test.nobody", next_try_at=utc_now()
        )
        session.add(delivery)
        session.flush()
        return delivery.id


def attempts(app: Flask, delivery_id: int) -> int:
    with app.app_context():
        statement = select(outbox.OutboxDelivery.attempts).where(
            outbox.OutboxDelivery.id == delivery_id
        )
        return db.session.scalars(statement).one()


def test_kicked_task_runs_in_a_worker_process(app: Flask, tmp_path: Path) -> None:
    delivery_id = undeliverable(app)
    install_kicker(make_celery(app))
    log = tmp_path / "worker.log"
    try:
        with running(app, log, "worker", "--pool", "solo", "--concurrency", "1") as worker:
            deadline = monotonic() + PATIENCE_SECONDS
            while monotonic() < deadline and worker.poll() is None:
                tasks.kick("deliver_outbox")
                if attempts(app, delivery_id) > 0:
                    break
                sleep(0.1)
    finally:
        tasks.set_kicker(None)
    assert attempts(app, delivery_id) > 0, log.read_text()


def test_beat_asks_without_a_worker(app: Flask, tmp_path: Path, redis_prefix: str) -> None:
    settings: Settings = app.extensions["lianbing_settings"]
    log = tmp_path / "beat.log"
    queue = f"{redis_prefix}celery:default"
    with Redis.from_url(settings.redis_url) as client, running(app, log, "beat") as beat:
        deadline = monotonic() + PATIENCE_SECONDS
        while monotonic() < deadline and beat.poll() is None and not client.llen(queue):
            sleep(0.1)
        assert client.llen(queue), log.read_text()
