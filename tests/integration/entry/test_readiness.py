"""Nothing serves before the schema is this version's and the port is free."""

import socket
from collections.abc import Iterator

import pytest
from flask import Flask
from redis.exceptions import NoPermissionError
from sqlalchemy import text

from lianbing.entry import readiness
from lianbing.entry.readiness import (
    NotReady,
    require_agreeing_clocks,
    require_current_schema,
    require_free_port,
    warn_of_eviction,
)
from lianbing.infra.database import db
from lianbing.infra.settings import Settings


@pytest.fixture
def _no_schema_mark(app: Flask) -> Iterator[None]:
    yield
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))


def mark_schema(app: Flask, revision: str) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(
            text("INSERT INTO alembic_version (version_num) VALUES (:revision)"),
            {"revision": revision},
        )


@pytest.mark.usefixtures("_no_schema_mark")
def test_schema_of_a_newer_version_is_refused(app: Flask) -> None:
    mark_schema(app, "not-of-this-version")
    with pytest.raises(NotReady, match="newer than this version"):
        require_current_schema(app)


def test_database_that_was_never_migrated_is_refused_with_the_command(app: Flask) -> None:
    if not list(readiness.MIGRATIONS.glob("versions/*.py")):
        pytest.skip("no migration exists yet")
    with pytest.raises(NotReady, match="lianbing db upgrade"):
        require_current_schema(app)


def test_clocks_of_one_machine_agree(production_app: Flask) -> None:
    skew = require_agreeing_clocks(production_app)
    assert skew is not None
    assert skew <= 0


def test_a_file_has_no_clock_of_its_own(embedded_app: Flask) -> None:
    assert require_agreeing_clocks(embedded_app) is None


def test_clock_that_is_off_by_more_than_a_second_is_refused(
    production_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "LARGEST_SKEW_SECONDS", -3600.0)
    with pytest.raises(NotReady, match="Synchronise both"):
        require_agreeing_clocks(production_app)


def test_taken_port_is_refused_with_its_setting() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(NotReady, match=f"{port}.*LIANBING_PORT"):
            require_free_port(Settings(port=port))
    require_free_port(Settings(port=port))


class RedisThat:
    """A Redis that says how it makes room, or does not tell."""

    def __init__(self, policy: str | None) -> None:
        self._policy = policy

    def info(self, _section: str) -> dict[str, str]:
        if self._policy is None:
            raise NoPermissionError
        return {"maxmemory_policy": self._policy}


@pytest.mark.parametrize(
    ("policy", "warned"), [("noeviction", False), ("allkeys-lru", True), (None, False)]
)
def test_a_redis_that_forgets_when_full_is_warned_of(
    production_app: Flask, monkeypatch: pytest.MonkeyPatch, policy: str | None, warned: bool
) -> None:
    monkeypatch.setitem(production_app.extensions, "lianbing_redis", RedisThat(policy))
    assert warn_of_eviction(production_app) is warned


def test_the_real_redis_can_be_asked(production_app: Flask, embedded_app: Flask) -> None:
    policy = production_app.extensions["lianbing_redis"].info("memory")["maxmemory_policy"]
    assert warn_of_eviction(production_app) is (policy != "noeviction")
    assert not warn_of_eviction(embedded_app)
