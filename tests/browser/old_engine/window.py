"""A window of Qt WebEngine 5.15.0, which is Chromium 80: one JSON order a line in, one answer out.

Run by itself, since Qt wants the main thread of a process; ``engine.py`` is the test's end.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PyQt5.QtCore import QEventLoop, QTimer, QUrl
from PyQt5.QtWebEngineWidgets import QWebEnginePage, QWebEngineProfile, QWebEngineView
from PyQt5.QtWidgets import QApplication

PATIENCE_MS = 30_000
PAINTED_AFTER_MS = 300


class Page(QWebEnginePage):
    """A page that remembers what went wrong in it."""

    def __init__(self, profile: QWebEngineProfile) -> None:
        super().__init__(profile)
        self.errors: list[str] = []

    def javaScriptConsoleMessage(self, level: int, text: str, line: int, source: str) -> None:
        """Qt's own hook for what a page writes to its console."""
        if level == QWebEnginePage.ErrorMessageLevel:
            self.errors.append(f"{source}:{line}: {text}")


class Window:
    """The window, its profile and what it can be ordered to do."""

    def __init__(self, folder: Path) -> None:
        self._profile = QWebEngineProfile("lianbing-test")
        self._profile.setPersistentStoragePath(str(folder / "storage"))
        self._profile.setHttpCacheType(QWebEngineProfile.MemoryHttpCache)
        self._profile.setHttpAcceptLanguage("zh-CN")
        self._page = Page(self._profile)
        self._view = QWebEngineView()
        self._view.setPage(self._page)
        self._view.resize(360, 740)
        self._view.show()

    def goto(self, url: str) -> bool:
        """Open an address; whether it could be had."""

        def begin(done: Callable[..., None]) -> None:
            self._page.loadFinished.connect(done)
            self._page.load(QUrl(url))

        found = _wait(begin)
        self._page.loadFinished.disconnect()
        return bool(found)

    def js(self, code: str) -> Any:
        """The value of an expression."""
        return _wait(lambda done: self._page.runJavaScript(code, done))

    def shot(self, path: str) -> None:
        """Keep what the window shows."""
        _wait(lambda done: QTimer.singleShot(PAINTED_AFTER_MS, done))
        self._view.grab().save(path)

    def errors(self) -> list[str]:
        """What pages wrote to their consoles as errors."""
        return self._page.errors


def _wait(begin: Callable[[Callable[..., None]], object]) -> Any:
    """What the begun thing calls back with; nothing when that takes too long."""
    loop, found = QEventLoop(), []

    def done(value: Any = None) -> None:
        found.append(value)
        loop.quit()

    begin(done)
    if not found:
        QTimer.singleShot(PATIENCE_MS, loop.quit)
        loop.exec_()
    return found[0] if found else None


def main(folder: Path) -> None:
    """Take orders until the line closes."""
    application = QApplication(["lianbing-test"])
    window = Window(folder)
    for line in sys.stdin:
        order = json.loads(line)
        answer = getattr(window, order.pop("do"))(**order)
        application.processEvents()
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
