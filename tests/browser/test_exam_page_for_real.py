"""The exam page against the real exam API, in both shapes: the whole way and its accidents."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select
from tests.browser.conftest import OpenContext
from tests.browser.serving import Served
from tests.exams_factory import ExamWorld, make_exam_world, right_answers
from tests.people_factory import sign_in

from lianbing.banks.rules import Answer
from lianbing.exams.folding import counted_answers
from lianbing.exams.models import AnswerEntry, Attempt
from lianbing.infra.database import db
from lianbing.kernel.ids import AttemptId

SLOW_MS = 30_000  # a killed server needs a moment to come back


@dataclass(frozen=True)
class Candidate:
    """A signed-in candidate with a device."""

    served: Served
    world: ExamWorld
    context: BrowserContext
    page: Page

    def enter(self) -> None:
        """From the list of exams through the lobby to the first question."""
        self.page.goto(self.served.url + "/exams/")
        self.page.get_by_role("link", name=self.world.plan.title).click()
        self.page.locator("#enter button").click()
        expect(self.page.locator("#card fieldset")).to_be_visible()

    def give(self, answer: Answer, number: int) -> None:
        """Answer the question shown, which is ``number`` of the paper."""
        card = self.page.locator("#card")
        if isinstance(answer, bool):
            card.locator(f"input[value={str(answer).lower()}]").check(force=True)
        elif card.locator("input.blank").count():
            for place, text in enumerate(answer or ()):
                card.locator("input.blank").nth(place).fill(text)
        else:
            for letter in answer or ():
                card.locator(f"input[value={letter}]").check(force=True)

    def expect_saved(self) -> None:
        state = self.page.locator("#save-state")
        expect(state).to_have_attribute("data-state", "saved", timeout=SLOW_MS)

    def order(self) -> list[int]:
        """The paper's numbers in the order of this candidate."""
        data = json.loads(self.page.locator("#exam-data").text_content() or "")
        return list(data["order"])

    def answer_all(self, answers: dict[int, Answer]) -> None:
        for number in self.order():
            self.give(answers[number], number)
            if self.page.locator("#next").is_enabled():
                self.page.locator("#next").click()

    def hand_in(self) -> None:
        self.page.locator("#hand-in").click()
        self.page.locator("#confirm-hand-in").click()
        self.page.wait_for_url("**/result")


@pytest.fixture
def world(app: Flask) -> ExamWorld:
    return make_exam_world(db.session(), candidates=1)


@pytest.fixture
def candidate(served: Served, world: ExamWorld, open_context: OpenContext) -> Candidate:
    return arrive(served, world, open_context(width=360, height=740))


def arrive(served: Served, world: ExamWorld, context: BrowserContext) -> Candidate:
    """Sign the candidate in on one more device."""
    client = served.app.test_client()
    sign_in(client, world.candidates[0])
    cookie = client.get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": "session", "value": cookie.value, "url": served.url}])
    return Candidate(served, world, context, context.new_page())


def stored(world: ExamWorld) -> dict[int, Answer]:
    """The counted answers in the database."""
    db.session.rollback()
    attempt_id = db.session.scalars(
        select(Attempt.id).where(Attempt.exam_id == world.exam_id)
    ).one()
    return counted_answers(db.session(), AttemptId(attempt_id))


def outcomes(world: ExamWorld) -> Iterator[str]:
    query = select(AnswerEntry.standing).join(Attempt, Attempt.id == AnswerEntry.attempt_id)
    return iter(db.session.scalars(query.where(Attempt.exam_id == world.exam_id)).all())


def test_whole_exam_is_sat_with_an_offline_spell(candidate: Candidate, world: ExamWorld) -> None:
    answers = right_answers(world.paper(db.session()))
    candidate.enter()
    candidate.context.set_offline(True)
    candidate.answer_all(answers)
    expect(candidate.page.locator("#save-state")).to_have_attribute("data-state", "offline")
    candidate.context.set_offline(False)
    candidate.expect_saved()
    assert stored(world) == answers
    candidate.hand_in()
    expect(candidate.page.locator("main")).to_contain_text("成绩尚未公布")
    assert set(outcomes(world)) == {"counted"}


def test_killed_server_loses_no_answer(candidate: Candidate, world: ExamWorld) -> None:
    answers = right_answers(world.paper(db.session()))
    candidate.enter()
    first, second = candidate.order()[:2]
    candidate.give(answers[first], first)
    candidate.expect_saved()
    candidate.served.kill()
    candidate.page.locator("#next").click()
    candidate.give(answers[second], second)
    expect(candidate.page.locator("#save-state")).to_have_attribute("data-state", "offline")
    candidate.served.start()
    candidate.expect_saved()
    assert stored(world) == {first: answers[first], second: answers[second]}


def test_exam_goes_on_on_another_device(
    candidate: Candidate, world: ExamWorld, served: Served, open_context: OpenContext
) -> None:
    answers = right_answers(world.paper(db.session()))
    candidate.enter()
    first = candidate.order()[0]
    candidate.give(answers[first], first)
    candidate.expect_saved()
    desktop = arrive(served, world, open_context())
    desktop.page.goto(f"{served.url}/exams/{world.exam_id}/")
    expect(desktop.page.get_by_role("note")).to_contain_text("另一台设备")
    desktop.enter()
    expect(desktop.page.locator("#progress")).to_have_text("1 / 10")
    candidate.page.locator("#next").click()
    candidate.page.keyboard.press("1")
    expect(candidate.page.locator("#notices")).to_contain_text("另一台设备")
    desktop.answer_all(answers)
    desktop.expect_saved()
    desktop.hand_in()
    assert stored(world) == answers
    assert set(outcomes(world)) == {"counted", "superseded"}
