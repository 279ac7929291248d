"""The faults, one after another; each returns when it is over, with a word on what it did."""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from backups.backup import make_backup
from backups.restore import restore
from proving.product import Product
from redis import Redis
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from havoc.rounds import Round
from havoc.scene import WORKER_KINDS, Scene, children, kill
from lianbing.infra.database import db

MARKING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
    " AND (query ILIKE '%mark_sheet%' OR query ILIKE '%script%' OR query ILIKE '%exam_receipt%')"
)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault; ``while_closing``: it strikes while the exam's attempts are closed and marked."""

    name: str
    strike: Callable[[Scene, Round], str]
    quick: bool = False
    while_closing: bool = False


class Skipped(Exception):
    """This machine cannot stage the fault; the text says why."""


def kill_a_web_worker(scene: Scene, around: Round) -> str:
    victims = children(scene.product, "web")
    kill(victims[0])
    sleep(around.length)
    return f"kill -9 of one of {len(victims)}"


def kill_all_web_workers(scene: Scene, around: Round) -> str:
    victims = children(scene.product, "web")
    for victim in victims:
        kill(victim)
    sleep(around.length)
    kill(scene.product.processes["web"])
    sleep(around.length)
    return f"kill -9 of all {len(victims)}, then of their parent"


def stop_postgresql(scene: Scene, around: Round) -> str:
    scene.postgres.stop(at_once=True)
    sleep(around.length)
    scene.postgres.start()
    return f"immediate stop, {around.length:.0f} s away"


def flush_and_stop_redis(scene: Scene, around: Round) -> str:
    with Redis.from_url(scene.redis.url) as client:
        keys = client.dbsize()
        client.flushall()
    sleep(around.length)
    scene.redis.stop()
    sleep(around.length)
    scene.redis.start()
    return f"{keys} keys flushed, then {around.length:.0f} s away"


def kill_celery_in_mid_marking(scene: Scene, around: Round) -> str:
    kills = caught = 0
    ends = monotonic() + 3 * around.length
    engine = create_engine(scene.product.settings.database_url, poolclass=NullPool)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while monotonic() < ends and caught < 5:
            if connection.execute(text(MARKING)).scalar_one():
                caught += 1
                kills += _kill_celery(scene.product)
            sleep(0.01)
    engine.dispose()
    kills += _kill_celery(scene.product)
    for kind in WORKER_KINDS:
        kill(scene.product.processes[kind])
    return f"{kills} pool processes killed, {caught} times in mid-transaction, then every worker"


def _kill_celery(product: Product) -> int:
    victims = [child for kind in WORKER_KINDS for child in children(product, kind)]
    for victim in victims:
        kill(victim)
    return len(victims)


def cut_a_third_off(scene: Scene, around: Round) -> str:
    scene.weather.cut_off = True
    sleep(4 * around.length)
    scene.weather.cut_off = False
    return f"a third without network for {4 * around.length:.0f} s"


def skew_clocks(scene: Scene, around: Round) -> str:
    scene.weather.skewed = True
    sleep(2 * around.length)
    return "devices up to 36 hours fast and slow"


def garble_requests(scene: Scene, around: Round) -> str:
    scene.weather.garbled = True
    sleep(2 * around.length)
    scene.weather.garbled = False
    return "requests sent three times, in reverse, and seconds late"


def upgrade(scene: Scene, around: Round) -> str:
    scene.restart("web")
    sleep(around.length)
    scene.restart(*WORKER_KINDS, "beat")
    return "graceful restart of web, workers and beat"


def fill_the_disk(scene: Scene, around: Round) -> str:
    if scene.disk is None:
        raise Skipped("no small file system: mounting is not allowed here")
    ballast = scene.disk / "ballast"
    size = _fill(ballast)
    sleep(2 * around.length)
    ballast.unlink()
    fell = not scene.postgres.runs
    if fell:  # with no room for its log it ends itself, and is started when there is room
        scene.postgres.stop()
        scene.postgres.start()
    return f"{size >> 20} MB of ballast; PostgreSQL {'ended itself' if fell else 'lived on'}"


def _fill(ballast: Path) -> int:
    chunk = b"\0" * (1 << 20)
    written = 0
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            written += file.write(chunk)
    with ballast.open("ab", buffering=0) as file, suppress(OSError):
        while True:
            written += file.write(chunk[:512])
    return written


def restore_last_nights_backup(scene: Scene, around: Round) -> str:

    known = around.acknowledged()
    made = make_backup(
        scene.product.settings, scene.folder / "backups", keys_to=scene.folder / "safe"
    )
    os.umask(0o022)
    sleep(around.length)
    with scene.keeper.resting():
        scene.stop_all()
        db.session.remove()
        db.engine.dispose()
        saved = dict(os.environ)
        os.environ.update(scene.product.environment)
        try:
            restore(made.folder, keys_file=None, may_replace=True)
        finally:
            os.environ.clear()
            os.environ.update(saved)
        after = around.forget_all_but(known)
        scene.start_all()
    return f"in mid-exam; {after} answers acknowledged after the backup are not in it"


FAULTS = (
    Fault(name="kill a web worker", strike=kill_a_web_worker, quick=True),
    Fault(name="kill all web workers", strike=kill_all_web_workers),
    Fault(name="stop PostgreSQL at once", strike=stop_postgresql, quick=True),
    Fault(name="flush and stop Redis", strike=flush_and_stop_redis, quick=True),
    Fault(name="kill Celery marking", strike=kill_celery_in_mid_marking, while_closing=True),
    Fault(name="cut a third off", strike=cut_a_third_off),
    Fault(name="skew device clocks", strike=skew_clocks),
    Fault(name="garble requests", strike=garble_requests, quick=True),
    Fault(name="restart for an upgrade", strike=upgrade),
    Fault(name="fill the disk", strike=fill_the_disk),
    Fault(name="restore the backup", strike=restore_last_nights_backup),
)
