"""The whole loop in real time, by the pages alone, in both shapes.

An organiser publishes a contest; three workers register on their phones and sit its timed
exam: one lets the clock run out, one goes on at another device, one is offline for a minute.
Then the results are published, and board, result and passport say the same.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select
from tests.browser.conftest import OpenContext
from tests.browser.serving import Served

from lianbing.banks.rules import Answer
from lianbing.entry.demo import load_all
from lianbing.exams.folding import counted_answers
from lianbing.exams.models import Attempt, Exam
from lianbing.exams.own_result import right_answer
from lianbing.infra.database import db
from lianbing.kernel.ids import AttemptId, PaperId
from lianbing.papers.queries import get_frozen_paper
from lianbing.people.demo import PASSWORD

V = TypeVar("V", bound="Visitor")
ZONE = ZoneInfo("Asia/Shanghai")
TITLE = "青山市电工技能竞赛（全程测试）"
ORGANISER = "13800000004"
IDLE, MOVING, OFFLINE = "13800000011", "13800000012", "13800000013"
SIT = timedelta(minutes=2)
OFFLINE_SECONDS = 60
A_MOMENT_MS = 30_000
UNTIL_OPEN_MS = 150_000


@dataclass(frozen=True)
class Visitor:
    """Somebody at a device, with an eye for the screens."""

    url: str
    context: BrowserContext
    page: Page
    album: Path

    def sign_in(self, phone: str) -> None:
        self.page.goto(self.url + "/sign-in")
        self.page.fill("[name=name]", phone)
        self.page.fill("[name=password]", PASSWORD)
        self.page.locator("main form button[type=submit]").click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def visit(self, path: str) -> None:
        self.page.goto(self.url + path)

    def photograph(self, name: str) -> None:
        width = (self.page.viewport_size or {"width": 0})["width"]
        self.album.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=self.album / f"{name}-{width}.png")
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@dataclass(frozen=True)
class Candidate(Visitor):
    """A worker who registers and sits."""

    def register(self) -> None:
        self.visit("/contests/")
        self.page.get_by_role("link", name=TITLE).first.click()
        self.photograph("contest")
        self.page.get_by_role("button", name="报名", exact=True).click()
        expect(self.page.locator("main")).to_contain_text("已报名")

    def enter(self) -> None:
        """Wait in the lobby for the opening, then take the seat."""
        self.visit("/exams/")
        self.page.get_by_role("link", name=TITLE).first.click()
        self.photograph("lobby")
        button = self.page.locator("#enter button")
        expect(button).to_be_enabled(timeout=UNTIL_OPEN_MS)
        button.click()
        expect(self.page.locator("#card fieldset, #card input").first).to_be_visible()

    def answer(self, answers: dict[int, Answer], places: range) -> None:
        """Answer the questions at these places of the own order, from the present one on."""
        data = json.loads(self.page.locator("#exam-data").text_content() or "")
        for place in places:
            number = data["order"][place]
            self._give(answers[number], number)
            self.page.locator("#next").click()

    def _give(self, answer: Answer, number: int) -> None:
        card = self.page.locator("#card")
        if isinstance(answer, bool):
            card.locator(f"input[value={str(answer).lower()}]").check(force=True)
        elif card.locator("input.blank").count():
            for place, text in enumerate(answer or ()):
                card.locator("input.blank").nth(place).fill(text)
        else:
            for letter in answer or ():
                card.locator(f"input[value={letter}]").check(force=True)

    def expect_save_state(self, state: str) -> None:
        expect(self.page.locator("#save-state")).to_have_attribute(
            "data-state", state, timeout=A_MOMENT_MS
        )

    def hand_in(self) -> None:
        self.page.locator("#hand-in").click()
        self.photograph("hand-in")
        self.page.locator("#confirm-hand-in").click()
        self.page.wait_for_url("**/result", timeout=A_MOMENT_MS)


@pytest.fixture
def album(served: Served, project_root: Path) -> Path:
    return project_root / "test-artifacts" / "journey" / served.shape


def test_contest_from_its_notice_to_the_record(
    served: Served, app: Flask, open_context: OpenContext, album: Path
) -> None:
    load_all(served.app)
    opens_at = _next_minute()
    desk = _visitor(Visitor, served, open_context(width=1280), album)
    contest_url = _publish_contest(desk, opens_at)

    phones = {
        phone: _visitor(Candidate, served, open_context(width=360, height=740), album)
        for phone in (IDLE, MOVING, OFFLINE)
    }
    for phone, candidate in phones.items():
        candidate.sign_in(phone)
        candidate.register()
    answers = _right_answers()
    laptop = _visitor(Candidate, served, open_context(width=1280), album)
    laptop.sign_in(MOVING)
    for candidate in phones.values():
        candidate.enter()

    _goes_offline(phones[OFFLINE], answers)
    phones[IDLE].answer(answers, range(48))
    phones[IDLE].expect_save_state("saved")
    phones[IDLE].photograph("exam")
    phones[IDLE].page.goto("about:blank")  # put away: nobody clicks for this candidate any more
    phones[MOVING].answer(answers, range(2))
    phones[MOVING].expect_save_state("saved")
    laptop.enter()
    laptop.photograph("exam")
    expect(laptop.page.locator("#progress")).to_have_text("2 / 80")
    phones[MOVING].page.keyboard.press("1")
    expect(phones[MOVING].page.locator("#notices")).to_contain_text("另一台设备")
    phones[MOVING].photograph("put-out")
    laptop.hand_in()
    _comes_back(phones[OFFLINE], opens_at)
    phones[OFFLINE].hand_in()

    _wait_for_the_clock(phones[IDLE], opens_at)
    phones[IDLE].photograph("result-waiting")
    phones[IDLE].visit("/boards/")
    phones[IDLE].photograph("boards-before-publication")

    _publish_results(desk, contest_url)
    phones[IDLE].visit("/passport")
    phones[IDLE].photograph("passport-fresh")
    _expect_everything_told(phones)


def _visitor(kind: type[V], served: Served, context: BrowserContext, album: Path) -> V:
    return kind(url=served.url, context=context, page=context.new_page(), album=album)


def _next_minute() -> datetime:
    """A whole minute that leaves time to register."""
    soon = datetime.now(UTC) + timedelta(seconds=75)
    return soon.replace(second=0, microsecond=0) + timedelta(minutes=1)


def _local(moment: datetime) -> str:
    return moment.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


def _publish_contest(desk: Visitor, opens_at: datetime) -> str:
    """Fill the organiser's one form and publish the notice; return the contest's page."""
    desk.sign_in(ORGANISER)
    desk.visit("/contests/manage/new")
    page = desk.page
    page.fill("[name=title]", TITLE)
    page.select_option("[name=organisation_id]", label="　青山市总工会")
    page.fill("[name=event_title]", "电工")
    page.fill("[name=notice]", "比赛分理论一轮，全部在线完成。\n\n请提前检查手机与网络。")
    page.fill("[name=contact]", "青山市总工会经济技术部")
    page.fill("[name=registration_opens_at]", _local(opens_at - timedelta(hours=1)))
    page.fill("[name=registration_closes_at]", _local(opens_at))
    page.fill("[name=opens_at]", _local(opens_at))
    page.fill("[name=closes_at]", _local(opens_at + SIT))
    page.fill("[name=duration_minutes]", str(int(SIT.total_seconds() // 60)))
    page.fill("[name=pass_mark]", "40")
    page.fill("[name=grace_seconds]", "5")
    desk.photograph("new-contest")
    page.locator("main form button[type=submit], main form input[type=submit]").last.click()
    page.get_by_role("button", name="发布").first.click()
    expect(page.locator("main")).to_contain_text(TITLE)
    desk.photograph("contest-published")
    return page.url


def _goes_offline(candidate: Candidate, answers: dict[int, Answer]) -> None:
    candidate.context.set_offline(True)
    candidate.answer(answers, range(5))
    candidate.expect_save_state("offline")
    candidate.photograph("exam-offline")


def _comes_back(candidate: Candidate, opens_at: datetime) -> None:
    back_at = opens_at + timedelta(seconds=OFFLINE_SECONDS + 5)
    sleep(max(0.0, (back_at - datetime.now(UTC)).total_seconds()))
    candidate.expect_save_state("offline")
    candidate.context.set_offline(False)
    candidate.expect_save_state("saved")


def _wait_for_the_clock(candidate: Candidate, opens_at: datetime) -> None:
    """Until time, grace and the sweeper's pause are over."""
    over = opens_at + SIT + timedelta(seconds=12)
    sleep(max(0.0, (over - datetime.now(UTC)).total_seconds()))
    candidate.visit("/exams/")
    candidate.page.get_by_role("link", name=TITLE).first.click()
    expect(candidate.page.locator("main")).to_contain_text("已结束")
    candidate.page.get_by_role("link", name="查看成绩").click()


