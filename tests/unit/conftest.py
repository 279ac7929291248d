"""Unit tests touch no database: a connection attempt is an error."""

import pytest
from sqlalchemy import Engine


@pytest.fixture(autouse=True)
def _no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a unit test tried to reach a database")

    monkeypatch.setattr(Engine, "connect", refuse)
