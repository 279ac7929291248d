"""Asking for parallel papers in the browser, swapping, freezing; pairs and parameters."""

import io
import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from tests.banks_factory import load, make_bank, make_question, make_questions
from tests.people_factory import make_organisation, make_person, sign_in

from lianbing.banks.rules import QuestionUse
from lianbing.banks.secrecy.models import SecrecyView
from lianbing.infra.audit import AuditEntry
from lianbing.infra.database import db
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.papers.assembly import tasks
from lianbing.papers.models import Paper
from lianbing.papers.vault import hold

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
GRID = {
    "type-0": "single_choice", "band-0": "", "marks-0": "2",
    "type-1": "fill_blank", "band-1": "", "marks-1": "3",
    "scope-0": "A", "count-0-0": "4", "count-0-1": "2",
}  # fmt: skip
ASK = {"title": "平行卷", "papers": "2", "shared_most": "0", "tolerance": "0.1", "target": "0.5"}


class World:
    def __init__(self) -> None:
        session = db.session()
        union = self.union = make_organisation(session, "青山市总工会").id
        elsewhere = make_organisation(session, "别处").id
        self.trainer = make_person(session, "张三", roles=[(Role.TRAINER, union)]).id
        self.stranger = make_person(session, "李四", roles=[(Role.TRAINER, elsewhere)]).id
        questions = [*make_questions(2), make_question("H1", stem=HOSTILE)]
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


def asked(trainer: FlaskClient, world: World, **changes: str) -> str:
    """The address of a set asked for."""
    data = {"title": "月考", "action": "save", **GRID}
    data |= {name: text for name, text in changes.items() if name in GRID}
    saved = trainer.post(f"/papers/blueprints/new?bank={world.bank_id}", data=data).location
    number = saved.rsplit("/", 1)[1]
    rest = {name: text for name, text in changes.items() if name not in GRID}
    answer = trainer.post(f"/papers/sets/new?blueprint={number}", data={**ASK, **rest})
    assert answer.status_code == 302, unescape(answer.text)
    return str(answer.location)


def assembled(app: Flask, trainer: FlaskClient, world: World, **changes: str) -> str:
    address = asked(trainer, world, **changes)
    with app.app_context():
        tasks.assemble_waiting()
    return address


def test_a_set_is_asked_for_waited_for_and_frozen(
    app: Flask, trainer: FlaskClient, world: World
) -> None:
    address = asked(trainer, world)
    assert "Waiting" in trainer.get(address).text
    assert trainer.get(f"{address}/state").get_json() == {"progress": 0, "under_way": True}
    with app.app_context():
        tasks.assemble_waiting()
    page = trainer.get(address).text
    assert "Every demand is kept" in page
    assert page.count('class="paper-question"') == 6
    trainer.post(f"{address}/freeze")
    assert "Frozen" in trainer.get(address).text
    with app.app_context():
        titles = db.session.scalars(select(Paper.title).order_by(Paper.id)).all()
        opened = db.session.scalar(
            select(func.count()).where(AuditEntry.action == "papers.open_draft")
        )
    assert titles == ["平行卷 1", "平行卷 2"]
    assert opened == 1
    assert "平行卷" in trainer.get("/papers/sets/").text


def test_a_proof_sheet_is_a_page_and_a_pdf_of_draft_and_frozen_papers(
    app: Flask, trainer: FlaskClient, world: World
) -> None:
    address = assembled(app, trainer, world)
    for _state in ("draft", "frozen"):
        page = trainer.get(f"{address}/proof").text
        assert "All papers keep everything that was asked." in page
        assert page.count("chart-curve-1") >= 2
        assert "题干" not in page
        pdf = trainer.get(f"{address}/proof.pdf")
        assert pdf.data.startswith(b"%PDF-")
        assert pdf.headers["Cache-Control"] == "no-store"
        trainer.post(f"{address}/freeze")
    with app.app_context():
        for number in db.session.scalars(select(Paper.id)).all():
            hold(db.session(), number, release_at=None, now=utc_now())
        db.session.commit()
    answer = trainer.get(f"{address}/proof")
    assert answer.status_code == 302
    assert answer.location.endswith("/seal")


def test_a_question_is_swapped_by_a_click_or_by_its_code(
    app: Flask, trainer: FlaskClient, world: World
) -> None:
    address = assembled(app, trainer, world)
    swap = re.findall(r'href="([^"]+/papers/1/swap/\d+)"', trainer.get(address).text)[0]
    page = trainer.get(swap).text
    assert "Keeps every demand" in page
    into = re.findall(r'name="into" value="(\d+)"', page)[0]
    answer = trainer.post(swap, data={"into": into}, follow_redirects=True).text
    assert "The question is swapped." in answer
    assert f"/papers/1/swap/{into}" in answer
    there = f"{swap.rsplit('/', 1)[0]}/{into}"
    refused = trainer.post(there, data={"code": "none"}, follow_redirects=True)
    assert "no question in use under: none" in refused.text
    assert trainer.post(swap, data={"into": into}).status_code == 409


