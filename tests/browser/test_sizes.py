"""What a phone has to fetch: bytes as they went over the wire, never durations.

What a service worker fetches is not told to the page: without a secure context there is none.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
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
        for _ in range(100):  # the tools tell a little after the page knows
            if self.received > before:
                return self.received - before
            self.page.wait_for_timeout(50)
        raise AssertionError("nothing was fetched")


@pytest.fixture
def page(embedded_served: Served, chromium: Browser) -> Iterator[Page]:
    served = embedded_served
    with served.app.app_context():
        learning = make_learning(db.session(), mixed(40))
        db.session.remove()
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    cookie = cookie_of(served.app, learning)
    context.add_cookies([{"name": "session", "value": cookie, "url": served.url}])
    context.add_init_script(
        "Object.defineProperty(window, 'isSecureContext', { get: () => false });"
    )
    yield context.new_page()
    context.close()


def test_a_first_visit_is_small(embedded_served: Served, page: Page) -> None:
    wire, url = Wire(page), embedded_served.url
    first = wire.during(lambda: page.goto(f"{url}/practice/"))
    offline_page = wire.during(lambda: page.goto(f"{url}/practice/offline/"))
    pack = wire.during(lambda: page.goto(f"{url}/api/practice/offline/pack"))
    print(f"first {first:.0f}, then the offline page {offline_page:.0f} and its pack {pack:.0f}")
    assert first > 10_000
    assert pack > 1_000
    assert offline_page + pack <= TAKING_ALONG
    assert first + offline_page + pack <= FIRST_LOAD


def test_the_screens_of_a_drill_are_small(embedded_served: Served, page: Page) -> None:
    wire, url = Wire(page), embedded_served.url
    page.goto(f"{url}/")
    page.wait_for_load_state("networkidle")
    sizes = {"practice": wire.during(lambda: page.goto(f"{url}/practice/"))}
    sizes["drill"] = wire.during(page.locator(".practice-tops form .btn-primary").click)
    expect(page.locator("[data-answer]")).to_be_visible()

    def answer() -> None:
        page.locator("[name=gave_up]").click()
        expect(page.locator(".explanation")).to_be_visible()

    def go_on() -> None:
        with page.expect_response("**/3/part"):
            page.locator("a[data-next]").click()

    sizes |= {"answer": wire.during(answer), "next": wire.during(go_on)}
    sizes["wrong book"] = wire.during(lambda: page.goto(f"{url}/practice/wrong-book"))
    print(sizes)
    assert all(size > 0 for size in sizes.values()), sizes
    assert max(sizes.values()) <= NEXT_SCREEN, sizes
