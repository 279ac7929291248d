"""The journal's own connection and its SQL, by hand for both databases; docs/hot-path.md.

Each web process keeps one such connection, apart from the pool: a request that waits for its
save must never hold what the writer needs. The new rows travel as one JSON text.
"""

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol, cast

import orjson
import psycopg
from sqlalchemy import Engine
from sqlalchemy.pool import PoolProxiedConnection

Key = tuple[int, int, int]
"""Attempt, device, sequence."""
Row = dict[str, Any]

COLUMNS = "attempt_id, device, seq, question, answer, standing, arrived_at, device_clock"
RECORD = (
    "attempt_id bigint, device int, seq int, question int, answer text, standing text, "
    "arrived_at timestamptz, device_clock text"
)


class JournalConnection(Protocol):
    """One transaction at a time: ``lock``, then ``insert``, perhaps ``mark_stale``, ``commit``."""

    def lock(self, attempt_ids: Sequence[int]) -> Sequence[Sequence[Any]]:
        """Begin; the attempts' id, state, deadlines, device, news, person; shared-locked by id."""

    def insert(self, rows: Sequence[Row], *, commit: bool) -> set[Key]:
        """Insert what is new and return its keys; ``commit`` in the same breath."""

    def mark_stale(self, attempt_ids: Sequence[int]) -> None:
        """Ask for another folding of attempts that were closed already."""

    def kept(self, keys: Collection[Key]) -> Iterable[Sequence[Any]]:
        """What stands under keys that existed before: the key, question, answer, standing."""

    def commit(self) -> None:
        """Make it durable."""

    def close(self) -> None:
        """Let the connection go, with whatever transaction it was in."""


def open_journal(engine: Engine) -> JournalConnection:
    """A connection of the journal's own to the engine's database."""
    pooled = engine.raw_connection()
    pooled.detach()
    return PostgresJournal(pooled) if engine.dialect.name == "postgresql" else SqliteJournal(pooled)


class PostgresJournal:
    """PostgreSQL in two round trips: BEGIN with the locks, then INSERT with COMMIT."""

    LOCK = (
        "SELECT id, state, due_at, final_at, device, news, person_id FROM attempt "
        "WHERE id = ANY(%s) ORDER BY id FOR SHARE"
    )
    INSERT = (
        f"INSERT INTO answer_entry ({COLUMNS}) "  # noqa: S608 - constants
        f"SELECT {COLUMNS} FROM json_to_recordset(%s::json) AS new({RECORD}) "
        "ON CONFLICT DO NOTHING RETURNING attempt_id, device, seq"
    )
    MARK_STALE = "UPDATE attempt SET needs_fold = true WHERE id = ANY(%s)"
    KEPT = (
        "SELECT attempt_id, device, seq, question, answer, standing FROM answer_entry "
        "JOIN json_to_recordset(%s::json) AS key(attempt_id bigint, device int, seq int) "
        "USING (attempt_id, device, seq)"
    )

    def __init__(self, pooled: PoolProxiedConnection) -> None:
        self._pooled = pooled
        self._connection: psycopg.Connection = cast(psycopg.Connection, pooled.dbapi_connection)
        self._connection.autocommit = True  # BEGIN and COMMIT are sent by hand, in pipelines

    def lock(self, attempt_ids: Sequence[int]) -> Sequence[Sequence[Any]]:
        with self._connection.pipeline():
            self._connection.execute("BEGIN")
            found = self._connection.execute(self.LOCK, (list(attempt_ids),))
        return found.fetchall()

    def insert(self, rows: Sequence[Row], *, commit: bool) -> set[Key]:
        text = orjson.dumps(rows).decode()
        if not commit:
            return set(self._connection.execute(self.INSERT, (text,)).fetchall())
        with self._connection.pipeline():
            inserted = self._connection.execute(self.INSERT, (text,))
            self._connection.execute("COMMIT")
        return set(inserted.fetchall())

    def mark_stale(self, attempt_ids: Sequence[int]) -> None:
        self._connection.execute(self.MARK_STALE, (list(attempt_ids),))

    def kept(self, keys: Collection[Key]) -> Iterable[Sequence[Any]]:
        return self._connection.execute(self.KEPT, (_keys_json(keys),)).fetchall()

    def commit(self) -> None:
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._pooled.close()


class SqliteJournal:
    """SQLite: the whole file is locked from BEGIN IMMEDIATE to COMMIT."""

    LOCK = (
        "SELECT id, state, due_at, final_at, device, news, person_id FROM attempt "
        "WHERE id IN (SELECT value FROM json_each(?))"
    )
    INSERT = (
        f"INSERT INTO answer_entry ({COLUMNS}) SELECT "  # noqa: S608 - constants
        + ", ".join(f"json_extract(value, '$.{name}')" for name in COLUMNS.split(", "))
        + " FROM json_each(?) WHERE true ON CONFLICT DO NOTHING RETURNING attempt_id, device, seq"
    )
    MARK_STALE = "UPDATE attempt SET needs_fold = 1 WHERE id IN (SELECT value FROM json_each(?))"
    KEPT = (
        "SELECT attempt_id, device, seq, question, answer, standing FROM answer_entry "
        "JOIN json_each(?) AS key ON attempt_id = json_extract(key.value, '$.attempt_id') "
        "AND device = json_extract(key.value, '$.device') "
        "AND seq = json_extract(key.value, '$.seq')"
    )

    def __init__(self, pooled: PoolProxiedConnection) -> None:
        self._pooled = pooled
        self._connection = cast(sqlite3.Connection, pooled.dbapi_connection)

    def lock(self, attempt_ids: Sequence[int]) -> Sequence[Sequence[Any]]:
        self._connection.execute("BEGIN IMMEDIATE")
        found = self._connection.execute(self.LOCK, (orjson.dumps(list(attempt_ids)).decode(),))
        return [
            (id_, state, _utc(due_at), _utc(final_at), *others)
            for id_, state, due_at, final_at, *others in found.fetchall()
        ]

    def insert(self, rows: Sequence[Row], *, commit: bool) -> set[Key]:
        texts = [{**row, "arrived_at": _sqlite_text(row["arrived_at"])} for row in rows]
        inserted = self._connection.execute(self.INSERT, (orjson.dumps(texts).decode(),))
        keys = set(inserted.fetchall())
        if commit:
            self.commit()
        return keys

    def mark_stale(self, attempt_ids: Sequence[int]) -> None:
        self._connection.execute(self.MARK_STALE, (orjson.dumps(list(attempt_ids)).decode(),))

    def kept(self, keys: Collection[Key]) -> Iterable[Sequence[Any]]:
        found: list[Sequence[Any]] = self._connection.execute(
            self.KEPT, (_keys_json(keys),)
        ).fetchall()
        return found

    def commit(self) -> None:
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._pooled.close()


def _keys_json(keys: Iterable[Key]) -> str:
    return orjson.dumps(
        [{"attempt_id": key[0], "device": key[1], "seq": key[2]} for key in sorted(keys)]
    ).decode()


def _sqlite_text(instant: datetime) -> str:
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