def test_exam_only_questions_of_a_draft_are_shown_by_purpose_and_each_view_written_down(
    app: Flask, trainer: FlaskClient, world: World
) -> None:
    with app.app_context():
        questions = [make_question(f"E{n}", use=QuestionUse.EXAM) for n in range(30)]
        world.bank_id = load(make_bank(questions, code="secret"), world.union).bank_id
        db.session.rollback()
    address = assembled(app, trainer, world, **{"count-0-1": ""})
    door = trainer.get(address)
    assert door.status_code == 302
    assert "next=" in door.location
    sent = trainer.post(door.location, data={"purpose": "月考组卷", "pledge": "1"})
    assert sent.location.startswith(address)
    page = trainer.get(address)
    assert page.status_code == 200
    assert 'class="watermark"' in page.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SecrecyView)) == 4


def test_what_cannot_be_had_is_explained_in_the_trainers_words(
    app: Flask, trainer: FlaskClient, world: World
) -> None:
    address = assembled(app, trainer, world, **{"count-0-0": "9"})
    page = unescape(trainer.get(address).text)
    assert (
        "Single choice, 范围A, any difficulty: the bank has 13 questions that may be used; "
        "2 papers of 9 each ask for 18." in page
    )
    assert "Let any two papers share up to 5 questions." in page
    trainer.set_cookie("lang", "zh_CN")
    page = unescape(trainer.get(address).text)
    assert "题库中可用的有 13 题；2 份试卷每份 9 题，共要 18 题" in page


@pytest.mark.parametrize(
    "changes",
    [
        {"papers": "0"},
        {"papers": "x"},
        {"target": "2"},
        {"fixed": "none"},
        {"title": ""},
        {"seed": "-1"},
    ],
)
def test_senseless_demands_are_told_and_nothing_is_asked(
    trainer: FlaskClient, world: World, changes: dict[str, str]
) -> None:
    saved = trainer.post(
        f"/papers/blueprints/new?bank={world.bank_id}",
        data={"title": "月考", "action": "save", **GRID},
    ).location
    address = f"/papers/sets/new?blueprint={saved.rsplit('/', 1)[1]}"
    answer = trainer.post(address, data={**ASK, **changes})
    assert answer.status_code == 400
    assert "field-error" in answer.text
    assert "平行卷" not in trainer.get("/papers/sets/").text


def test_a_set_is_given_up_and_a_draft_discarded(
    app: Flask, trainer: FlaskClient, world: World
) -> None:
    waiting = asked(trainer, world)
    assert "Given up" in trainer.post(f"{waiting}/cancel", follow_redirects=True).text
    draft = assembled(app, trainer, world)
    trainer.post(f"{draft}/discard")
    assert "Discarded" in trainer.get(draft).text
    assert trainer.post(f"{draft}/freeze").status_code == 409


def test_pairs_and_parameters_are_kept_on_one_page(trainer: FlaskClient, world: World) -> None:
    page = f"/papers/pool/{world.bank_id}"
    declared = trainer.post(
        f"{page}/pairs",
        data={"one": "H1", "other": "A01-si00", "reason": HOSTILE},
        follow_redirects=True,
    ).text
    assert "kept apart from now on" in declared
    assert "<script>alert" not in declared
    again = trainer.post(
        f"{page}/pairs", data={"one": "A01-si00", "other": "H1"}, follow_redirects=True
    )
    assert "kept apart already" in again.text
    remove = re.findall(r'action="([^"]+/remove)"', declared)[0]
    assert "may meet in a paper again" in trainer.post(remove, follow_redirects=True).text
    gbk = "题号,a,b,c\nH1,1.2,0.5,0.2\n".encode("gb18030")
    sent = {"file": (io.BytesIO(gbk), "p.csv")}
    assert (
        "Parameters of 1 question imported"
        in trainer.post(f"{page}/parameters", data=sent, follow_redirects=True).text
    )
    odd = {"file": (io.BytesIO(b"H1,9,0"), "p.csv")}
    assert (
        "Nothing was imported. Line 1"
        in trainer.post(f"{page}/parameters", data=odd, follow_redirects=True).text
    )


def test_others_see_no_set_and_no_pool(app: Flask, trainer: FlaskClient, world: World) -> None:
    address = assembled(app, trainer, world)
    sign_in(trainer, world.stranger)
    for page in (address, f"{address}/state", f"{address}/proof", f"/papers/pool/{world.bank_id}"):
        assert trainer.get(page).status_code == 403, page
    for act in ("freeze", "cancel", "discard"):
        assert trainer.post(f"{address}/{act}").status_code == 403
    assert "平行卷" not in trainer.get("/papers/sets/").text
