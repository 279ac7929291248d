"""Contests, boards and passports in a real browser: usable pages, and a board that follows."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import url_for
from playwright.sync_api import Page, expect
from sqlalchemy import select
from tests.browser.conftest import OpenContext
from tests.browser.serving import Served
from tests.people_factory import make_person

from lianbing.contests.demo import OPEN_TITLE, PAST_TITLE
from lianbing.contests.models import Contest
from lianbing.entry.demo import load_all
from lianbing.infra import outbox
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BoardId, PersonId
from lianbing.leaderboards import use_cases as boards
from lianbing.leaderboards.models import BoardTable
from lianbing.leaderboards.rules import encode
from lianbing.people.demo import DEMO_SIGN_INS, PASSWORD
from lianbing.qualifications.models import QualificationRecord

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
PHONES = {english: phone for _chinese, english, phone in DEMO_SIGN_INS}


@pytest.fixture
def demo(served: Served) -> Iterator[Served]:
    """A served shape with the demo, its outbox delivered."""
    load_all(served.app)
    with served.app.app_context():
        outbox.deliver_due()
        db.session.remove()
        yield served
        db.session.remove()


def sign_in(page: Page, served: Served, role: str) -> None:
    page.goto(served.url + "/sign-in")
    page.locator("main input[type=password]").fill(PASSWORD)
    page.locator("main input:not([type=hidden]):not([type=password])").first.fill(PHONES[role])
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(served.url + "/")


def contest_id(title: str) -> int:
    return db.session.scalars(select(Contest.id).where(Contest.title == title)).one()


def board_id(start: str) -> int:
    return db.session.scalars(select(BoardTable.id).where(BoardTable.title.startswith(start))).one()


def pages_of(served: Served, role: str) -> list[str]:
    """The pages with a number in their address that a role meets."""
    opened, past = contest_id(OPEN_TITLE), contest_id(PAST_TITLE)
    with served.app.test_request_context():
        if role == "Worker":
            return [
                url_for("contests.show", contest_id=opened),
                url_for("contests.show", contest_id=past),
                url_for("leaderboards.show", board_id=board_id(OPEN_TITLE)),
                url_for("leaderboards.show", board_id=board_id(PAST_TITLE)),
            ]
        if role == "Organiser":
            return [
                url_for("contests.steer", contest_id=opened),
                url_for("contests.steer", contest_id=past),
                url_for("contests.list_entries", contest_id=past),
            ]
        record = db.session.scalars(select(QualificationRecord.id)).first()
        return [url_for("qualifications.show", record_id=record)]


@pytest.mark.parametrize(
    ("role", "language"),
    [("Worker", "zh_CN"), ("Worker", "en"), ("Organiser", "zh_CN"), ("Assessor", "en")],
)
def test_pages_fit_a_phone_and_pass_the_accessibility_rules(
    embedded_served: Served, open_context: OpenContext, role: str, language: str
) -> None:
    served = embedded_served
    load_all(served.app)
    page = open_context(width=360, height=740).new_page()
    page.goto(f"{served.url}/language/{language}")
    sign_in(page, served, role)
    found: list[str] = []
    with served.app.app_context():
        outbox.deliver_due()
        addresses = pages_of(served, role)
        db.session.remove()
    for address in addresses:
        answer = page.goto(served.url + address)
        assert answer is not None
        assert answer.status == 200, address
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{address}: {wide} px wide"] if wide > 360 else []
        violations = Axe().run(page, options=RULES).response["violations"]
        found += [f"{address}: {fault['id']}" for fault in violations]
    assert found == []


def test_open_board_follows_a_new_result_by_itself(demo: Served, page: Page) -> None:
    board = BoardId(board_id(OPEN_TITLE))
    with transaction() as session:
        boards.set_visible_from(session, board, utc_now())
    sign_in(page, demo, "Worker")
    page.goto(f"{demo.url}/boards/{board}")
    newcomer = make_person(db.session(), "欧阳飞雪").id
    with transaction() as session:
        boards.record(
            session,
            board,
            person_id=PersonId(newcomer),
            sort_key=encode(Decimal("99.5"), 1800),
            shown={},
            groups=(),
            now=utc_now(),
        )
    first = page.locator("[data-lines=top] tr").first
    expect(first).to_contain_text("欧阳**", timeout=20_000)
    expect(first).to_contain_text("99.5")
    expect(page.locator("[data-count]")).to_have_text("1")
    assert "飞雪" not in page.content()


def test_worker_registers_on_a_phone(demo: Served, open_context: OpenContext) -> None:
    page = open_context(width=360, height=740).new_page()
    sign_in(page, demo, "Worker")
    page.goto(f"{demo.url}/contests/")
    page.get_by_role("link", name=OPEN_TITLE).click()
    expect(page.locator(".condition.is-met")).to_have_count(3)
    page.get_by_role("button", name="报名", exact=True).click()
    expect(page.get_by_role("heading", name="您已报名")).to_be_visible()
    page.get_by_role("link", name="去考试").click()
    page.wait_for_url("**/exams/**")