def _publish_results(desk: Visitor, contest_url: str) -> None:
    desk.page.goto(contest_url)
    desk.page.locator("details.confirm summary", has_text="公布").first.click()
    desk.page.locator("details.confirm button", has_text="公布").first.click()
    expect(desk.page.locator("main")).to_contain_text("成绩")
    desk.photograph("published")


def _right_answers() -> dict[int, Answer]:
    exam = db.session.scalars(select(Exam).where(Exam.title.contains(TITLE))).one()
    paper = get_frozen_paper(db.session(), PaperId(exam.paper_id))
    found = {}
    for question in paper.questions:
        answer = right_answer(question.content.key)
        if isinstance(answer, list) and question.content.type.value == "single_choice":
            answer = answer[0]
        found[question.number] = answer
    return found


def _expect_everything_told(phones: dict[str, Candidate]) -> None:
    db.session.rollback()
    exam = db.session.scalars(select(Exam).where(Exam.title.contains(TITLE))).one()
    attempts = db.session.scalars(select(Attempt).where(Attempt.exam_id == exam.id)).all()
    assert sorted(attempt.state for attempt in attempts) == ["closed", "handed_in", "handed_in"]
    kept = sorted(len(counted_answers(db.session(), AttemptId(a.id))) for a in attempts)
    assert kept == [2, 5, 48]
    idle = phones[IDLE]
    idle.visit("/boards/")
    idle.page.get_by_role("link", name=TITLE).first.click()
    expect(idle.page.locator("main")).to_contain_text("1")
    idle.photograph("board")
    idle.visit(f"/exams/{exam.id}/result")
    expect(idle.page.locator("main")).to_contain_text("及格")
    idle.photograph("result")
    expect_record(idle)


def expect_record(candidate: Candidate) -> None:
    """The record arrives through the outbox within seconds."""
    for _ in range(20):
        candidate.visit("/passport")
        if candidate.page.locator("main", has_text=TITLE).count():
            break
        sleep(1)
    expect(candidate.page.locator("main")).to_contain_text(TITLE)
    candidate.photograph("passport")
