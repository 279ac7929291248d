"""INSERT … ON CONFLICT for both databases: the constraint decides, never a count before it."""

from typing import Any

from sqlalchemy import Table
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
