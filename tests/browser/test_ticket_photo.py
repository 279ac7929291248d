"""A phone's picture is larger than a ticket takes: the browser makes it smaller, unseen."""

import os
import re
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect
from tests.browser.conftest import OpenContext
from tests.browser.serving import Served
from tests.people_factory import sign_in
from tests.photo_bytes import png
from tests.seating_factory import make_seating

from lianbing.exams.seating.photos import MOST_BYTES
from lianbing.infra.database import db


@pytest.fixture
def app(embedded_served: Served) -> Flask:
    return embedded_served.app


def test_a_large_picture_is_stored_small(
    app: Flask, embedded_served: Served, open_context: OpenContext, tmp_path: Path
) -> None:
    with app.app_context():
        world = make_seating(db.session())
        candidate = world.exam.candidates[0]
        db.session.remove()
    client = app.test_client()
    sign_in(client, candidate)
    picture = tmp_path / "phone.png"
    picture.write_bytes(png(width=1200, height=900, noise=os.urandom))
    assert picture.stat().st_size > MOST_BYTES
    context = open_context(width=360, height=740)
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": embedded_served.url}])
    page = context.new_page()
    page.goto(f"{embedded_served.url}/exams/{world.id}/ticket")
    chosen = page.locator("input[name=photo]")
    chosen.set_input_files(picture)
    expect(chosen).to_have_value(re.compile(r"photo\.jpg$"))
    page.get_by_role("button", name="保存照片").click()
    shown = page.locator(".ticket-photo img")
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("naturalWidth", 1000)  # 0 until it has arrived
