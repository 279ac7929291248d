"""Pages are tested in the embedded shape; what differs between shapes is in ``integration``."""

from collections.abc import Iterator

import pytest
from flask import Flask
from tests.conftest import empty


@pytest.fixture
def app(embedded_app: Flask) -> Iterator[Flask]:
    yield embedded_app
    empty(embedded_app)
