"""The way from a daily drill to the map and back into a weak point, on a phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import OpenContext
from tests.browser.serving import Served
from tests.browser.test_practice import Desk, at_a_phone, looks_right
from tests.practice_factory import mixed

POINTS = ("A01", "A02", "B01")


@pytest.fixture
def desk(embedded_served: Served, open_context: OpenContext) -> Iterator[Desk]:
    questions = [q for point in POINTS for q in mixed(4, point=point, prefix=point)]
    with at_a_phone(embedded_served, open_context, questions) as desk:
        yield desk


def test_a_drill_says_why_fills_the_map_and_leads_into_the_weakest_point(desk: Desk) -> None:
    page = desk.page
    for code, kind in desk.start():
        expect(page.locator(".question")).to_contain_text(code)
        why = page.locator(".drill-why")
        why.locator("summary").click()
        expect(why.locator("p")).to_contain_text("新内容")
        desk.choose(kind, right=not code.startswith("A02"))
        desk.check()
        expect(page.locator(".explanation")).to_be_visible()
        page.locator("[data-next]").click()
    expect(page.locator(".drill-result")).to_be_visible()
    page.goto(desk.url + "/practice/")
    page.get_by_role("link", name="掌握地图").click()
    expect(page.locator("h1")).to_have_text("掌握地图")
    expect(page.locator(".mastery-strip svg").first).to_have_role("img")
    assert page.locator(".mastery-strip .tile-filled").count() == len(POINTS)
    looks_right(page)
    page.locator(".mastery-first li").first.get_by_role("button").click()
    expect(page.locator(".question")).to_contain_text("A02")
