"""SQLite: the online backup of a file in use, and its return into a folder nobody serves."""

import fcntl
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from backups.manifest import BackupError
from lianbing.entry.embedded import LOCK_NAME
from lianbing.infra.settings import Settings

SIDE_FILES = ("", "-wal", "-shm")


class SqliteDatabase:
    """The file of an embedded installation."""

    dialect = "sqlite"
    file_name = "database.sqlite"

    def __init__(self, settings: Settings) -> None:
        self._path = Path(settings.database_url.removeprefix("sqlite:///"))
        self._lock = settings.data_dir / LOCK_NAME

    def dump(self, target: Path) -> dict[str, int]:
        """Write everything as of one instant; return the rows of each table at that instant."""
        if not self._path.exists():
            raise BackupError(f"{self._path} does not exist; there is nothing to back up")
        with (
            closing(sqlite3.connect(self._path, timeout=30)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
            found = copy.execute("PRAGMA integrity_check").fetchone()[0]
            if found != "ok":
                raise BackupError(f"{self._path} is damaged: {found}")
            names = (
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            )
            tables = sorted(row[0] for row in copy.execute(names))
            return {
                table: copy.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
                for table in tables
            }

    def is_empty(self) -> bool:
        """Whether there is no file."""
        return not self._path.exists()

    def in_use(self) -> str:
        """Whether a server holds the data folder."""
        if not self._lock.exists():
            return ""
        descriptor = os.open(self._lock, os.O_RDWR)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return "a running server"
        finally:
            os.close(descriptor)
        return ""

    def set_aside(self, stamp: str) -> str:
        """Rename the file and those beside it."""
        kept = self._path.with_name(f"{self._path.name}.before-restore-{stamp}")
        for side in SIDE_FILES:
            current = Path(f"{self._path}{side}")
            if current.exists():
                current.rename(f"{kept}{side}")
        return str(kept)

    def restore(self, source: Path) -> None:
        """Restore a dump into the empty database, whole or not at all."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        partial = self._path.with_name(self._path.name + ".restoring")
        shutil.copyfile(source, partial)
        descriptor = os.open(partial, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        partial.rename(self._path)
