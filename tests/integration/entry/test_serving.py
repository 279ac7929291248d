"""The server itself: how many may be connected to it at once."""

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.browser.serving import Served
from tests.conftest import SECRETS

from lianbing.entry import create_app
from lianbing.entry.processes import allow_open_files
from lianbing.entry.readiness import upgrade_schema
from lianbing.infra.database import db
from lianbing.infra.settings import PREFIX, Settings, Shape

IDLE = 1_200
SOON_SECONDS = 20
"""Well below the half minute after which the server closes what is idle."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"sqlite:///{tmp_path / 'lianbing.db'}"
    settings = Settings(
        shape=Shape.EMBEDDED, data_dir=tmp_path, database_url=url, port=port, **SECRETS
    )
    app = create_app(settings)
    upgrade_schema(app)
    with app.app_context():
        db.engine.dispose()
    values = settings.model_dump(mode="json", exclude_none=True)
    environment = {PREFIX + name.upper(): str(value) for name, value in values.items()}
    running = Served(
        app=app, shape="embedded", environment=environment, log=tmp_path / "log", port=port
    )
    running.start()
    try:
        yield running
    finally:
        running.stop()


def test_many_idle_browsers_keep_nobody_out(served: Served) -> None:
    allow_open_files(2 * IDLE)
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 2 * IDLE:
        pytest.skip("this machine allows too few open files")
    address = ("127.0.0.1", served.port)
    with ExitStack() as idle:
        for _ in range(IDLE):
            idle.enter_context(socket.create_connection(address, timeout=SOON_SECONDS))
        with socket.create_connection(address, timeout=SOON_SECONDS) as last:
            last.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert last.recv(64).startswith(b"HTTP/1.1 200")
