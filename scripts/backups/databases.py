"""A database as a backup needs it: dumped whole at one instant, and restored into an empty one."""

from pathlib import Path
from typing import Protocol

from backups.postgresql import PostgresDatabase
from backups.sqlite import SqliteDatabase
from lianbing.infra.settings import Settings


class Database(Protocol):
    """What both databases can do; ``file_name`` is the dump's name in a backup."""

    dialect: str
    file_name: str

    def dump(self, target: Path) -> dict[str, int]:
        """Write everything as of one instant; return the rows of each table at that instant."""

    def is_empty(self) -> bool:
        """Whether there is nothing that a restore would meet."""

    def in_use(self) -> str:
        """Who uses it now, in words; empty when nobody does."""

    def set_aside(self, stamp: str) -> str:
        """Move what is there out of the way, undone by hand; say where it is now."""

    def restore(self, source: Path) -> None:
        """Restore a dump into the empty database, whole or not at all."""


def database_of(settings: Settings) -> Database:
    """The database an installation's settings name."""
    if settings.database_url.startswith("sqlite"):
        return SqliteDatabase(settings)
    return PostgresDatabase(settings.database_url)
