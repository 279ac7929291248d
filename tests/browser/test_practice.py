"""A drill in a real browser: no reloads, the next question at hand, nothing lost offline."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Response, expect
from tests.browser.conftest import OpenContext
from tests.browser.serving import Served
from tests.people_factory import sign_in
from tests.practice_factory import Learning, items_of, make_learning, mixed

from lianbing.banks.bank_file import QuestionEntry
from lianbing.banks.rules import QuestionType
from lianbing.infra.database import db

SMALLEST_TARGET = 48


@dataclass
class Desk:
    """A signed-in learner at a phone."""

    learning: Learning
    context: BrowserContext
    page: Page
    url: str

    def start(self) -> list[tuple[str, QuestionType]]:
        """Begin today's ten from the practice page; the questions in order."""
        self.page.goto(self.url + "/practice/")
        self.page.locator(".practice-tops form .btn-primary").click()
        expect(self.page.locator("[data-answer]")).to_be_visible()
        return items_of(int(self.page.url.split("/")[-2]))

    def choose(self, kind: QuestionType, *, right: bool = True) -> None:
        """Fill in an answer without sending it."""
        if kind is QuestionType.FILL_BLANK:
            self.page.locator("[name=blank-1]").fill("接地" if right else "绝缘")
            self.page.locator("[name=blank-2]").fill("50")
            return
        values = {
            QuestionType.SINGLE_CHOICE: ["B"] if right else ["A"],
            QuestionType.MULTIPLE_CHOICE: ["A", "C"] if right else ["B"],
            QuestionType.TRUE_FALSE: ["true"] if right else ["false"],
        }[kind]
        for value in values:
            self.page.locator(f"[name=answer][value={value}]").check()

    def check(self) -> None:
        self.page.get_by_role("button", name="确定").click()


@pytest.fixture
def desk(embedded_served: Served, open_context: OpenContext) -> Iterator[Desk]:
    with at_a_phone(embedded_served, open_context, mixed(12)) as desk:
        yield desk


@contextmanager
def at_a_phone(
    served: Served, open_context: OpenContext, questions: list[QuestionEntry]
) -> Iterator[Desk]:
    """A learner of a bank of these questions, signed in at a phone."""
    with served.app.app_context():
        learning = make_learning(db.session(), questions)
        db.session.remove()
    context = open_context(width=360, height=740)
    context.add_cookies(
        [{"name": "session", "value": cookie_of(served.app, learning), "url": served.url}]
    )
    page = context.new_page()
    with served.app.app_context():
        yield Desk(learning=learning, context=context, page=page, url=served.url)
        db.session.remove()


def cookie_of(app: Flask, learning: Learning) -> str:
    client = app.test_client()
    sign_in(client, learning.person)
    cookie = client.get_cookie("session")
    assert cookie is not None
    return str(cookie.value)


def test_a_drill_runs_without_a_reload_and_has_the_next_question_at_hand(desk: Desk) -> None:
    items = desk.start()
    desk.page.evaluate("window.stillHere = true")
    for position, (code, kind) in enumerate(items, start=1):
        expect(desk.page.locator("h1")).to_have_text(f"第 {position} 题，共 10 题")
        expect(desk.page.locator(".question")).to_contain_text(code)
        desk.choose(kind, right=position != 3)
        desk.check()
        expect(desk.page.locator(".explanation")).to_contain_text(f"解析 {code}")
        expect(desk.page.locator(".verdict")).to_be_focused()
        if position < len(items):
            desk.page.locator("[data-next]").click()
            expect(desk.page.locator("h1")).to_be_focused()
            assert desk.page.evaluate("window.stillHere")
            assert desk.page.url.endswith(f"/{position + 1}")
    desk.page.locator("[data-next]").click()
    expect(desk.page.locator(".drill-result")).to_have_text("答了 10 题，答对 9 题")


def test_what_is_fetched_ahead_holds_the_question_but_not_its_key(desk: Desk) -> None:
    fetched: list[Response] = []
    desk.page.on(
        "response", lambda response: fetched.append(response) if "/2/part" in response.url else None
    )
    items = desk.start()
    desk.page.wait_for_load_state("networkidle")
    assert len(fetched) == 1
    body = fetched[0].text()
    assert items[1][0] in body
    assert "解析" not in body
    desk.choose(items[0][1])
    desk.check()
    desk.page.locator("[data-next]").click()
    expect(desk.page.locator(".question")).to_contain_text(items[1][0])
    assert len(fetched) == 1


def test_an_answer_given_offline_stays_and_is_sent_on_return(desk: Desk) -> None:
    (_, kind), *_ = desk.start()
    desk.choose(kind)
    desk.context.set_offline(True)
    desk.check()
    expect(desk.page.locator("[data-unsent]")).to_be_visible()
    desk.context.set_offline(False)
    desk.check()
    expect(desk.page.locator(".verdict")).to_contain_text("答对了")


def test_giving_up_and_reloading_show_the_same_feedback(desk: Desk) -> None:
    (code, _), *_ = desk.start()
    desk.page.get_by_role("button", name="不会").click()
    expect(desk.page.locator(".verdict")).to_contain_text("未作答")
    desk.page.reload()
    expect(desk.page.locator(".explanation")).to_contain_text(f"解析 {code}")
    desk.page.locator("[data-next]").click()
    desk.page.go_back()
    expect(desk.page.locator(".explanation")).to_contain_text(f"解析 {code}")


def test_saying_nothing_is_told_and_keeps_the_question(desk: Desk) -> None:
    items = desk.start()
    desk.page.locator("[data-answer]").evaluate("form => { form.noValidate = true; }")
    desk.check()
    expect(desk.page.get_by_role("alert").filter(has_text="请先作答")).to_be_visible()
    expect(desk.page.locator(".question")).to_contain_text(items[0][0])


def looks_right(page: Page) -> None:
    # At the end of the page no bar that sticks to the screen covers half a button by chance.
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    results = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    small = page.evaluate(
        """(least) => Array.from(document.querySelectorAll(
             'main .btn, main .question-option, main .form-control, main summary'))
           .filter((e) => e.offsetParent && e.getBoundingClientRect().height < least - 0.5)
           .map((e) => e.outerHTML.slice(0, 80))""",
        SMALLEST_TARGET,
    )
    assert small == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_accessible_and_fits_a_phone(desk: Desk, theme: str) -> None:
    desk.page.goto(f"{desk.url}/theme/{theme}")
    items = desk.start()
    for position, (_, kind) in enumerate(items, start=1):
        if position <= 4:
            looks_right(desk.page)
        desk.choose(kind, right=position % 2 == 0)
        desk.check()
        expect(desk.page.locator(".verdict")).to_be_visible()
        if position <= 4:
            looks_right(desk.page)
        desk.page.locator("[data-next]").click()
        expect(desk.page.locator(".verdict")).to_have_count(0)
    expect(desk.page.locator(".drill-result")).to_be_visible()
    looks_right(desk.page)
    for path in ("/practice/", "/practice/wrong-book", "/"):
        desk.page.goto(desk.url + path)
        looks_right(desk.page)
