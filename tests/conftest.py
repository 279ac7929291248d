"""Shapes under test: embedded (SQLite) and production (real PostgreSQL and Redis).

``scripts/test`` names the servers in ``LIANBING_TEST_POSTGRES_URL`` and
``LIANBING_TEST_REDIS_URL``. Without them the production shape is skipped and said so;
with ``LIANBING_TEST_REQUIRE_ALL=1`` a missing server is a failure, never a skip.
"""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings
from jinja2 import FileSystemBytecodeCache
from redis import Redis
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lianbing.entry import create_app
from lianbing.infra.database import db
from lianbing.infra.settings import Settings, Shape
from lianbing.papers.queries import forget_papers
from lianbing.practice.answering.kept import forget_versions
from lianbing.web.i18n import compile_catalogues

# A property says what is true, not how fast: a busy machine must not fail it.
# A landing is judged by the same examples each time; everybody's own runs look for new ones.
hypothesis_settings.register_profile(
    "lianbing", deadline=None, derandomize=os.environ.get("CI") == "true"
)
hypothesis_settings.load_profile("lianbing")

# Thousands of small tests leave garbage that goes by itself; looking for more so often costs time.
gc.set_threshold(50_000, 20, 20)

SECRETS = {
    "secret_key": "test-secret-key-test-secret-key-test",
    "field_key": "11" * 32,
    "signing_key": "22" * 32,
    "paper_key": "33" * 32,
}

DRIVES_REAL_PROCESSES = (
    "tests/browser/",
    "tests/integration/scripts/",
    "tests/integration/backups/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What drives a browser or a server by its signals is tried twice, and says so: ADR 0103."""
    for item in items:
        if item.nodeid.startswith(DRIVES_REAL_PROCESSES):
            item.add_marker(pytest.mark.flaky(reruns=1))


@dataclass(frozen=True)
class TestServers:
    """Addresses of the real servers, empty when there are none."""

    __test__ = False

    postgres: str
    redis: str


@pytest.fixture(scope="session")
def servers() -> TestServers:
    return TestServers(
        postgres=os.environ.get("LIANBING_TEST_POSTGRES_URL", ""),
        redis=os.environ.get("LIANBING_TEST_REDIS_URL", ""),
    )


def need(servers: TestServers) -> None:
    """Skip, or fail where everything is required, when the production servers are missing."""
    if servers.postgres and servers.redis:
        return
    message = "no PostgreSQL and Redis: set LIANBING_TEST_POSTGRES_URL and LIANBING_TEST_REDIS_URL"
    if os.environ.get("LIANBING_TEST_REQUIRE_ALL") == "1":
        pytest.fail(message)
    pytest.skip(message)


@contextmanager
def own_database(servers: TestServers, name: str) -> Iterator[str]:
    """The address of a database of this run's own, dropped afterwards."""
    admin = create_engine(
        make_url(servers.postgres).set(drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",
    )
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield make_url(servers.postgres).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    admin.dispose()


@contextmanager
def own_prefix(servers: TestServers, prefix: str) -> Iterator[str]:
    """A key prefix of this run's own; its keys are deleted afterwards, nothing is flushed."""
    yield prefix
    with Redis.from_url(servers.redis) as client:
        for key in client.scan_iter(match=prefix + "*", count=1000):
            client.delete(key)


@pytest.fixture(scope="session")
def postgres_url(servers: TestServers, worker_id: str) -> Iterator[str]:
    """A database of this run's and this worker's own."""
    need(servers)
    with own_database(servers, f"lianbing_test_{os.getpid()}_{worker_id}") as url:
        yield url


@pytest.fixture(scope="session")
def redis_prefix(servers: TestServers, worker_id: str) -> Iterator[str]:
    """A key prefix of this run's and this worker's own."""
    need(servers)
    with own_prefix(servers, f"lianbing-test-{os.getpid()}-{worker_id}:") as prefix:
        yield prefix


@pytest.fixture(scope="session")
def embedded_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("embedded")
    settings = Settings(
        shape=Shape.EMBEDDED,
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'test.db'}",
        **SECRETS,
    )
    yield from _running(settings)


@pytest.fixture(scope="session")
def production_app(
    servers: TestServers,
    postgres_url: str,
    redis_prefix: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    settings = Settings(
        shape=Shape.PRODUCTION,
        data_dir=tmp_path_factory.mktemp("production"),
        database_url=postgres_url,
        redis_url=servers.redis,
        redis_prefix=redis_prefix,
        **SECRETS,
    )
    yield from _running(settings)


class ClientOfItsOwn(FlaskClient):
    """Requests run as on a server: outside the test's own context, session and snapshot."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return Context().run(super().open, *args, **kwargs)


def _running(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    app.test_client_class = ClientOfItsOwn
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    compile_catalogues()
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache()  # by content: a new text is compiled
    with app.app_context():
        if settings.shape is Shape.EMBEDDED:
            event.listen(db.engine, "connect", _without_waiting_for_the_disk)
            db.engine.dispose()
        db.create_all()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _without_waiting_for_the_disk(connection: Any, _record: object) -> None:
    """No test here pulls the plug; those that do serve files of their own."""
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(params=["embedded", "production"])
def app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application in each shape, emptied after the test."""
    application: Flask = request.getfixturevalue(f"{request.param}_app")
    yield application
    empty(application)


def empty(application: Flask) -> None:
    """Delete every row and every key of this run's prefix."""
    forget_papers()
    forget_versions()
    with application.app_context():
        db.session.remove()
        with db.engine.begin() as connection:
            for table in reversed(db.metadata.sorted_tables):
                connection.execute(table.delete())
        client: Redis | None = application.extensions["lianbing_redis"]
        settings: Settings = application.extensions["lianbing_settings"]
        if client is not None:
            for key in client.scan_iter(match=settings.redis_prefix + "*", count=1000):
                client.delete(key)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A database session inside an application context."""
    with app.app_context():
        yield db.session()
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def project_root() -> Path:
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """pytest-xdist's worker, or ``main``."""
    return str(getattr(request.config, "workerinput", {}).get("workerid", "main"))
