"""A phone that was offline at the end is opened again the next day: nothing it held is lost."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import select, update
from tests.browser.conftest import OpenContext
from tests.browser.serving import NO_LAST_WORD, Served
from tests.exams_factory import ExamWorld, make_exam_world
from tests.people_factory import sign_in

from lianbing.exams.closing import close_batch
from lianbing.exams.models import AnswerEntry, Attempt, Exam
from lianbing.infra.database import db, transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import PersonId

SLOW_MS = 30_000


@pytest.fixture
def app(embedded_served: Served) -> Iterator[Flask]:
    with embedded_served.app.app_context():
        yield embedded_served.app
        db.session.remove()


@pytest.fixture
def world(app: Flask) -> ExamWorld:
    return make_exam_world(db.session(), candidates=1)


def let_in(context: BrowserContext, served: Served, person_id: int) -> None:
    client = served.app.test_client()
    sign_in(client, PersonId(person_id))
    cookie = client.get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": "session", "value": cookie.value, "url": served.url}])


def turn_the_day(world: ExamWorld) -> None:
    """As if the exam had been yesterday: closed by the clock with nothing in it."""
    day = timedelta(days=1)
    with transaction() as session:
        exam = session.get_one(Exam, world.exam_id)
        opens_at, closes_at = exam.opens_at - day, exam.closes_at - day
        session.execute(
            update(Exam)
            .where(Exam.id == world.exam_id)
            .values(opens_at=opens_at, closes_at=closes_at)
        )
        attempt = session.scalars(select(Attempt).where(Attempt.exam_id == world.exam_id)).one()
        for name in ("started_at", "due_at", "final_at"):
            setattr(attempt, name, getattr(attempt, name) - day)
    with transaction() as session:
        close_batch(session, now=utc_now(), exam_id=world.exam_id)


def entries(world: ExamWorld) -> list[AnswerEntry]:
    db.session.rollback()
    query = select(AnswerEntry).join(Attempt, Attempt.id == AnswerEntry.attempt_id)
    return list(db.session.scalars(query.where(Attempt.exam_id == world.exam_id)))


def test_answers_arrive_the_next_day_though_nobody_is_signed_in(
    embedded_served: Served, world: ExamWorld, open_context: OpenContext
) -> None:
    base = embedded_served.url
    context = open_context(width=360)
    let_in(context, embedded_served, world.candidates[0])
    page = context.new_page()
    page.goto(f"{base}/exams/{world.exam_id}/")
    page.locator("#enter button").click()
    expect(page.locator("#card fieldset")).to_be_visible()
    context.set_offline(True)
    page.keyboard.press("1")
    page.locator("#next").click()
    page.keyboard.press("2")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "offline")
    page.evaluate(NO_LAST_WORD)
    page.close()
    turn_the_day(world)
    assert entries(world) == []

    context.clear_cookies()
    context.set_offline(False)
    page = context.new_page()
    page.goto(f"{base}/exams/{world.exam_id}/sit")
    assert "/sign-in" in page.url
    for _ in range(SLOW_MS // 100):
        if len(entries(world)) == 2:
            break
        page.wait_for_timeout(100)
    kept = entries(world)
    assert [entry.standing for entry in kept] == ["late", "late"]
    assert all(entry.device_clock and entry.arrived_at for entry in kept)

    let_in(context, embedded_served, world.candidates[0])
    page.goto(f"{base}/exams/{world.exam_id}/sit")
    expect(page.locator("#leftovers")).to_contain_text("2")
    expect(page.locator("#leftovers .notice-warning")).to_be_visible()
