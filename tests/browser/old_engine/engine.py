"""The oldest browser served, Chromium 80, as a test drives it (``window.py`` is the browser)."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import IO, Any

FLAGS = "--no-sandbox --disable-gpu --single-process --lang=zh-CN"
PATIENCE_SECONDS = 30.0
NO_NETWORK = "net::ERR_"


class OldEngine:
    """One window of a phone's width, with a profile of its own below ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "engine.log"
        with self._log.open("wb") as log:
            self._process = self._open(folder, log)

    def _open(self, folder: Path, log: IO[bytes]) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("window.py")), str(folder)],
            env={
                **os.environ,
                "QT_QPA_PLATFORM": "offscreen",
                "QT_QUICK_BACKEND": "software",
                "QTWEBENGINE_CHROMIUM_FLAGS": FLAGS,
                "XDG_RUNTIME_DIR": str(folder),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )

    def close(self) -> None:
        """End it; errors that pages wrote to their consoles fail, lost connections apart."""
        try:
            found = [text for text in self.order(do="errors") if NO_NETWORK not in text]
        finally:
            with self._process as process:  # closes its pipes and waits for it
                process.kill()
        assert not found, f"errors in the page: {found}"

    def order(self, **order: Any) -> Any:
        """Send one order and wait for what comes of it."""
        assert self._process.stdin
        assert self._process.stdout
        answer = ""
        with suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        if not answer:
            said = self._log.read_text(errors="replace")[-800:]
            raise AssertionError(f"the engine died ({self._process.wait()}) at {order}:\n{said}")
        return json.loads(answer)

    def be(self, cookie: str, url: str) -> None:
        """Carry a session's cookie, set where no page has set one yet."""
        self.goto(f"{url}/healthz")
        self.evaluate(f"document.cookie = {json.dumps(f'session={cookie}; path=/')}")

    def goto(self, url: str) -> None:
        """Open an address; a page that cannot be had is told by what is then not on it."""
        self.order(do="goto", url=url)

    def evaluate(self, code: str) -> Any:
        """The value of an expression; promises are not waited for."""
        return self.order(do="js", code=code)

    def until(self, code: str) -> Any:
        """The value of an expression as soon as it is true."""
        deadline = monotonic() + PATIENCE_SECONDS
        while monotonic() < deadline:
            found = self.evaluate(code)  # an element comes as an empty object
            if found or found == {}:
                return found
            sleep(0.1)
        seen = self.evaluate("document.body ? document.body.innerText : ''")
        raise AssertionError(f"never true: {code}\nthe page says:\n{seen}")

    def click(self, selector: str) -> None:
        """Click what a selector finds, as soon as it can be clicked."""
        found = f"document.querySelector({json.dumps(selector)})"
        self.until(f"{found} && !{found}.disabled && {found}.offsetParent !== null")
        self.evaluate(f"{found}.click()")

    def text(self, selector: str) -> str:
        """The text of what a selector finds, as soon as it is there."""
        found = f"document.querySelector({json.dumps(selector)})"
        return str(self.until(f"{found} && {found}.textContent.trim()"))

    def screenshot(self, path: Path) -> None:
        """Keep what the window shows."""
        self.order(do="shot", path=str(path))
