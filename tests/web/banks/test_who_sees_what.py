"""A bank's questions stay text, stay with their trainers, and leave a record when opened."""

from html.parser import HTMLParser

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from tests.people_factory import sign_in
from tests.web.banks.conftest import World
from tests.web.banks.typed import FILL, HOSTILE

from lianbing.banks.rules import QuestionType
from lianbing.infra.database import db
from lianbing.subjects.models import Subject


class Scripts(HTMLParser):
    """Counts what a hostile text would have become."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.bad = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        inline = tag == "script" and not any(name == "src" for name, _value in attrs)
        self.bad += inline or any(name.startswith("on") for name, _value in attrs)


def test_hostile_text_stays_text_everywhere(trainer: FlaskClient, world: World, app: Flask) -> None:
    hostile = {
        **FILL,
        "stem": HOSTILE,
        "blank_1-number": "",
        "blank_1-accept": HOSTILE.replace("{{1}}", ""),
        "blank_2-accept": "",
        "explanation": HOSTILE,
        "clause": HOSTILE,
        "source_title": HOSTILE,
    }
    answer = trainer.post(f"/banks/{world.bank_id}/questions/new/fill_blank", data=hostile)
    assert answer.status_code == 302
    pages = [
        answer.location,
        f"{answer.location}/edit",
        f"/banks/{world.bank_id}/",
        f"/banks/{world.bank_id}/?search=%3Cscript%3E",
        f"/banks/questions/{world.ids['H1']}",
    ]
    for page in pages:
        text = trainer.get(page).text
        assert "alert(1)" in text
        assert Scripts(text).bad == 0, page


def pages_of(world: World) -> list[str]:
    question_id = world.ids["A01-si00"]
    return [
        f"/banks/{world.bank_id}/",
        f"/banks/{world.bank_id}/questions/new/{QuestionType.TRUE_FALSE.value}",
        f"/banks/questions/{question_id}",
        f"/banks/questions/{question_id}/edit",
    ]


def test_a_worker_and_a_trainer_below_the_owner_are_refused(
    client: FlaskClient, world: World
) -> None:
    for person in (world.worker, world.below):
        sign_in(client, person)
        for page in pages_of(world):
            assert client.get(page).status_code == 403, page
        for act in ("retire", "restore"):
            path = f"/banks/questions/{world.ids['X1']}/{act}"
            assert client.post(path).status_code == 403
    assert "Small bank" not in client.get("/banks/").text


def test_a_stranger_is_sent_to_sign_in(client: FlaskClient, world: World) -> None:
    assert client.get(f"/banks/{world.bank_id}/").status_code == 302


def test_subjects_are_open_to_workers_without_questions(client: FlaskClient, world: World) -> None:
    sign_in(client, world.worker)
    assert "安全" in client.get("/subjects/").text
    with client.application.app_context():
        subject_id = db.session.scalar(select(Subject.id))
    page = client.get(f"/subjects/{subject_id}")
    assert "要点A01" in page.text
    assert client.get("/subjects/occupations?search=6-31").status_code == 200
    assert client.get("/subjects/999999").status_code == 404
