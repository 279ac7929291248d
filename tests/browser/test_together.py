"""Practising together in a real browser: a phone's page holds its width, leaving asks first."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenContext
from tests.browser.serving import Served
from tests.browser.test_practice import cookie_of
from tests.people_factory import make_person
from tests.practice_factory import Learning, make_learning, mixed
from tests.rewards_factory import add_days

from lianbing.infra.calendar import local_date
from lianbing.infra.database import db
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now


@dataclass
class Phone:
    """A signed-in worker's phone."""

    learning: Learning
    page: Page
    url: str


@pytest.fixture
def phone(embedded_served: Served, open_context: OpenContext) -> Iterator[Phone]:
    served = embedded_served
    with served.app.app_context():
        learning = make_learning(db.session(), mixed(12))
        today = local_date(utc_now())
        add_days(db.session(), learning.person, {today - timedelta(days=n): 20 for n in range(4)})
        for kept in (learning.person, learning.union):
            db.session.refresh(kept)
        db.session.remove()
    context = open_context(width=360, height=740)
    context.add_cookies(
        [{"name": "session", "value": cookie_of(served.app, learning), "url": served.url}]
    )
    with served.app.app_context():
        yield Phone(learning=learning, page=context.new_page(), url=served.url)
        db.session.remove()


def test_the_page_of_together_fits_a_phone_and_the_boards_can_be_left(phone: Phone) -> None:
    page = phone.page
    page.goto(phone.url + "/practice/together/")
    expect(page.locator(".reward-figure .figure")).to_have_text("4")
    expect(page.locator(".league-table .is-me")).to_be_visible()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
    assert Axe().run(page).response["violations"] == []
    page.locator(".reward-leave summary").click()
    page.locator(".reward-leave form button[type=submit]").click()
    expect(page.locator(".league-table")).to_have_count(0)
    expect(page.get_by_role("button", name="重新上榜")).to_be_visible()


def test_a_trainer_copies_who_has_not_practised(
    phone: Phone, embedded_served: Served, open_context: OpenContext
) -> None:
    union = phone.learning.union.id
    trainer = make_person(db.session(), "沈师傅", organisation=union, roles=[(Role.TRAINER, union)])
    phone.learning.person = trainer
    value = cookie_of(embedded_served.app, phone.learning)
    context = open_context(width=1280, height=900)
    context.add_cookies([{"name": "session", "value": value, "url": phone.url}])
    page = context.new_page()
    page.goto(f"{phone.url}/practice/desk/teams")
    text = page.locator("#roll-text")
    expect(text).to_have_value(re.compile("沈师傅"))
    assert Axe().run(page).response["violations"] == []
    button = page.locator("[data-copy-from]")
    expect(button).to_be_visible()
    button.click()
    expect(button).to_have_text("已复制")
