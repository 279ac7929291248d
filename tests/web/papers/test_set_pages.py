"""Asking for parallel papers in the browser, swapping, freezing; pairs and parameters."""

import io
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from tests.banks_factory import load, make_bank, make_question, with_question
from tests.conftest import SECRETS
from tests.people_factory import sign_in
from tests.web.papers.conftest import HOSTILE, World

from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.queries import is_current
from lianbing.banks.rules import QuestionUse
from lianbing.banks.secrecy import views as secrecy_views
from lianbing.banks.secrecy.models import SecrecyView
from lianbing.infra.audit import AuditEntry
from lianbing.infra.database import db
from lianbing.kernel.clock import utc_now
from lianbing.papers.assembly import tasks
from lianbing.papers.assembly import views as set_views
from lianbing.papers.cli import papers_group
from lianbing.papers.models import Paper
from lianbing.papers.queries import forget_papers
from lianbing.papers.sealing import WrappingKey
from lianbing.papers.vault import hold, use_wrapping_key

GRID = {
    "type-0": "single_choice",
    "band-0": "",
    "marks-0": "2",
    "type-1": "fill_blank",
    "band-1": "",
    "marks-1": "3",
    "scope-0": "A",
    "count-0-0": "4",
    "count-0-1": "2",
}
ASK = {"title": "平行卷", "papers": "2", "shared_most": "0", "tolerance": "0.1", "target": "0.5"}


@pytest.fixture
def world(app: Flask) -> World:
    with app.app_context():
        return World(each=2)


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


def seen(app: Flask) -> list[int]:
    """The versions on the record, in the order in which they were shown."""
    with app.app_context():
        return list(db.session.scalars(select(SecrecyView.version_id).order_by(SecrecyView.id)))


def newest(app: Flask, bank_id: int, code: str) -> tuple[int, int]:
    """A question and its version in use."""
    with app.app_context():
        row = db.session.execute(
            select(Question.id, QuestionVersion.id)
            .join(QuestionVersion, is_current())
            .where(Question.bank_id == bank_id, Question.code == code)
        ).one()
        return row[0], row[1]


