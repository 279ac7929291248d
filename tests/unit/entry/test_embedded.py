"""Threads of the embedded shape: they keep running, hear a kick, and end with the process."""

import fcntl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from lianbing.entry.embedded import LOCK_NAME, EmbeddedRunner, claim_data_folder
from lianbing.infra.settings import Settings, SettingsError
from lianbing.infra.tasks import PeriodicTask

PATIENCE = 10.0
NEVER = 3600.0


class Counter:
    """Counts its calls and lets a test wait for the n-th."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self.calls = 0

    def __call__(self) -> None:
        with self._condition:
            self.calls += 1
            self._condition.notify_all()

    def wait_for(self, calls: int) -> bool:
        with self._condition:
            return self._condition.wait_for(lambda: self.calls >= calls, PATIENCE)


@pytest.fixture
def runners() -> Iterator[list[EmbeddedRunner]]:
    started: list[EmbeddedRunner] = []
    yield started
    for runner in started:
        runner.stop(patience=PATIENCE)


def run(runners: list[EmbeddedRunner], *wanted: PeriodicTask) -> EmbeddedRunner:
    runner = EmbeddedRunner(Flask("tasks"), wanted)
    runners.append(runner)
    runner.start()
    return runner


def test_failing_task_runs_again_and_stops_no_other(runners: list[EmbeddedRunner]) -> None:
    failing, sound = Counter(), Counter()

    def fail() -> None:
        failing()
        raise RuntimeError("a broken task")

    run(
        runners,
        PeriodicTask(name="failing", run=fail, every=0.01),
        PeriodicTask(name="sound", run=sound, every=0.01),
    )
    assert failing.wait_for(2)
    assert sound.wait_for(sound.calls + 2)


def test_kicked_task_runs_before_its_turn(runners: list[EmbeddedRunner]) -> None:
    counter = Counter()
    task = PeriodicTask(name="rare", run=counter, every=NEVER)
    runner = run(runners, task)
    assert counter.wait_for(1)
    runner.kick(task)
    assert counter.wait_for(2)


def test_kick_during_a_run_leads_to_one_more_run(runners: list[EmbeddedRunner]) -> None:
    counter, inside, go_on = Counter(), threading.Event(), threading.Event()

    def slow() -> None:
        inside.set()
        go_on.wait(PATIENCE)
        counter()

    task = PeriodicTask(name="slow", run=slow, every=NEVER)
    runner = run(runners, task)
    assert inside.wait(PATIENCE)
    runner.kick(task)
    go_on.set()
    assert counter.wait_for(2)


def test_stop_lets_a_running_task_finish() -> None:
    inside, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def slow() -> None:
        inside.set()
        go_on.wait(PATIENCE)
        done.set()

    runner = EmbeddedRunner(Flask("tasks"), (PeriodicTask(name="slow", run=slow, every=NEVER),))
    runner.start()
    assert inside.wait(PATIENCE)
    stopping = threading.Thread(target=runner.stop)
    stopping.start()
    go_on.set()
    stopping.join(PATIENCE)
    assert done.is_set()


def test_second_server_on_a_data_folder_is_refused(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with (tmp_path / LOCK_NAME).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(SettingsError, match="LIANBING_DATA_DIR: another server"):
            claim_data_folder(settings)
    claim_data_folder(settings)
    claim_data_folder(settings)
