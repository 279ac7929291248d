"""A stand-in for the exam API whose faults can be switched: what the exam page is tested against.

Pages are rendered by the real application from the real templates; sittings live in memory.
A test holds the ``FakeExam`` itself (fixture ``exam``): it sets ``fault``, moves ``due_at``,
takes the device away, and afterwards reads what the "server" stored.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from tests.browser.exam_page.model import FakeExam, Fault
from tests.browser.exam_page.rows import lobby_page, mine_page, result_page
from tests.conftest import SECRETS
from werkzeug.serving import WSGIRequestHandler, make_server

from lianbing.entry import create_app
from lianbing.infra.settings import Settings, Shape
from lianbing.web import access
from lianbing.web.i18n import compile_catalogues


@dataclass
class Stage:
    """Where the pretended exam is put on; each test brings its own."""

    exam: FakeExam = field(default_factory=FakeExam)


MOST_ENTRIES = 200
Entries = list[dict[str, Any]]
Work = Callable[[FakeExam, Entries], dict[str, Any]]


def _device() -> int:
    return int(request.headers["X-Attempt-Token"].rpartition("-")[2])


def _is_for(exam: FakeExam) -> bool:
    return request.headers["X-Attempt-Token"].startswith(f"token-{exam.number}-")


def _refuse(code: str, message: str, status: int) -> ResponseReturnValue:
    return jsonify(error={"code": code, "message": message}), status


def _before(exam: FakeExam, numbers: list[int]) -> ResponseReturnValue | None:
    """What the fault answers in the server's place, before anything is stored."""
    match exam.fault:
        case Fault.HELD:
            exam.released.wait(20)
        case Fault.BUSY:
            return _refuse("busy", "稍后再试", 503)
        case Fault.PORTAL:
            return Response("<html>请登录园区无线网络</html>", mimetype="text/html")
        case Fault.TOKEN_REFUSED:
            return _refuse("bad_token", "凭证无效。", 403)
        case _ if len(numbers) > MOST_ENTRIES:
            return _refuse("malformed", "一次最多 200 条。", 400)
        case Fault.MALFORMED if exam.poisoned in numbers:
            return _refuse("malformed", "答案格式不符。", 400)
    return None


def _die() -> Iterator[bytes]:
    """The connection breaks before the first byte of an answer that was already decided."""
    raise ConnectionResetError
    yield b""


def _answer(exam: FakeExam, kind: str, work: Work) -> ResponseReturnValue:
    """Run ``work`` under the fault that is switched on."""
    entries = request.get_json().get("entries", []) if request.method == "POST" else []
    with exam.being_served(kind):
        instead = _before(exam, [entry["question"] for entry in entries])
        if instead is not None:
            return instead
        with exam.lock:
            answer = work(exam, entries)
    if exam.fault is Fault.DROPPED:
        return Response(_die())
    return jsonify(answer)


def _paper(exam: FakeExam, _entries: Entries) -> dict[str, Any]:
    return {"paper": "0", "questions": exam.questions}


def _state(exam: FakeExam, _entries: Entries) -> dict[str, Any]:
    return exam.reply(_device(), []) | exam.told


def _save(exam: FakeExam, entries: Entries) -> dict[str, Any]:
    return exam.reply(_device(), exam.take(_device(), entries))


def _hand_in(exam: FakeExam, entries: Entries) -> dict[str, Any]:
    results = exam.take(_device(), entries)
    exam.hand_ins += 1
    exam.state = "handed_in"
    return exam.reply(_device(), results) | {"handed_in_at": datetime.now(UTC).isoformat()}


def _break(exam: FakeExam, _entries: Entries) -> dict[str, Any]:
    exam.rest(5 if request.get_json()["action"] == "start" else 0)
    return _state(exam, [])


def _events(exam: FakeExam, _entries: Entries) -> dict[str, Any]:
    reported = request.get_json()["events"]
    exam.events += reported
    taken = [event["number"] for event in reported]
    return _state(exam, []) | {"taken": taken, "warning": exam.warning}


WORKS: dict[str, Work] = {
    "paper": _paper,
    "state": _state,
    "save": _save,
    "hand-in": _hand_in,
    "break": _break,
    "events": _events,
}


def _add_api(fake: Blueprint, stage: Stage) -> None:
    @fake.route("/api/<kind>", methods=["GET", "POST"])
    @access.attempt_token
    def api(kind: str) -> ResponseReturnValue:
        exam = stage.exam
        if not _is_for(exam):
            return _refuse("bad_token", "凭证无效。", 403)
        return _answer(exam, kind, WORKS[kind])


def _add_pages(fake: Blueprint, stage: Stage) -> None:
    @fake.get("/sit")
    @access.public
    def sit() -> ResponseReturnValue:
        return render_template("exams/sit.html", exam_data=stage.exam.bootstrap("/fake"))

    @fake.post("/enter")
    @access.public
    def enter() -> ResponseReturnValue:
        stage.exam.take_over()
        return sit()

    @fake.get("/lobby/<standing>")
    @access.public
    def lobby(standing: str) -> ResponseReturnValue:
        seconds = request.args.get("opens_in", 600, type=int)
        return render_template("exams/lobby.html", **lobby_page(standing, opens_in=seconds))

    @fake.get("/mine/<filling>")
    @access.public
    def mine(filling: str) -> ResponseReturnValue:
        return render_template("exams/mine.html", **mine_page(empty=filling == "empty"))

    @fake.get("/result")
    @access.public
    def result() -> ResponseReturnValue:
        kind = request.args.get("as", "waiting")
        return render_template("exams/result.html", **result_page(kind))


def _app(stage: Stage, folder: Path) -> Flask:
    settings = Settings(
        shape=Shape.EMBEDDED,
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'fake.db'}",
        **SECRETS,
    )
    compile_catalogues()
    app = create_app(settings)
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=True)
    fake = Blueprint("fake_exam", __name__)
    _add_api(fake, stage)
    _add_pages(fake, stage)
    app.register_blueprint(fake, url_prefix="/fake")
    return app


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing: dropped connections are what these tests are about."""

    def connection_dropped(self, *_args: Any, **_kwargs: Any) -> None:
        """Let the browser see the break at once."""
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def serving(stage: Stage, folder: Path) -> Iterator[str]:
    """Serve the pretended exam in a thread; the address of its pages."""
    server = make_server("127.0.0.1", 0, _app(stage, folder), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/fake"
    finally:
        stage.exam.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
