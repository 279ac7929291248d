"""Browser tests: a real Chromium against a real server, in each shape.

``served`` is the running server, once for all tests of a shape: a test makes data of its
own and does not expect to be alone. ``served.app`` reaches the same database for set-up.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.browser import moved_clock
from tests.browser.moved_clock import AHEAD, MovedClock
from tests.browser.serving import Served, free_port
from tests.conftest import SECRETS, TestServers, need, own_database, own_prefix

from lianbing.entry import create_app
from lianbing.entry.readiness import upgrade_schema
from lianbing.infra.database import db
from lianbing.infra.settings import PREFIX, Settings, Shape
from lianbing.kernel.clock import utc_now

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MILLISECONDS = 15_000
LINES_TOLD = 40


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def embedded_served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served-embedded")
    settings = Settings(
        shape=Shape.EMBEDDED,
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'lianbing.db'}",
        port=free_port(),
        **SECRETS,
    )
    yield from _serving(settings, folder)


@pytest.fixture(scope="session")
def production_served(
    servers: TestServers, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    need(servers)
    folder = tmp_path_factory.mktemp("served-production")
    name = f"lianbing_browser_{os.getpid()}_{worker_id}"
    with own_database(servers, name) as url, own_prefix(servers, f"{name}:") as prefix:
        settings = Settings(
            shape=Shape.PRODUCTION,
            data_dir=folder,
            database_url=url,
            redis_url=servers.redis,
            redis_prefix=prefix,
            port=free_port(),
            web_workers=2,
            **SECRETS,
        )
        yield from _serving(settings, folder)


@pytest.fixture
def moved_served(tmp_path: Path) -> Iterator[tuple[Served, MovedClock]]:
    """An embedded server of a test's own whose clock the test moves ahead, day by day.

    The test starts it when its world stands: two writers of SQLite need not meet before.
    """
    settings = Settings(
        shape=Shape.EMBEDDED,
        data_dir=tmp_path,
        database_url=f"sqlite:///{tmp_path / 'lianbing.db'}",
        port=free_port(),
        **SECRETS,
    )
    clock = MovedClock(tmp_path / "ahead")
    clock.stand_at(utc_now())
    extra = {AHEAD: str(clock.file)}
    for served in _serving(settings, tmp_path, module=moved_clock.__name__, start=False, **extra):
        yield served, clock


def _serving(
    settings: Settings,
    folder: Path,
    *,
    module: str = "lianbing.entry.cli",
    start: bool = True,
    **extra: str,
) -> Iterator[Served]:
    app = create_app(settings)
    upgrade_schema(app)
    with app.app_context():
        db.create_all()
    values = settings.model_dump(mode="json", exclude_none=True)
    served = Served(
        app=app,
        shape=settings.shape.value,
        environment={PREFIX + name.upper(): str(value) for name, value in values.items()} | extra,
        log=folder / "server.log",
        port=settings.port,
        module=module,
    )
    if start:
        served.start()
    try:
        yield served
    finally:
        served.stop()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(params=["embedded", "production"])
def served(request: pytest.FixtureRequest) -> Served:
    """The running server of each shape."""
    running: Served = request.getfixturevalue(f"{request.param}_served")
    return running


@pytest.fixture
def app(served: Served) -> Iterator[Flask]:
    """The application over the served database, in the test's own process, for set-up."""
    with served.app.app_context():
        yield served.app
        db.session.remove()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    executable = shutil.which("chromium")
    if executable is None:
        message = "no chromium: apt-get install chromium fonts-noto-cjk"
        if os.environ.get("LIANBING_TEST_REQUIRE_ALL") == "1":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


OpenContext = Callable[..., BrowserContext]


@pytest.fixture
def open_context(
    chromium: Browser, request: pytest.FixtureRequest, project_root: Path
) -> Iterator[OpenContext]:
    """Open a browser of one's own: ``open_context(width=360)``. Errors in a page fail."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_one(*, width: int = 1280, height: int = 800) -> BrowserContext:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        contexts.append(context)
        return context

    yield open_one
    failed = getattr(request.node, "failed_in_call", False)
    if failed:
        _keep_screenshots(contexts, project_root / "test-artifacts", request.node.name)
    for context in contexts:
        context.close()
    assert not errors, f"errors in the page: {errors}"


@pytest.fixture
def page(open_context: OpenContext) -> Page:
    """One page in a desktop window."""
    return open_context().new_page()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call":
        item.failed_in_call = report.failed  # type: ignore[attr-defined]
        if report.failed:
            _tell_what_the_server_said(item, report)
    return report


def _tell_what_the_server_said(item: pytest.Item, report: pytest.TestReport) -> None:
    """Add the end of the server's log: a page that is not there has its reason in it."""
    for value in getattr(item, "funcargs", {}).values():
        if isinstance(value, Served) and value.log.exists():
            lines = value.log.read_text(errors="replace").splitlines()[-LINES_TOLD:]
            report.sections.append((f"{value.shape} server, last lines", "\n".join(lines)))


def _keep_screenshots(contexts: list[BrowserContext], folder: Path, test_name: str) -> None:
    folder.mkdir(exist_ok=True)
    name = re.sub(r"[^\w.-]+", "-", test_name)
    for number, page in enumerate(page for context in contexts for page in context.pages):
        page.screenshot(path=folder / f"{name}-{number}.png", full_page=True)
