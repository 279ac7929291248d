"""Time on study material in a real browser: visible and active counts, hidden and idle does not."""

import re

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenContext
from tests.browser.serving import Served
from tests.people_factory import make_organisation, make_person, sign_in
from tests.training_factory import make_material

from lianbing.infra.database import db
from lianbing.kernel.clock import utc_now

HIDE = """state => {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


class Reader:
    """A worker's phone with a material open and a clock of its own; every claim is noted."""

    def __init__(self, served: Served, open_context: OpenContext) -> None:
        with served.app.app_context():
            session = db.session()
            unit = make_organisation(
                session, "学习厂", parent=make_organisation(session, "学习工会")
            )
            person = make_person(session, "郑学习", organisation=unit).id
            material = make_material(unit.id, title="接地线", now=utc_now())
            client = served.app.test_client()
            sign_in(client, person)
            cookie = client.get_cookie("session")
            db.session.remove()
        assert cookie is not None
        context = open_context(width=360, height=740)
        context.add_cookies([{"name": "session", "value": str(cookie.value), "url": served.url}])
        self.claims: list[int] = []
        self.page: Page = context.new_page()
        self.page.on("request", lambda request: self._note(request.url, request.post_data))
        self.page.clock.install()
        self.page.goto(f"{served.url}/training/materials/{material}")
        self.counted = self.page.locator("[data-reading]")

    def _note(self, url: str, body: str | None) -> None:
        if url.endswith("/beat"):
            found = re.search(r'name="active"\s+(\d+)', body or "")
            self.claims.append(int(found[1]) if found else 0)

    def read_on(self, seconds: int, *, touching: bool) -> None:
        """Let the page's clock run; a hand moves on the screen every ten seconds, or none does."""
        for _ in range(seconds // 10):
            if touching:
                self.page.mouse.move(100, 100)
                self.page.mouse.move(120, 140)
            self.page.clock.run_for(10_000)


@pytest.fixture
def reader(embedded_served: Served, open_context: OpenContext) -> Reader:
    return Reader(embedded_served, open_context)


def test_time_counts_while_visible_and_active_and_the_server_cuts_it(reader: Reader) -> None:
    reader.read_on(60, touching=True)
    expect(reader.counted).to_have_attribute("data-seconds", re.compile(r"^\d+$"))
    assert sum(reader.claims) > 40_000
    assert max(reader.claims) <= 20_000
    # The page's clock ran a minute while the server's ran a moment: no more than one beat counts.
    assert 10 <= int(reader.counted.get_attribute("data-seconds") or 0) <= 45


def test_a_reader_who_does_nothing_is_counted_for_a_minute_at_most(reader: Reader) -> None:
    reader.read_on(600, touching=False)
    expect(reader.counted).to_have_attribute("data-seconds", re.compile(r"^\d+$"))
    assert 40_000 <= sum(reader.claims) <= 61_000


def test_a_hidden_page_claims_nothing_until_it_is_seen_again(reader: Reader) -> None:
    reader.read_on(20, touching=True)
    reader.page.evaluate(HIDE, "hidden")
    before = sum(reader.claims)
    reader.read_on(120, touching=True)
    assert sum(reader.claims) == before
    reader.page.evaluate(HIDE, "visible")
    reader.read_on(30, touching=True)
    expect(reader.counted).to_have_attribute("data-seconds", re.compile(r"^\d+$"))
    assert before + 15_000 <= sum(reader.claims) <= before + 31_000
