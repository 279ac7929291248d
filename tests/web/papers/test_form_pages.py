"""A/B forms in the browser: made, printed on the record, held back while the paper is sealed."""

import io

import pytest
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from tests.banks_factory import load, make_bank, make_question, make_questions
from tests.people_factory import make_organisation, make_person, sign_in

from lianbing.infra.audit import AuditEntry
from lianbing.infra.database import db
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.papers.models import Paper
from lianbing.papers.printing.models import PaperForm
from lianbing.papers.vault import hold

FILES = ("paper.pdf", "paper.docx", "key.pdf", "key.docx", "answers.pdf")


class World:
    def __init__(self) -> None:
        session = db.session()
        union = make_organisation(session, "青山市总工会").id
        elsewhere = make_organisation(session, "别处").id
        self.trainer = make_person(session, "张三", roles=[(Role.TRAINER, union)]).id
        self.stranger = make_person(session, "李四", roles=[(Role.TRAINER, elsewhere)]).id
        questions = [*make_questions(2), make_question("R1", point="B02", stem="𠮷")]
        self.bank_id = load(make_bank(questions), union).bank_id
        session.rollback()


@pytest.fixture
def world(app: Flask) -> World:
    with app.app_context():
        return World()


@pytest.fixture
def trainer(world: World, client: FlaskClient) -> FlaskClient:
    sign_in(client, world.trainer)
    client.set_cookie("lang", "en")
    return client


@pytest.fixture
def forms(app: Flask, trainer: FlaskClient, world: World) -> str:
    """The address of a frozen paper's forms."""
    return drawn(trainer, world, "A", 5)


def drawn(trainer: FlaskClient, world: World, scope: str, count: int) -> str:
    grid = {"type-0": "single_choice", "band-0": "", "marks-0": "2", "scope-0": scope}
    data = {"title": "月考", "action": "save", **grid, "count-0-0": str(count)}
    saved = trainer.post(f"/papers/blueprints/new?bank={world.bank_id}", data=data).location
    return str(trainer.post(f"{saved}/draw", data={"title": "十一月卷"}).location) + "/forms"


def text_of(content: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)


def test_a_form_is_added_and_every_file_of_it_made(
    app: Flask, trainer: FlaskClient, forms: str
) -> None:
    assert "Form B is there." in trainer.post(forms, follow_redirects=True).text
    for label in "AB":
        for file in FILES:
            answer = trainer.get(f"{forms}/{label}/{file}")
            assert answer.status_code == 200, file
            assert answer.headers["Cache-Control"] == "no-store"
            assert "attachment" in answer.headers["Content-Disposition"]
            assert answer.data.startswith(b"%PDF-" if file.endswith("pdf") else b"PK")
    own, other = (trainer.get(f"{forms}/{label}/paper.docx").data for label in "AB")
    assert text_of(own) != text_of(other)
    assert sorted(text_of(own)) != []
    again = trainer.get(f"{forms}/B/paper.docx").data
    assert text_of(again) == text_of(other)
    with app.app_context():
        opened = db.session.scalars(
            select(AuditEntry.details).where(AuditEntry.action == "papers.open")
        ).all()
    assert len(opened) == 13
    assert '{"purpose": "key B"}' in opened


def test_there_are_no_other_forms_and_files(trainer: FlaskClient, forms: str) -> None:
    for path in ("C/paper.pdf", "A/riddle.pdf", "A/answers.docx", "../x/paper.pdf"):
        assert trainer.get(f"{forms}/{path}").status_code == 404, path
    for _time in range(7):
        trainer.post(forms)
    assert trainer.post(forms).status_code == 409


def test_a_sealed_paper_is_printed_by_two_persons_only(
    app: Flask, trainer: FlaskClient, forms: str
) -> None:
    with app.app_context():
        hold(db.session(), db.session.scalar(select(Paper.id)), release_at=None, now=utc_now())
        db.session.commit()
    for file in FILES:
        answer = trainer.get(f"{forms}/A/{file}")
        assert answer.status_code == 302, file
        assert answer.location.endswith("/seal")


def test_a_character_without_a_glyph_is_told_and_word_still_works(
    trainer: FlaskClient, world: World
) -> None:
    forms = drawn(trainer, world, "B", 13)
    refused = trainer.get(f"{forms}/A/paper.pdf", follow_redirects=True)
    assert "the fonts have no sign for 𠮷" in refused.text
    assert "𠮷" in text_of(trainer.get(f"{forms}/A/paper.docx").data)


def test_others_print_nothing(app: Flask, trainer: FlaskClient, world: World, forms: str) -> None:
    sign_in(trainer, world.stranger)
    assert trainer.get(forms).status_code == 403
    assert trainer.post(forms).status_code == 403
    for file in FILES:
        assert trainer.get(f"{forms}/A/{file}").status_code == 403
    with app.app_context():
        assert db.session.scalars(select(PaperForm.label)).all() == []
