"""INSERT … ON CONFLICT for both databases: the constraint decides, never a count before it."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def insert_for(session: Session, table: Table) -> postgresql.Insert:
    """The session's dialect's INSERT, with ``on_conflict_do_nothing`` and ``…_do_update``.

    SQLite's construct has the same methods; it is typed as PostgreSQL's.
    """
    return insert_of(session.get_bind().dialect.name, table)


def insert_of(dialect: str, table: Table) -> postgresql.Insert:
    """The same by the dialect's name, for a statement that is built once."""
    made: Any = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement: postgresql.Insert = made(table)
    return statement


def put_rows(
    session: Session,
    table: Table,
    rows: Sequence[dict[str, Any]],
    *,
    keys: tuple[str, ...],
    replaced: tuple[str, ...] = (),
    added: tuple[str, ...] = (),
) -> None:
    """Insert rows that all have the same columns, by a statement that is built once.

    Where one with the same ``keys`` stands, the columns ``replaced`` are set to what is brought
    and those ``added`` grow by it. ``ValueError`` for rows of different columns, of which some
    would be left out without a word, and for two of the same keys, which the caller folds.
    """
    if not rows:
        return
    if any(row.keys() != rows[0].keys() for row in rows):
        raise ValueError("rows of different columns")
    if len({tuple(row[name] for name in keys) for row in rows}) < len(rows):
        raise ValueError("two rows of the same keys")
    dialect = session.get_bind().dialect.name
    session.connection().execute(_put(dialect, table, keys, replaced, added), rows)


@cache
def _put(
    dialect: str,
    table: Table,
    keys: tuple[str, ...],
    replaced: tuple[str, ...],
    added: tuple[str, ...],
) -> Executable:
    statement = insert_of(dialect, table)
    values: dict[str, Any] = {name: statement.excluded[name] for name in replaced}
    values |= {name: table.c[name] + statement.excluded[name] for name in added}
    return statement.on_conflict_do_update(index_elements=keys, set_=values)
