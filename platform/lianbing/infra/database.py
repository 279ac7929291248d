"""The database: declarative base, UTC datetimes, and ``transaction()``, the only commit.

SQLite runs in WAL with ``synchronous=FULL``; a writing transaction begins IMMEDIATE, so it
never fails half-way on a lock upgrade. PostgreSQL with ``fsync`` or ``synchronous_commit``
off is refused: an acknowledged answer must be on disk.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    DateTime,
    Engine,
    Integer,
    MetaData,
    event,
    func,
    select,
    text,
)
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator

from lianbing.infra.settings import SettingsError

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

MIGRATION_LOCK = 7_001_932
"""The PostgreSQL advisory lock that lets one process migrate while others wait."""

BigId = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit key that SQLite can still autoincrement."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant; naive values are refused on the way in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime: instants are aware and UTC")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Parent of every table. Persistence only; decisions live in ``rules.py``."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={datetime: UtcDateTime()},
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
_writing: ContextVar[bool] = ContextVar("lianbing_writing", default=False)


@contextmanager
def transaction() -> Iterator[Session]:
    """One unit of work: commit at the end, roll back on any error. Never nested.

    What was read before it in the same request is let go first, so a decision rests only on
    what this transaction itself has read.
    """
    if _writing.get():
        raise RuntimeError("transaction() is not nested: pass the session down")
    session = cast(Session, db.session())
    session.rollback()
    token = _writing.set(True)
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        _writing.reset(token)


@contextmanager
def writing_connection(engine: Engine) -> Iterator[Connection]:
    """A bare connection in a writing transaction, for the group-commit writer alone."""
    token = _writing.set(True)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        _writing.reset(token)


@contextmanager
def migrating_connection(engine: Engine) -> Iterator[Connection]:
    """A connection for Alembic, one migration run at a time, all or nothing.

    SQLite rebuilds tables to alter them, which foreign keys would take for deletions: they
    are put aside for the run and checked as a whole before its commit.
    """
    token = _writing.set(True)
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                _sqlite_foreign_keys(connection, enforced=False)
            try:
                with connection.begin():
                    if engine.dialect.name == "postgresql":
                        connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
                    yield connection
                    _refuse_broken_references(connection)
            finally:
                if engine.dialect.name == "sqlite":
                    _sqlite_foreign_keys(connection, enforced=True)
    finally:
        _writing.reset(token)


def _sqlite_foreign_keys(connection: Connection, *, enforced: bool) -> None:
    # On the driver's own connection: inside SQLAlchemy's transaction the pragma does nothing.
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA foreign_keys={'ON' if enforced else 'OFF'}")
    cursor.close()


def _refuse_broken_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise RuntimeError(f"the migration would leave a broken reference: {tuple(broken)}")


def prepare_engine(engine: Engine) -> None:
    """Attach the connection rules that each database needs. Call once per engine."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)


def _sqlite_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=15000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def refuse_unsafe_postgres(engine: Engine) -> None:
    """Stop the start when PostgreSQL would acknowledge what is not on disk."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            if connection.execute(text(f"SHOW {name}")).scalar_one() == "off":
                raise SettingsError(
                    f"LIANBING_DATABASE_URL: the server has {name} = off, so an acknowledged "
                    f"answer could be lost; set {name} = on"
                )
