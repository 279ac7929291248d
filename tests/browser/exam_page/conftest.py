"""The pretended exam and the page that sits it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from tests.browser.conftest import OpenContext
from tests.browser.exam_page.model import FakeExam
from tests.browser.exam_page.server import Stage, serving

PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True)
class Sitting:
    """A candidate at the exam page, in words of the exam."""

    page: Page
    base: str
    exam: FakeExam

    def open(self, path: str = "/sit") -> "Sitting":
        self.page.goto(self.base + path)
        return self

    def ready(self) -> "Sitting":
        """Open the exam page and wait for the first question."""
        self.open()
        expect(self.page.locator("#card fieldset")).to_be_visible()
        self.until(lambda: "state" in self.exam.calls, "the first word from the server")
        self.until(lambda: self.exam.served_now == 0, "the server is done")
        return self

    def choose(self, place: int) -> None:
        """Choose the option at a place, from 1."""
        self.page.locator("#card label.option").nth(place - 1).click()

    def go_to(self, question: int) -> None:
        """Turn to a question by the answer sheet."""
        self.page.locator("#open-sheet").click()
        cells = self.page.locator(".dialog button.cell")
        cells.filter(has_text=str(question)).click()

    def blank(self, place: int) -> Locator:
        return self.page.locator("input.blank").nth(place - 1)

    def expect_state(self, state: str) -> None:
        expect(self.page.locator("#save-state")).to_have_attribute("data-state", state)

    def expect_locked(self) -> None:
        """Nothing can be answered any more."""
        expect(self.page.locator("#card fieldset[disabled]")).to_be_visible()

    def expect_unlocked(self) -> None:
        expect(self.page.locator("#card fieldset:not([disabled])")).to_be_visible()

    def notice(self, kind: str) -> Locator:
        return self.page.locator(f"#notices .notice-{kind}")

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait for something on the server's side."""
        for _ in range(PATIENCE_MS // 50):
            if holds():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"never happened: {what}")


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, str]]:
    """The server of pretended exams, once for all tests."""
    made = Stage()
    with serving(made, tmp_path_factory.mktemp("exam-page")) as base:
        yield made, base


@pytest.fixture
def exam(stage: tuple[Stage, str]) -> Iterator[FakeExam]:
    """This test's own exam."""
    stage[0].exam = FakeExam()
    yield stage[0].exam
    stage[0].exam.released.set()


@pytest.fixture
def context(open_context: OpenContext) -> BrowserContext:
    """A candidate's phone."""
    return open_context(width=360, height=740)


@pytest.fixture
def sitting(exam: FakeExam, stage: tuple[Stage, str], context: BrowserContext) -> Sitting:
    """A candidate with a phone, before opening any page."""
    return Sitting(context.new_page(), stage[1], exam)
