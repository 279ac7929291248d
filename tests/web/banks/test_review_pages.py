"""Review in the browser: a second trainer takes a draft on, compares, sends back or approves."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.people_factory import make_person, sign_in
from tests.web.banks.conftest import World
from tests.web.banks.typed import CHOICE, HOSTILE

from lianbing.infra.database import db
from lianbing.kernel.actor import Role


@pytest.fixture
def second(world: World, app: Flask) -> FlaskClient:
    with app.app_context():
        session = db.session()
        person = make_person(session, "孙某", roles=[(Role.TRAINER, world.union)]).id
        session.rollback()
    client = app.test_client()
    sign_in(client, person)
    client.set_cookie("lang", "en")
    return client


def edited(trainer: FlaskClient, question_id: int, stem: str = "改过的题干") -> None:
    changed = {**CHOICE, "stem": stem, "base_number": "1"}
    assert trainer.post(f"/banks/questions/{question_id}/edit", data=changed).status_code == 302


def test_a_draft_is_sent_taken_on_and_approved(
    trainer: FlaskClient, second: FlaskClient, world: World
) -> None:
    question_id = world.ids["A01-si00"]
    page, review = f"/banks/questions/{question_id}", f"/banks/review/{question_id}"
    edited(trainer, question_id)
    assert "version 1 stays in use" in trainer.get(page).text
    trainer.post(f"{review}/submit", data={"reviewer": ""})
    assert "Take on the review" not in trainer.get(page).text
    assert "A01-si00" in second.get("/banks/review/").text
    second.set_cookie("lang", "zh_CN")
    assert "A01-si00" in second.get("/banks/review/?whose=all").text
    second.set_cookie("lang", "en")
    second.post(f"{review}/assign")
    assert "1 waits for you" in second.get("/").text
    second.post(f"{review}/reject", data={"number": 2, "text": "限值写错了"})
    assert "限值写错了" in trainer.get(page).text
    assert "1 to mend" in trainer.get("/").text
    assert "1 to mend" not in second.get("/").text
    assert "A01-si00" in trainer.get("/banks/review/?whose=sent_back").text
    assert "A01-si00" not in second.get("/banks/review/?whose=sent_back").text
    trainer.post(f"{review}/submit")
    assert "1 to mend" not in trainer.get("/").text
    assert "Nothing was sent back to you" in trainer.get("/banks/review/?whose=sent_back").text
    second.post(f"{review}/approve", data={"number": 2})
    assert "version 1 stays in use" not in trainer.get(page).text
    assert "waits for you" not in second.get("/").text


def test_the_author_gets_a_plain_refusal(trainer: FlaskClient, world: World) -> None:
    question_id = world.ids["A01-si00"]
    edited(trainer, question_id)
    trainer.post(f"/banks/review/{question_id}/submit")
    answer = trainer.post(
        f"/banks/review/{question_id}/approve", data={"number": 2}, follow_redirects=True
    )
    assert "does not review it" in answer.text


def test_two_versions_stand_side_by_side_and_stay_text(trainer: FlaskClient, world: World) -> None:
    question_id = world.ids["A01-si00"]
    edited(trainer, question_id, HOSTILE.replace("{{1}}", "甲"))
    page = trainer.get(f"/banks/review/{question_id}/compare").text
    assert "<del>" in page
    assert "<ins>" in page
    assert "<script>alert" not in page
    assert trainer.get(f"/banks/review/{question_id}/compare?old=9").status_code == 404
    trainer.post(f"/banks/review/{question_id}/restore-version", data={"number": 1})
    assert "Version 3" in trainer.get(f"/banks/questions/{question_id}").text


def test_questions_of_every_type_compare(trainer: FlaskClient, world: World) -> None:
    for code, question_id in world.ids.items():
        assert trainer.get(f"/banks/review/{question_id}/compare").status_code == 200, code


def test_two_versions_are_shown_as_candidates_see_them_too(
    trainer: FlaskClient, world: World
) -> None:
    question_id = world.ids["A01-si00"]
    edited(trainer, question_id, "求 $\\frac{1}{2}$ 的倒数")
    page = trainer.get(f"/banks/review/{question_id}/compare").text
    assert "<mfrac>" in page
    assert "$\\frac{1}{2}$" in page  # what was typed is what is compared
