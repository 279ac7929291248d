"""Celery's picture of the periodic tasks: none forgotten, each on its queue, none piling up."""

from collections.abc import Iterator

import pytest
from celery import Celery
from flask import Flask
from kombu.exceptions import OperationalError

from lianbing.entry import wiring
from lianbing.entry.celery import QUEUES, celery_name, install_kicker, make_celery
from lianbing.infra import tasks
from lianbing.infra.settings import Settings

NOBODY_LISTENS = "redis://127.0.0.1:1/0"


@pytest.fixture
def celery() -> Celery:
    wiring.register_tasks()
    app = Flask("tasks")
    app.extensions["lianbing_settings"] = Settings(redis_url=NOBODY_LISTENS)
    return make_celery(app)


@pytest.fixture
def _no_kicker_left() -> Iterator[None]:
    yield
    tasks.set_kicker(None)


def test_beat_asks_for_every_registered_task_at_its_period(celery: Celery) -> None:
    turns = celery.conf.beat_schedule
    for task in tasks.registered():
        turn = turns[task.name]
        assert turn["task"] == celery_name(task)
        assert turn["task"] in celery.tasks
        assert turn["schedule"] == task.every
        assert turn["options"]["queue"] == task.queue


def test_every_task_is_on_a_queue_that_a_worker_serves(celery: Celery) -> None:
    assert {task.queue for task in tasks.registered()} <= set(QUEUES)
    assert {queue.name for queue in celery.conf.task_queues} == set(QUEUES)


def test_unserved_messages_expire_instead_of_piling_up(celery: Celery) -> None:
    for task in tasks.registered():
        expires = celery.conf.beat_schedule[task.name]["options"]["expires"]
        assert 0 < expires <= max(task.every, 5)


def test_killed_worker_gives_its_task_back_soon(celery: Celery) -> None:
    assert celery.conf.task_acks_late
    assert celery.conf.task_reject_on_worker_lost
    assert celery.conf.worker_prefetch_multiplier == 1
    assert celery.conf.broker_transport_options["visibility_timeout"] <= 60


def test_two_applications_in_a_process_keep_their_own_tasks() -> None:
    wiring.register_tasks()
    made = []
    for name in ("first", "second"):
        app = Flask(name)
        app.extensions["lianbing_settings"] = Settings(redis_url=NOBODY_LISTENS)
        made.append(make_celery(app).tasks["lianbing.deliver_outbox"])
    assert made[0].run is not made[1].run


@pytest.mark.usefixtures("_no_kicker_left")
def test_kick_without_a_broker_fails_no_request(celery: Celery) -> None:
    install_kicker(celery)
    with pytest.raises(OperationalError):
        celery.tasks["lianbing.deliver_outbox"].apply_async(retry=False)
    tasks.kick("deliver_outbox")


@pytest.mark.usefixtures("_no_kicker_left")
def test_broker_that_is_away_is_left_alone_for_a_while(
    celery: Celery, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []

    def away(*_arguments: object, **_options: object) -> None:
        tries.append("tried")
        raise OperationalError("away")

    monkeypatch.setattr(celery.tasks["lianbing.deliver_outbox"], "apply_async", away)
    install_kicker(celery)
    tasks.kick("deliver_outbox")
    tasks.kick("deliver_outbox")
    assert tries == ["tried"]
