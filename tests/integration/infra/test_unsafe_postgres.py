"""PostgreSQL that would acknowledge what is not on disk is refused at the start."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine, make_url
from tests.conftest import TestServers

from lianbing.entry import create_app
from lianbing.infra.database import db
from lianbing.infra.settings import Settings, SettingsError

pytestmark = pytest.mark.postgres


@pytest.fixture
def admin(servers: TestServers, postgres_url: str) -> Iterator[Engine]:
    engine = create_engine(
        make_url(servers.postgres).set(drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",
    )
    yield engine
    engine.dispose()


@pytest.fixture
def _unsafe(admin: Engine, postgres_url: str) -> Iterator[None]:
    """The test's own database, and no other, commits without waiting for the disk."""
    name = make_url(postgres_url).database
    with admin.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
    yield
    with admin.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" RESET synchronous_commit'))


@pytest.mark.usefixtures("_unsafe")
def test_database_that_does_not_wait_for_the_disk_is_refused(production_app: Flask) -> None:
    settings: Settings = production_app.extensions["lianbing_settings"]
    with pytest.raises(SettingsError, match=r"LIANBING_DATABASE_URL: .*synchronous_commit"):
        create_app(settings)


def test_safe_database_is_taken(production_app: Flask) -> None:
    settings: Settings = production_app.extensions["lianbing_settings"]
    app = create_app(settings)
    with app.app_context():
        db.engine.dispose()
