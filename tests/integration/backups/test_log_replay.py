"""A copied cluster and its received log: no commit is lost, and any instant comes back."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from backups.cluster import RECEIVER, Cluster, lay_out
from backups.manifest import BackupError
from proving.throwaway import Postgres, own_folder, wait_until

SMALL = {"shared_buffers": "16MB", "max_connections": "20"}


@pytest.fixture(autouse=True)
def _own_mask() -> Iterator[None]:
    """A copy is written for nobody else's eyes: the mask of the process is set for good."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def folder() -> Iterator[Path]:
    with own_folder() as made:
        yield made


@contextmanager
def running(postgres: Postgres) -> Iterator[Postgres]:
    postgres.start()
    try:
        yield postgres
    finally:
        postgres.stop(at_once=True)


@contextmanager
def receiving(cluster: Cluster, log: Path) -> Iterator[None]:
    """The log's receiver, as a service would run it."""
    cluster.prepare_log(log)
    command, environment = cluster.log_receiver(log)
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def execute(postgres: Postgres, statement: str) -> None:
    with closing(psycopg.connect(postgres.url, autocommit=True)) as connection:
        connection.execute(statement)


def answers(postgres: Postgres) -> list[int]:
    with closing(psycopg.connect(postgres.url)) as connection:
        return [row[0] for row in connection.execute("SELECT n FROM answer ORDER BY n")]


def is_waited_for(postgres: Postgres) -> bool:
    with closing(psycopg.connect(postgres.url)) as connection:
        state = connection.execute(
            "SELECT sync_state FROM pg_stat_replication WHERE application_name = %s", [RECEIVER]
        ).fetchone()
    return state == ("sync",)


def restored(folder: Path, base: Path, log: Path, *, until: datetime | None) -> Postgres:
    """Another cluster, laid out from the copy and the log, owned by the server's user."""
    home = folder / ("whole" if until is None else "earlier")
    os.umask(0o022)
    home.mkdir()
    postgres = Postgres(home, SMALL)
    data = postgres._data
    owner = data.stat()
    shutil.rmtree(data)
    lay_out(base, log, data, until=until)
    for path in [data, *data.rglob("*")]:
        os.chown(path, owner.st_uid, owner.st_gid)
    for path in [log, *log.iterdir()]:
        path.chmod(0o755)
    return postgres


def writes(postgres: Postgres) -> bool:
    with closing(psycopg.connect(postgres.url)) as connection:
        return connection.execute("SELECT pg_is_in_recovery()").fetchone() == (False,)


@pytest.mark.slow  # three clusters of its own, one after the other
def test_what_was_committed_after_the_copy_comes_back_to_any_instant(folder: Path) -> None:
    log, home = folder / "log", folder / "first"
    home.mkdir(mode=0o711)
    with running(Postgres(home, SMALL)) as first:
        cluster = Cluster(first.url)
        execute(first, "CREATE TABLE answer (n integer PRIMARY KEY)")
        execute(first, "INSERT INTO answer VALUES (1)")
        with receiving(cluster, log):
            execute(first, f"ALTER SYSTEM SET synchronous_standby_names = '{RECEIVER}'")
            execute(first, "SELECT pg_reload_conf()")
            wait_until(lambda: is_waited_for(first), "nobody receives the log")
            base = cluster.take_base(folder / "bases")
            execute(first, "INSERT INTO answer VALUES (2)")
            between = datetime.now(UTC)
            for number in range(3, 50):
                execute(first, f"INSERT INTO answer VALUES ({number})")
            first.stop(at_once=True)  # and its disk is gone
    assert sorted(path.name for path in base.iterdir())[1:] == ["base.tar.gz", "pg_wal.tar.gz"]
    with running(restored(folder, base, log, until=None)) as whole:
        wait_until(lambda: writes(whole), "the log was not replayed")
        assert answers(whole) == list(range(1, 50))
        execute(whole, "INSERT INTO answer VALUES (99)")
    with running(restored(folder, base, log, until=between)) as earlier:
        wait_until(lambda: writes(earlier), "the log was not replayed")
        assert answers(earlier) == [1, 2]


def test_layout_refuses_what_would_go_wrong(tmp_path: Path) -> None:
    base, log, full = tmp_path / "base", tmp_path / "log", tmp_path / "full"
    for made in (base, log, full):
        made.mkdir()
    (full / "PG_VERSION").touch()
    (base / "base.tar.gz").touch()
    with pytest.raises(BackupError, match="not empty"):
        lay_out(base, log, full, until=None)
    with pytest.raises(BackupError, match="holds no base"):
        lay_out(log, log, tmp_path / "new", until=None)
    with pytest.raises(BackupError, match="needs a zone"):
        lay_out(base, log, tmp_path / "new", until=datetime(2026, 11, 20))  # noqa: DTZ001
    assert not (tmp_path / "new").exists()


def test_failing_copy_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="pg_basebackup failed"):
        Cluster("postgresql://nobody@127.0.0.1:1/x").take_base(tmp_path)
    assert list(tmp_path.iterdir()) == []
