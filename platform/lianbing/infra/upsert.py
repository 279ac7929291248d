"""INSERT … ON CONFLICT for both databases: the constraint decides, never a count before it."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def insert_for(session: Session, table: Table) -> postgresql.Insert:
    """The session's dialect's INSERT, with ``on_conflict_do_nothing`` and ``…_do_update``.

    SQLite's construct has the same methods; it is typed as PostgreSQL's.
    """
    made: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement: postgresql.Insert = made(table)
    return statement
