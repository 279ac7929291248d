"""Waiting until one connection waits for another, for tests that force an order of two."""

from time import monotonic, sleep

from sqlalchemy import text

from lianbing.infra.database import db

PATIENCE = 20.0


def wait_until_blocked() -> None:
    """Until some connection of this database waits for another's lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    deadline = monotonic() + PATIENCE
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while monotonic() < deadline:
            if connection.execute(waiting).scalar_one():
                return
            sleep(0.02)
    raise AssertionError("nobody waited: the two transactions did not exclude each other")
