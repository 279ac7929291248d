"""Practice without a network: it opens, goes on, is merged from two devices, forgets its person."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select
from tests.browser.conftest import OpenContext
from tests.browser.serving import Served
from tests.browser.test_exam_page_for_real import arrive
from tests.browser.test_offline_reload import start, until
from tests.browser.test_practice import cookie_of
from tests.exams_factory import make_exam_world
from tests.practice_factory import Learning, make_learning, mixed

from lianbing.infra.database import db
from lianbing.practice.models import PracticeAnswer

EVERYTHING = """async () => {
  const rows = await new Promise((resolve, reject) => {
    const request = indexedDB.open("lianbing-practice", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("kept", { keyPath: "key" });
      request.result.createObjectStore("journal", { keyPath: ["person", "device", "seq"] });
    };
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const reading = request.result.transaction(["kept", "journal"]);
      const kept = reading.objectStore("kept").getAll();
      const journal = reading.objectStore("journal").getAll();
      reading.oncomplete = () => {
        request.result.close();
        resolve({ kept: kept.result, journal: journal.result });
      };
    };
  });
  const names = (await caches.keys()).filter((name) => name.startsWith("lianbing-practice-"));
  const addresses = [];
  const texts = [];
  for (const name of names) {
    const shelf = await caches.open(name);
    for (const key of await shelf.keys()) {
      addresses.push(new URL(key.url).pathname);
      texts.push(await (await shelf.match(key)).text());
    }
  }
  return { rows, addresses, text: JSON.stringify(rows) + texts.join(" ") };
}"""
HELD = f"async () => (await ({EVERYTHING})()).rows.kept.some((row) => row.key === 'pack')"
UNSENT = f"async () => (await ({EVERYTHING})()).rows.journal.length"


@dataclass
class Phone:
    """A browser of a worker."""

    context: BrowserContext
    page: Page
    url: str

    def bring(self) -> None:
        """Visit practice with a network, until the next days are on the device."""
        self.page.goto(f"{self.url}/practice/")
        expect(self.page.locator("[data-offline]")).to_have_attribute("data-ready", "true")

    def practise_offline(self, count: int, *, row: int = 0) -> None:
        """Open practice without a network, and give up on the first questions of a day."""
        self.context.set_offline(True)
        self.page.goto(f"{self.url}/practice/")
        self.page.locator("#offline .scope-row button").nth(row).click()
        for number in range(count):
            expect(self.page.locator(".drill-count")).to_contain_text(f"第 {number + 1} 题")
            self.page.get_by_role("button", name="不会").click()
            expect(self.page.locator(".explanation")).to_contain_text("解析")
            self.page.locator("[data-next]").click()

    def come_back(self) -> None:
        """The network returns."""
        self.context.set_offline(False)
        self.page.goto(f"{self.url}/practice/offline/")
        expect(self.page.locator("#offline-state")).to_have_attribute("data-state", "sent")


@pytest.fixture
def served(embedded_served: Served) -> Served:
    """One shape is enough: what differs between shapes is not on the page."""
    return embedded_served


@pytest.fixture
def learning(served: Served) -> Iterator[Learning]:
    with served.app.app_context():
        made = make_learning(db.session(), mixed(40))
        db.session.commit()
        yield made
        db.session.remove()


def phone_of(served: Served, learning: Learning, open_context: OpenContext) -> Phone:
    context = open_context(width=360, height=740)
    cookie = cookie_of(served.app, learning)
    context.add_cookies([{"name": "session", "value": cookie, "url": served.url}])
    return Phone(context=context, page=context.new_page(), url=served.url)


@pytest.fixture
def phone(served: Served, learning: Learning, open_context: OpenContext) -> Phone:
    made = phone_of(served, learning, open_context)
    made.bring()
    return made


def recorded(learning: Learning) -> list[PracticeAnswer]:
    db.session.rollback()
    own = PracticeAnswer.person_id == learning.person.id
    return list(db.session.scalars(select(PracticeAnswer).where(own)))


def test_two_devices_practise_offline_and_are_merged(
    served: Served, learning: Learning, phone: Phone, open_context: OpenContext
) -> None:
    other = phone_of(served, learning, open_context)
    other.bring()
    phone.practise_offline(2)
    other.practise_offline(3)
    other.come_back()
    phone.come_back()
    until(phone.page, UNSENT, 0)
    answers = recorded(learning)
    assert len(answers) == 5
    assert all(answer.offline for answer in answers)
    assert len({answer.question_id for answer in answers}) == 3  # both had the same day
    phone.come_back()
    assert len(recorded(learning)) == 5


def test_offline_answers_survive_a_reload_and_a_closed_page(
    learning: Learning, phone: Phone
) -> None:
    phone.practise_offline(2)
    phone.page.reload()
    expect(phone.page.locator("#offline-state")).to_contain_text("2 道")
    expect(phone.page.locator("#offline .scope-row").first).to_be_visible()
    phone.page.close()
    phone.page = phone.context.new_page()
    phone.page.goto(f"{phone.url}/practice/drills/12345")
    expect(phone.page.locator("#offline-state")).to_contain_text("2 道")
    phone.come_back()
    until(phone.page, UNSENT, 0)
    assert len(recorded(learning)) == 2


def test_the_next_day_has_its_questions(phone: Phone) -> None:
    phone.context.set_offline(True)
    page = phone.context.new_page()
    page.add_init_script(
        "const real = Date; const day = 86400000;"
        "Date = class extends real { constructor(...given) {"
        " if (given.length) super(...given); else super(real.now() + day); } };"
    )
    page.goto(f"{phone.url}/practice/")
    titles = page.locator("#offline .scope-title")
    expect(titles.nth(1)).to_have_text("今天")
    page.locator("#offline .scope-row button").nth(1).click()
    expect(page.locator(".drill-count")).to_have_text("第 1 题，共 10 题")


def test_another_person_on_the_phone_finds_nothing_of_the_first(
    served: Served, phone: Phone
) -> None:
    phone.practise_offline(1)
    phone.page.goto("about:blank")
    phone.context.set_offline(False)
    other = make_learning(db.session(), mixed(12, prefix="R"))
    db.session.commit()
    cookie = cookie_of(served.app, other)
    phone.context.add_cookies([{"name": "session", "value": cookie, "url": served.url}])
    phone.bring()
    found = phone.page.evaluate(EVERYTHING)
    packs = [row for row in found["rows"]["kept"] if row["key"] == "pack"]
    assert len(packs) == 1
    assert "Q0" not in str(packs)
    phone.context.set_offline(True)
    phone.page.goto(f"{phone.url}/practice/")
    phone.page.locator("#offline .scope-row button").first.click()
    expect(phone.page.locator("#offline .question-body")).to_contain_text("R")
    assert [row["seq"] for row in found["rows"]["journal"]] == [1]  # kept for its own person


def test_signing_out_clears_the_device(phone: Phone) -> None:
    phone.page.goto(f"{phone.url}/practice/")
    phone.page.locator("details[data-menu] summary.menu-button").click()
    phone.page.get_by_role("button", name="退出登录").click()
    phone.page.wait_for_url("**/sign-in")
    until(phone.page, HELD, False)
    assert phone.page.evaluate(EVERYTHING)["addresses"] == []
    assert phone.page.evaluate("localStorage.getItem('lianbing.practice.owner')") is None


def test_without_a_secure_context_the_page_says_what_is_lost(
    served: Served, learning: Learning, open_context: OpenContext
) -> None:
    phone = phone_of(served, learning, open_context)
    phone.page.add_init_script(
        "Object.defineProperty(window, 'isSecureContext', { get: () => false });"
    )
    phone.page.goto(f"{phone.url}/practice/")
    expect(phone.page.locator("[data-told=insecure]")).to_be_visible()
    phone.page.goto(f"{phone.url}/practice/offline/")
    expect(phone.page.locator("#offline-state")).to_contain_text("未加密")
    phone.page.locator("#offline a").click()
    phone.page.locator(".practice-tops form .btn-primary").click()
    expect(phone.page.locator("[data-answer]")).to_be_visible()


def test_a_page_left_open_sends_nothing_as_somebody_else(
    served: Served, learning: Learning, phone: Phone
) -> None:
    phone.practise_offline(1)
    other = make_learning(db.session(), mixed(12, prefix="R"))
    db.session.commit()
    cookie = cookie_of(served.app, other)
    phone.context.add_cookies([{"name": "session", "value": cookie, "url": served.url}])
    phone.context.set_offline(False)
    phone.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(phone.page.locator("#offline-state")).to_have_attribute("data-state", "signed-out")
    assert phone.page.evaluate(UNSENT) == 1
    assert recorded(other) == recorded(learning) == []


def test_nothing_of_a_live_exam_is_kept_by_practice(
    app: Flask, served: Served, open_context: OpenContext
) -> None:
    world = make_exam_world(db.session(), candidates=1)
    candidate = arrive(served, world, open_context(width=360, height=740))
    page = start(candidate)
    phone = Phone(context=candidate.context, page=candidate.context.new_page(), url=served.url)
    phone.bring()
    found = phone.page.evaluate(EVERYTHING)
    assert not [path for path in found["addresses"] if path.startswith(("/exams/", "/api/"))]
    paper = world.paper(db.session())
    stems = [question.content.stem for question in paper.questions]
    assert page.locator("#card").is_visible()
    assert [stem for stem in stems if stem in found["text"]] == []
    assert found["rows"]["kept"]
    assert paper.title not in found["text"]
