"""What stands in a database: its schema revision and the rows of each table."""

from dataclasses import dataclass

from sqlalchemy import Connection, create_engine, inspect, text

from lianbing.infra.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Contents:
    """A schema revision, empty where no migration ever ran, and rows by table."""

    schema: str
    counts: dict[str, int]


def contents(settings: Settings) -> Contents:
    """Read revision and counts of the database that the settings name."""
    engine = create_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            return Contents(schema=revision(connection), counts=count(connection))
    finally:
        engine.dispose()


def revision(connection: Connection) -> str:
    """The schema's revision; empty where no migration ever ran."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    rows = connection.execute(text("SELECT version_num FROM alembic_version ORDER BY 1"))
    return ",".join(row[0] for row in rows)


def count(connection: Connection) -> dict[str, int]:
    """The rows of each table."""
    return {
        table: int(connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one())
        for table in sorted(inspect(connection).get_table_names())
    }
