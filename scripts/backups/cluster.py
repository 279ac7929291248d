"""PostgreSQL's own log beside the nightly backup: nothing acknowledged is lost to a dead disk.

``--receive-log`` writes the server's log (WAL) to another disk or machine as it comes into being;
``--base`` copies the whole cluster once in a while; a restore lays such a copy out and lets
PostgreSQL replay the log over it, to its end or to an instant. The programs are PostgreSQL's own.
"""

import os
import shutil
import subprocess
import tarfile
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from backups.archives import unpack_into
from backups.manifest import BackupError
from backups.postgresql import find_program
from lianbing.infra.settings import Settings

RECEIVER = "lianbing_log"
"""The name of the slot, and of the receiver in ``synchronous_standby_names``."""
DATA, LOG = "base.tar.gz", "pg_wal.tar.gz"
PARTIAL = ".partial"


class Cluster:
    """The PostgreSQL server that the settings name; the password travels in the environment."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        bare = parsed.set(drivername="postgresql", password=None, database=None, query={})
        self._address = bare.render_as_string(hide_password=False)
        self._environment = {**os.environ, "PGAPPNAME": RECEIVER}
        if parsed.password:
            self._environment["PGPASSWORD"] = str(parsed.password)

    def take_base(self, target: Path) -> Path:
        """Copy the whole running cluster below ``target``; it gets its name once it is whole."""
        os.umask(0o077)
        target.mkdir(parents=True, exist_ok=True)
        folder = target / f"lianbing-base-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        partial = folder.with_name(folder.name + PARTIAL)
        arguments = ["--format=tar", "--gzip", "--wal-method=stream", "--checkpoint=fast"]
        try:
            self._run("pg_basebackup", f"--pgdata={partial}", *arguments)
            partial.rename(folder)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        return folder

    def prepare_log(self, target: Path) -> None:
        """Have the server keep its log until it has been received; again is harmless."""
        target.mkdir(parents=True, exist_ok=True)
        slot = [f"--slot={RECEIVER}", "--create-slot", "--if-not-exists"]
        self._run("pg_receivewal", f"--directory={target}", *slot)

    def log_receiver(self, target: Path) -> tuple[list[str], dict[str, str]]:
        """The command that receives for as long as it runs, and its environment.

        It tells the server what is safely on disk at once, so the server may wait for it.
        """
        program, environment = self._program("pg_receivewal")
        arguments = [f"--directory={target}", f"--slot={RECEIVER}", "--synchronous"]
        return [program, f"--dbname={self._address}", "--no-password", *arguments], environment

    def _run(self, name: str, *arguments: str) -> None:
        program, environment = self._program(name)
        command = [program, f"--dbname={self._address}", "--no-password", *arguments]
        done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            raise BackupError(f"{name} failed: {done.stderr.strip()[-1500:]}")

    def _program(self, name: str) -> tuple[str, dict[str, str]]:
        path, libraries = find_program(name)
        return path, self._environment | ({"LD_LIBRARY_PATH": libraries} if libraries else {})


def cluster_of(settings: Settings) -> Cluster:
    """The cluster of an installation; raises BackupError for the embedded shape, which has none."""
    if settings.is_embedded:
        raise BackupError("the embedded shape keeps its data in one file: use the plain backup")
    return Cluster(settings.database_url)


def receive_log(settings: Settings, target: Path) -> None:
    """Become the log's receiver: returns only when it could not start."""
    cluster = cluster_of(settings)
    cluster.prepare_log(target)
    command, environment = cluster.log_receiver(target)
    os.execve(command[0], command, environment)


def lay_out(base: Path, log: Path, into: Path, *, until: datetime | None) -> list[str]:
    """Lay a copied cluster out in an empty folder, to replay the log over it when it starts."""
    if into.exists() and any(into.iterdir()):
        raise BackupError(f"{into} is not empty; a cluster is laid out in a folder of its own")
    if not (base / DATA).is_file():
        raise BackupError(f"{base} holds no {DATA}; name a folder that scripts/backup --base made")
    if not log.is_dir():
        raise BackupError(f"{log} is no folder of a received log")
    if until is not None and until.tzinfo is None:
        raise BackupError("--until needs a zone, as in 2026-11-20T09:30:00+08:00")
    into.mkdir(parents=True, exist_ok=True)
    into.chmod(0o700)
    for archive, place in ((DATA, into), (LOG, into / "pg_wal")):
        with tarfile.open(base / archive) as packed:
            unpack_into(packed, place)
    lines = [f"restore_command = '{_fetch(log)}'", "recovery_target_action = 'promote'"]
    lines.append("synchronous_standby_names = ''")  # nobody receives the restored one's log yet
    if until is not None:
        lines.append(f"recovery_target_time = '{until.isoformat()}'")
    with (into / "postgresql.auto.conf").open("a", encoding="utf-8") as settings:
        settings.write("\n# scripts/restore\n" + "\n".join(lines) + "\n")
    (into / "recovery.signal").touch()
    reached = f"to {until.isoformat()}" if until else "to the end of the log"
    return [
        f"laid out in {into}; give it to the server's user (chown -R postgres:postgres {into})",
        f"when PostgreSQL starts on it, it replays {log} {reached} and then takes writes",
    ]


def _fetch(log: Path) -> str:
    """The shell's words that bring one piece of the log; the last piece is not full yet."""
    place = str(log.resolve())
    if not set(place) <= _PLAIN:
        raise BackupError(f"{place}: a path of letters, digits and ._-/ only, please")
    return f'cp "{place}/%f" "%p" || cp "{place}/%f{PARTIAL}" "%p"'


_PLAIN = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/")
