"""The served application reaches a real browser, runs its tasks, and survives ``kill -9``."""

from time import monotonic, sleep

from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select
from tests.browser.serving import Served

from lianbing.infra import outbox
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now

PATIENCE_SECONDS = 60


def test_front_page_opens_with_local_assets_only(served: Served, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    response = page.goto(served.url)
    assert response is not None
    assert response.status == 200
    assert page.locator("h1, h2").first.is_visible()
    assert [url for url in asked if not url.startswith((served.url, "data:"))] == []


def test_killed_server_starts_again_on_the_same_data(served: Served, page: Page) -> None:
    served.kill()
    served.start()
    response = page.goto(served.url + "/healthz")
    assert response is not None
    assert response.status == 200


def test_periodic_tasks_run_beside_the_web(served: Served, app: Flask) -> None:
    with transaction() as session:
        event = outbox.OutboxEvent(kind="test.none", payload="{}", recorded_at=utc_now())
        session.add(event)
        session.flush()
        delivery = outbox.OutboxDelivery(
            event_id=event.id, subscriber="test.nobody", next_try_at=utc_now()
        )
        session.add(delivery)
        session.flush()
        delivery_id = delivery.id
    tried = select(outbox.OutboxDelivery.attempts).where(outbox.OutboxDelivery.id == delivery_id)
    deadline = monotonic() + PATIENCE_SECONDS
    while monotonic() < deadline:
        attempts = db.session.scalars(tried).one()
        db.session.rollback()
        if attempts:
            return
        sleep(0.1)
    raise AssertionError(f"no task ran:\n{served.log.read_text(errors='replace')[-3000:]}")
