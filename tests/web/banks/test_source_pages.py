"""A new edition in the browser, and the questions that rest on the old one."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from tests.people_factory import sign_in
from tests.web.banks.conftest import World

from lianbing.banks.models import QuestionSource
from lianbing.infra.database import db


def test_a_new_edition_is_kept_and_its_questions_settled(
    trainer: FlaskClient, world: World, app: Flask
) -> None:
    with app.app_context():
        source_id = db.session.scalars(select(QuestionSource.id)).one()
    page = f"/banks/sources/{source_id}"
    assert "A new edition" in trainer.get(page).text
    for bad in ({"edition": "新", "valid_from": "soon"}, {"edition": "", "valid_from": ""}):
        trainer.post(f"{page}/supersede", data=bad)
    new = {"title": "安全生产法", "edition": "2026 年修正", "valid_from": "2026-06-01"}
    assert "A new edition" in trainer.get(page).text
    trainer.post(f"{page}/supersede", data=new)
    text = trainer.get(page).text
    assert "2026 年修正" in text
    assert "题干 X1" not in text
    assert "questions to look at" in trainer.get(f"/banks/{world.bank_id}/sources").text
    ticked = {"whole": "0", "verdict": "still_right", "question": [world.ids["A01-si00"]]}
    trainer.post(f"{page}/settle", data=ticked)
    assert "A01-si00" not in trainer.get(page).text
    trainer.post(f"{page}/settle", data={"whole": "0", "verdict": "still_right"})
    trainer.post(f"{page}/settle", data={"whole": "1", "verdict": "to_review"})
    assert "Back to review" in trainer.get(f"/banks/{world.bank_id}/").text


def test_sources_are_the_keepers_own(client: FlaskClient, world: World, app: Flask) -> None:
    with app.app_context():
        source_id = db.session.scalars(select(QuestionSource.id)).one()
    sign_in(client, world.below)
    assert client.get(f"/banks/{world.bank_id}/sources").status_code == 403
    assert client.get(f"/banks/sources/{source_id}").status_code == 403
    assert client.post(f"/banks/sources/{source_id}/settle").status_code == 403
