"""What a phone has to fetch: bytes as they went over the wire, never durations."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenContext
from tests.browser.serving import Served
from tests.browser.test_practice import cookie_of
from tests.practice_factory import make_learning, mixed

from lianbing.infra.database import db

FIRST_LOAD = 150_000
NEXT_SCREEN = 20_000
TAKING_ALONG = 60_000
"""Three days with their page and its files, once, after the practice page stands."""


class Wire:
    """Counts what a page receives, heads included."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.received = 0.0
        tools = page.context.new_cdp_session(page)
        tools.send("Network.enable")
        tools.on("Network.loadingFinished", self._add)

    def _add(self, event: dict[str, Any]) -> None:
        self.received += event["encodedDataLength"]

    def during(self, act: Callable[[], object]) -> float:
        """What came while something was done, until the network was idle."""
        before = self.received
        act()
        self.page.wait_for_load_state("networkidle")
        return self.received - before


@pytest.fixture
def page(embedded_served: Served, open_context: OpenContext) -> Page:
    served = embedded_served
    with served.app.app_context():
        learning = make_learning(db.session(), mixed(40))
        db.session.remove()
    context = open_context(width=360, height=740)
    cookie = cookie_of(served.app, learning)
    context.add_cookies([{"name": "session", "value": cookie, "url": served.url}])
    return context.new_page()


def test_a_first_visit_and_the_screens_after_it_are_small(
    embedded_served: Served, page: Page
) -> None:
    wire, url = Wire(page), embedded_served.url
    first = wire.during(lambda: page.goto(f"{url}/"))
    assert 10_000 < first <= FIRST_LOAD

    def practice() -> None:
        page.goto(f"{url}/practice/")
        expect(page.locator("[data-offline]")).to_have_attribute("data-ready", "true")

    along = wire.during(practice)
    assert along <= TAKING_ALONG
    assert first + along <= FIRST_LOAD
    again = wire.during(practice)
    assert 0 < again <= NEXT_SCREEN
    start = page.locator(".practice-tops form .btn-primary")
    drill = wire.during(start.click)
    expect(page.locator("[data-answer]")).to_be_visible()
    assert 0 < drill <= NEXT_SCREEN
    answered = wire.during(page.locator("[name=gave_up]").click)
    expect(page.locator(".explanation")).to_be_visible()
    assert 0 < answered <= NEXT_SCREEN
    following = wire.during(page.locator("a[data-next]").click)
    assert following <= NEXT_SCREEN
