"""The product in Chromium 80 itself: an exam and practice, with the network going away in both."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from flask import Flask
from tests.browser.old_engine.engine import OldEngine
from tests.browser.serving import Served
from tests.browser.test_exam_page_for_real import stored
from tests.browser.test_offline_practice import recorded
from tests.browser.test_practice import cookie_of
from tests.exams_factory import ExamWorld, make_exam_world, right_answers
from tests.people_factory import sign_in
from tests.practice_factory import make_learning, mixed

from lianbing.banks.rules import Answer
from lianbing.infra.database import db

AGENT = "Chrome/80."
engine_may_die = pytest.mark.flaky(reruns=3)
"""This build dies on a thread of its own now and then, on systems newer than it."""


@pytest.fixture
def served(embedded_served: Served) -> Served:
    """One shape is enough: what differs between shapes is not on the page."""
    return embedded_served


@pytest.fixture
def artifacts(project_root: Path) -> Path:
    folder = project_root / "test-artifacts"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[OldEngine]:
    if find_spec("PyQt5") is None or find_spec("PyQt5.QtWebEngineWidgets") is None:
        message = f"PyQtWebEngine 5.15.0 has no build for this machine ({sys.platform})"
        if os.environ.get("LIANBING_TEST_REQUIRE_ALL") == "1":
            pytest.fail(message)
        pytest.skip(message)
    engine = OldEngine(tmp_path)
    yield engine
    engine.close()


@contextmanager
def no_network(served: Served) -> Iterator[None]:
    """The server is away: this engine has no switch for its network."""
    served.stop()
    try:
        yield
    finally:
        served.start()


def give(engine: OldEngine, answer: Answer) -> None:
    """Answer the question shown on the exam page."""
    if isinstance(answer, bool):
        engine.click(f"#card input[value={str(answer).lower()}]")
    elif engine.evaluate("document.querySelectorAll('#card input.blank').length"):
        for place, text in enumerate(answer or ()):
            engine.evaluate(
                f"(() => {{ const blank = document.querySelectorAll('#card input.blank')[{place}];"
                f" blank.value = {json.dumps(text)};"
                " blank.dispatchEvent(new Event('input', { bubbles: true }));"
                " blank.dispatchEvent(new Event('change', { bubbles: true })); })()"
            )
    else:
        for letter in answer or ():
            engine.click(f"#card input[value={letter}]")


@engine_may_die
def test_an_exam_is_sat_and_handed_in(
    app: Flask, served: Served, engine: OldEngine, artifacts: Path
) -> None:
    world: ExamWorld = make_exam_world(db.session(), candidates=1)
    client = app.test_client()
    sign_in(client, world.candidates[0])
    cookie = client.get_cookie("session")
    assert cookie is not None
    engine.be(cookie.value, served.url)
    engine.goto(f"{served.url}/exams/{world.exam_id}/")
    assert AGENT in engine.evaluate("navigator.userAgent")
    engine.click("#enter button")
    engine.until("document.querySelector('#card fieldset')")
    answers = right_answers(world.paper(db.session()))
    order = json.loads(engine.text("#exam-data"))["order"]
    half = len(order) // 2
    db.session.remove()
    for number in order[:half]:
        give(engine, answers[number])
        engine.click("#next")
    engine.until("document.getElementById('save-state').dataset.state === 'saved'")
    engine.screenshot(artifacts / "chrome-80-exam.png")
    with no_network(served):
        for number in order[half:]:
            give(engine, answers[number])
            if engine.evaluate("!document.getElementById('next').disabled"):
                engine.click("#next")
        engine.until("document.getElementById('save-state').dataset.state === 'offline'")
    engine.until("document.getElementById('save-state').dataset.state === 'saved'")
    assert stored(world) == answers
    engine.click("#hand-in")
    engine.click("#confirm-hand-in")
    engine.until("location.pathname.endsWith('/result')")
    assert "成绩尚未公布" in engine.text("main")


@engine_may_die
def test_practice_goes_on_without_a_network_and_is_merged(
    app: Flask, served: Served, engine: OldEngine, artifacts: Path
) -> None:
    learning = make_learning(db.session(), mixed(40))
    engine.be(cookie_of(app, learning), served.url)
    engine.goto(f"{served.url}/practice/")
    engine.until("document.querySelector('[data-offline]').dataset.ready === 'true'")
    with no_network(served):
        engine.goto(f"{served.url}/practice/")
        engine.click("#offline .scope-row button")
        for number in (1, 2):
            engine.until(
                f"document.querySelector('.drill-count').textContent.includes('第 {number} 题')"
            )
            engine.click("#offline form .btn-quiet")
            assert "解析" in engine.text(".explanation")
            if number == 1:
                engine.screenshot(artifacts / "chrome-80-offline.png")
            engine.click("[data-next]")
    engine.goto(f"{served.url}/practice/offline/")
    engine.until("document.getElementById('offline-state').dataset.state === 'sent'")
    answers = recorded(learning)
    assert len(answers) == 2
    assert all(answer.offline for answer in answers)
