"""The shared look in a real browser: accessible, within the screen, usable by keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenContext
from tests.browser.serving import Served

PATHS = ("/", "/styleguide", "/no-such-page")
SMALLEST_TARGET = 48


@pytest.fixture
def served(embedded_served: Served) -> Served:
    """The look is the same in both shapes, and the style guide shows in this one."""
    return embedded_served


@pytest.fixture
def phone(open_context: OpenContext) -> Page:
    return open_context(width=360, height=740).new_page()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_pass_the_accessibility_rules(
    served: Served, phone: Page, path: str, theme: str
) -> None:
    phone.goto(f"{served.url}/theme/{theme}")
    phone.goto(served.url + path)
    results = Axe().run(phone, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_hangs_over_the_screen(
    served: Served, open_context: OpenContext, path: str, language: str, width: int
) -> None:
    page = open_context(width=width).new_page()
    page.goto(f"{served.url}/language/{language}")
    page.goto(served.url + path)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width


def test_controls_are_big_enough_for_a_thumb(served: Served, phone: Page) -> None:
    phone.goto(served.url + "/styleguide")
    small = phone.evaluate(
        """(least) => Array.from(document.querySelectorAll(
             'header.site-header a, header.site-header summary, main .btn, main .form-control, '
             + 'main .form-select, main .check, main .row-link'))
           .filter((e) => e.offsetParent && e.getBoundingClientRect().height < least - 0.5)
           .map((e) => e.outerHTML.slice(0, 80))""",
        SMALLEST_TARGET,
    )
    assert small == []


def test_keyboard_skips_the_menus(served: Served, page: Page) -> None:
    page.goto(served.url + "/styleguide")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    expect(page.locator(".skip-link")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_destructive_act_asks_first_and_can_be_called_off(served: Served, page: Page) -> None:
    page.goto(served.url + "/styleguide")
    ask = page.locator(".confirm > summary")
    panel = page.locator(".confirm-panel")
    expect(panel).to_be_hidden()
    ask.click()
    expect(panel).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    ask.focus()
    page.keyboard.press("Enter")
    panel.locator("[data-close]").click()
    expect(panel).to_be_hidden()
    expect(ask).to_be_focused()


def test_menu_closes_when_one_looks_elsewhere(served: Served, phone: Page) -> None:
    phone.goto(served.url)
    phone.locator(".menu-button").click()
    expect(phone.locator(".menu-panel")).to_be_in_viewport(ratio=1)
    phone.locator(".site-footer").click()
    expect(phone.locator(".menu-panel")).to_be_hidden()


def test_language_is_switched_from_the_menu_on_the_spot(served: Served, page: Page) -> None:
    page.goto(served.url + "/styleguide")
    page.locator(".menu-button").click()
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(served.url + "/styleguide")
    expect(page.locator("h1")).to_have_text("Style guide")


def test_countdown_runs_and_ends_in_words(served: Served, page: Page) -> None:
    page.clock.install()
    page.goto(served.url + "/styleguide")
    soon = page.locator("[data-countdown]").nth(1)
    page.clock.run_for(1000)
    before = soon.inner_text()
    page.clock.run_for(5000)
    assert soon.inner_text() != before
    page.clock.run_for(3_600_000)
    expect(soon).to_have_text("已结束")