def test_picks_and_swaps_of_exam_only_questions_pass_the_door_and_are_written_down(
    app: Flask, trainer: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [datetime(2026, 3, 2, 4, 0, tzinfo=UTC)]
    for module in (set_views, secrecy_views):
        monkeypatch.setattr(module, "utc_now", lambda: clock[0])
    bank = make_bank([make_question(f"E{n}", use=QuestionUse.EXAM) for n in range(10)], code="kept")
    with app.app_context():
        world.bank_id = load(bank, world.union).bank_id
        db.session.rollback()
    door = f"/banks/secrecy/{world.bank_id}"
    grid = {**GRID, "count-0-1": ""}
    saved = trainer.post(
        f"/papers/blueprints/new?bank={world.bank_id}",
        data={"title": "月考", "action": "save", **grid},
    )
    new = f"/papers/sets/new?blueprint={saved.location.rsplit('/', 1)[1]}"
    picked = {**ASK, "papers": "1", "fixed": "E0", "points_least": ""}
    waits = trainer.post(new, data=picked)
    assert waits.status_code == 409, "picked by hand before anything was pledged"
    assert 'name="fixed" value="E0"' in waits.text
    trainer.post(door, data={"purpose": "组卷", "pledge": "1"})
    address = trainer.post(new, data=picked).location
    with app.app_context():
        tasks.assemble_waiting()
    trainer.get(address)
    assert len(seen(app)) == 4
    first, shown = newest(app, world.bank_id, "E0")
    assert shown in seen(app)
    placed = set(seen(app))
    code, other = next(
        (f"E{n}", version)
        for n in range(10)
        if (version := newest(app, world.bank_id, f"E{n}")[1]) not in placed
    )
    clock[0] += timedelta(days=1)
    swap = f"{address}/papers/1/swap/{first}"
    assert trainer.post(swap, data={"code": code}).status_code == 409, "a new day, a new purpose"
    assert len(seen(app)) == 4
    trainer.post(door, data={"purpose": "换题"})
    assert trainer.post(swap, data={"code": code}).status_code == 302
    assert seen(app)[4:] == [other]
    with app.app_context():
        load(with_question(bank, code, explanation="改过"), world.union)
    trainer.get(address)
    assert seen(app)[5:].count(other) == 1, "shown in the version that was placed"
    assert newest(app, world.bank_id, code)[1] not in seen(app)


def test_a_draft_under_another_key_says_what_to_do_and_nothing_is_lost(
    app: Flask, trainer: FlaskClient, world: World
) -> None:
    draft, waiting = assembled(app, trainer, world), asked(trainer, world)
    before = trainer.get(draft).text
    swap = re.findall(r'href="([^"]+/papers/1/swap/\d+)"', before)[0]
    with app.app_context():
        use_wrapping_key(db.engine, WrappingKey("44" * 32))
        try:
            tasks.assemble_waiting()
            for page in (draft, waiting, swap, f"{draft}/proof"):
                answer = trainer.get(page)
                assert answer.status_code == 503, page
                assert "lianbing papers rewrap" in answer.text, page
            assert trainer.post(f"{draft}/freeze").status_code == 503
            told = app.test_cli_runner().invoke(papers_group, ["rewrap", "--old-key", "55" * 32])
            assert (told.exit_code, "Neither key opens" in told.output) == (1, True)
            old = SECRETS["paper_key"]
            told = app.test_cli_runner().invoke(papers_group, ["rewrap", "--old-key", old])
            assert "0 papers and 2 drafts" in told.output
            tasks.assemble_waiting()
            assert re.findall(swap, trainer.get(draft).text)
            assert "Every demand is kept" in trainer.get(waiting).text
        finally:
            use_wrapping_key(db.engine, WrappingKey(SECRETS["paper_key"]))


def test_a_paper_under_another_key_says_what_to_do(
    app: Flask, trainer: FlaskClient, world: World
) -> None:
    address = assembled(app, trainer, world)
    trainer.post(f"{address}/freeze")
    with app.app_context():
        number = db.session.scalars(select(Paper.id)).first()
        forget_papers()
        use_wrapping_key(db.engine, WrappingKey("44" * 32))
        try:
            answer = trainer.get(f"/papers/{number}")
        finally:
            use_wrapping_key(db.engine, WrappingKey(SECRETS["paper_key"]))
    assert answer.status_code == 503
    assert "lianbing papers rewrap" in answer.text


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


def test_what_was_asked_is_there_to_be_changed_when_no_papers_could_be_had(
    app: Flask, trainer: FlaskClient, world: World
) -> None:
    address = assembled(
        app, trainer, world, title="大练兵卷", papers="3", target="0.97", points_least="90"
    )
    told = unescape(trainer.get(address).text)
    assert "the difficulty band; assessment points covered" in told
    again = re.search(r'href="(/papers/sets/new\?[^"]*again=[^"]*)"', told)
    assert again
    form = trainer.get(again[1]).text
    for name, value in (("title", "大练兵卷"), ("papers", "3"), ("points_least", "90")):
        assert re.search(rf'name="{name}"[^>]*value="{value}"', form), name
    assert re.search(r'<details class="paper-more" open', form)


def test_what_another_blueprint_was_asked_for_is_not_taken_over(
    app: Flask, trainer: FlaskClient, world: World
) -> None:
    first = assembled(app, trainer, world, title="甲卷").rsplit("/", 1)[1]
    second = unescape(trainer.get(assembled(app, trainer, world, points_least="90")).text)
    blueprint = re.search(r"blueprint=(\d+)", second)
    assert blueprint
    form = trainer.get(f"/papers/sets/new?blueprint={blueprint[1]}&again={first}").text
    assert "甲卷" not in form


def test_a_frozen_set_says_so_in_chinese_and_not_when(
    app: Flask, trainer: FlaskClient, world: World
) -> None:
    address = assembled(app, trainer, world)
    trainer.post(f"{address}/freeze")
    trainer.set_cookie("lang", "zh")
    page = trainer.get(address).text
    assert "已定卷" in page
    assert "定卷时间" not in page
