"""Every page that needs no number in its address, as each role sees it on a small phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page
from tests.browser.conftest import OpenContext
from tests.browser.serving import Served

from lianbing.entry.demo import load_all
from lianbing.people.demo import DEMO_SIGN_INS, PASSWORD

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
NOT_PAGES = ("/static", "/bootstrap", "/api", "/healthz", "/readyz", "/sign-out")
ROLES = {english: phone for _chinese, english, phone in DEMO_SIGN_INS}


def addresses(app: Flask) -> list[str]:
    """Every GET route without a variable part, downloads apart."""
    rules = (
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.methods and "GET" in rule.methods and not rule.arguments
    )
    pages = {rule for rule in rules if "." not in rule and not rule.startswith(NOT_PAGES)}
    return sorted(pages)


@pytest.fixture
def served(embedded_served: Served) -> Served:
    """The embedded shape with its demo."""
    load_all(embedded_served.app)
    return embedded_served


@pytest.fixture
def phone(open_context: OpenContext) -> Page:
    return open_context(width=360, height=740).new_page()


def sign_in(page: Page, served: Served, number: str) -> None:
    page.goto(served.url + "/sign-in")
    page.locator("main input[type=password]").fill(PASSWORD)
    page.locator("main input:not([type=hidden]):not([type=password])").first.fill(number)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(served.url + "/")


def faults(page: Page, path: str) -> list[str]:
    """What is wrong with the page being shown."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    found = [f"{path}: {wide} px wide"] if wide > 360 else []
    results = Axe().run(page, options=RULES)
    for violation in results.response["violations"]:
        targets = [node["target"] for node in violation["nodes"]][:3]
        found.append(f"{path}: {violation['id']} at {targets}")
    return found


@pytest.mark.parametrize("role", [None, "Worker", "Trainer", "Organiser", "Administrator"])
def test_pages_fit_a_phone_and_pass_the_accessibility_rules(
    served: Served, phone: Page, role: str | None
) -> None:
    if role:
        sign_in(phone, served, ROLES[role])
    found: list[str] = []
    for path in addresses(served.app):
        answer = phone.goto(served.url + path)
        assert answer is not None
        assert answer.status < 500, path
        if answer.status == 200 and "text/html" in answer.headers["content-type"]:
            found += faults(phone, path)
    assert found == []


# A star stands for the first link of the page before that begins so.
QUIZ_PAGES = {
    "Worker": ("/quizzes/1", "/quizzes/1/places?kind=team&by=average", "/quizzes/tries/1"),
    "Team leader": ("/quizzes/desk/1/missing", "/quizzes/desk/1/people"),
    "Organiser": ("/quizzes/desk/1/", "/quizzes/desk/1/people", "/quizzes/desk/1/people/*"),
}


@pytest.mark.parametrize("role", list(QUIZ_PAGES))
def test_pages_of_the_demo_quiz_fit_a_phone_and_pass_the_accessibility_rules(
    served: Served, phone: Page, role: str
) -> None:
    sign_in(phone, served, ROLES[role])
    found: list[str] = []
    for path in QUIZ_PAGES[role]:
        if path.endswith("*"):
            first = phone.locator(f"main a[href^='{path[:-1]}']").first
            path = first.get_attribute("href") or path
        answer = phone.goto(served.url + path)
        assert answer is not None
        assert answer.status == 200, path
        found += faults(phone, path)
    assert found == []
