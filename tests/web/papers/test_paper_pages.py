"""From a blueprint in the browser to a printed paper; its key only for trainers, on the record."""

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from tests.banks_factory import load, make_bank, make_question
from tests.people_factory import sign_in
from tests.web.papers.conftest import HOSTILE, World

from lianbing.banks.rules import QuestionUse
from lianbing.infra.audit import AuditEntry
from lianbing.infra.database import db
from lianbing.papers.models import Blueprint, Paper

GRID = {
    "type-0": "single_choice",
    "band-0": "",
    "marks-0": "2",
    "type-1": "true_false",
    "band-1": "hard",
    "marks-1": "0.5",
    "type-2": "fill_blank",
    "band-2": "",
    "marks-2": "3",
    "scope-0": "",
    "count-0-0": "5",
    "count-0-1": "",
    "count-0-2": "3",
    "scope-1": "B",
    "count-1-0": "",
    "count-1-1": "2",
    "count-1-2": "0",
}


@pytest.fixture
def world(app: Flask) -> World:
    with app.app_context():
        return World(each=1)


@pytest.fixture
def trainer(world: World, client: FlaskClient) -> FlaskClient:
    sign_in(client, world.trainer)
    client.set_cookie("lang", "en")
    return client


def saved(trainer: FlaskClient, world: World, **changes: str) -> str:
    """The address of a blueprint saved from the editor."""
    answer = trainer.post(
        f"/papers/blueprints/new?bank={world.bank_id}",
        data={"title": "月考", "action": "save", **GRID, **changes},
    )
    assert answer.status_code == 302, unescape(answer.text)
    return str(answer.location)


def drawn(trainer: FlaskClient, world: World) -> str:
    answer = trainer.post(f"{saved(trainer, world)}/draw", data={"title": "十一月卷"})
    assert answer.status_code == 302
    return str(answer.location)


def count(app: Flask, table: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_the_editor_starts_from_a_hundred_marks(trainer: FlaskClient, world: World) -> None:
    page = trainer.get(f"/papers/blueprints/new?bank={world.bank_id}").text
    assert "80 questions, 100 marks" in page
    assert "bank: only 13" in page


def test_a_blueprint_is_saved_changed_and_drawn(
    trainer: FlaskClient, world: World, app: Flask
) -> None:
    address = saved(trainer, world)
    changed = trainer.post(address, data={"title": "月考二", "action": "save", **GRID})
    assert changed.location == address
    assert "月考二" in trainer.get("/papers/blueprints").text
    paper = trainer.post(f"{address}/draw", data={"title": "十一月卷"}).location
    page = trainer.get(paper).text
    assert "十一月卷" in page
    assert page.count('class="paper-question"') == 10
    assert "十一月卷" in trainer.get("/papers/").text
    assert (count(app, Blueprint), count(app, Paper)) == (1, 1)


def test_the_table_grows_and_shrinks_without_a_script(trainer: FlaskClient, world: World) -> None:
    address = f"/papers/blueprints/new?bank={world.bank_id}"

    def after(action: str, **changes: str) -> str:
        data = {"title": "月考", "action": action, **GRID, **changes}
        return trainer.post(address, data=data).text

    assert 'name="type-3"' in after("addcolumn")
    row = after("addrow", **{"new-scope": "A"})
    assert 'name="scope-2" value="A"' in row
    assert 'name="count-2-2"' in row
    fewer = after("removecolumn-1")
    assert 'name="type-2"' not in fewer
    assert 'name="count-0-1" value="3"' in fewer
    assert 'name="scope-1"' not in after("removerow-0")
    assert 'name="scope-2"' not in after("addrow", **{"new-scope": "B"})
    for odd in ("removerow-x", "removecolumn-9", "nonsense"):
        assert 'name="count-1-2"' in after(odd)


def test_weights_of_the_standard_fill_the_table_and_show_their_rounding(
    trainer: FlaskClient, world: World, app: Flask
) -> None:
    address = f"/papers/blueprints/new?bank={world.bank_id}"
    page = trainer.post(address, data={"title": "月考", "action": "weights", **GRID}).text
    assert re.findall(r'name="count-(\d-\d)" value="(\d*)"', page) == [
        ("0-0", "3"),
        ("0-1", "1"),
        ("0-2", "1"),
        ("1-0", "2"),
        ("1-1", "1"),
        ("1-2", "2"),
    ]
    assert "2.5 → <strong>3</strong>" in page
    assert "(standard 50%)" in page
    assert count(app, Blueprint) == 0
    empty = {name: "" if name.startswith("count") else text for name, text in GRID.items()}
    page = trainer.post(address, data={"title": "月考", "action": "weights", **empty}).text
    assert "Nothing to spread" in page


@pytest.mark.parametrize(
    "changes",
    [
        {"count-0-0": "0", "count-0-2": "0", "count-1-1": ""},
        {"count-0-0": "many"},
        {"count-0-0": "99999999999"},
        {"count-0-0": "-1"},
        {"count-0-0": "٣"},
        {"marks-0": "0.3"},
        {"marks-0": "NaN"},
        {"marks-0": "1e999999"},
        {"type-0": "riddle"},
        {"band-0": "odd"},
        {"scope-1": "Z"},
        {"title": ""},
        {"title": "长" * 101},
        {"type-1": "single_choice", "band-1": "", "count-0-1": "1"},
    ],
)
def test_a_senseless_blueprint_is_told_and_not_saved(
    trainer: FlaskClient, world: World, app: Flask, changes: dict[str, str]
) -> None:
    answer = trainer.post(
        f"/papers/blueprints/new?bank={world.bank_id}",
        data={"title": "月考", "action": "save", **GRID, **changes},
    )
    assert answer.status_code == 400
    assert count(app, Blueprint) == 0


def test_live_coverage_names_the_cell_that_is_short(trainer: FlaskClient, world: World) -> None:
    address = f"/papers/blueprints/coverage/{world.bank_id}"

    def told(**changes: str) -> dict[str, Any]:
        answer: dict[str, Any] = trainer.post(address, data={**GRID, **changes}).get_json()
        return answer

    def short(answer: dict[str, Any]) -> list[str]:
        return [place for place, cell in answer["cells"].items() if cell["short"]]

    full = told()
    assert full["can_fill"] is True
    assert full["total"] == "10 questions, 20 marks"
    assert short(full) == []
    assert full["cells"]["1-0"] == {"text": "bank: 6", "short": False, "empty": True}
    assert full["rows"][1] == "2 questions, 1 marks: 5% (standard 50%)"
    assert full["columns"][2] == "3 questions, 9 marks"
    lacking = told(**{"count-1-1": "3"})
    assert lacking["can_fill"] is False
    assert short(lacking) == ["1-1"]
    assert lacking["cells"]["1-1"]["text"] == "bank: only 2"
    assert "True or false, 范围B, Hard: the bank has 2" in lacking["whole"][0]
    assert short(told(**{"count-1-1": "x"})) == ["1-1"]
    assert trainer.post(address).get_json()["can_fill"] is False


def test_the_share_that_may_have_been_practised_is_told(
    trainer: FlaskClient, world: World, app: Flask
) -> None:
    with app.app_context():
        questions = [make_question("B1"), make_question("E1", use=QuestionUse.EXAM)]
        questions.append(make_question("E2", use=QuestionUse.EXAM))
        questions.append(make_question("P1", use=QuestionUse.PRACTICE))
        bank = load(make_bank(questions, code="mixed"), world.union).bank_id
        db.session.rollback()
    grid = {"type-0": "single_choice", "band-0": "", "marks-0": "1", "scope-0": ""}
    address = f"/papers/blueprints/coverage/{bank}"
    some = trainer.post(address, data={**grid, "count-0-0": "3"}).get_json()
    assert "some 1 of 3 questions (33.3% of the marks), at least 1, at most 1" in some["practised"]
    one = trainer.post(address, data={**grid, "count-0-0": "1"}).get_json()
    assert "at least 0, at most 1" in one["practised"]


def test_a_draw_that_cannot_be_filled_names_the_cell(
    trainer: FlaskClient, world: World, app: Flask
) -> None:
    address = saved(trainer, world, **{"count-1-1": "9"})
    answer = trainer.post(f"{address}/draw", data={"title": "卷"}, follow_redirects=True)
    assert "True or false, 范围B, Hard: the bank has 2 questions" in unescape(answer.text)
    assert count(app, Paper) == 0


def test_the_refusal_speaks_the_trainers_language(trainer: FlaskClient, world: World) -> None:
    address = saved(trainer, world, **{"count-1-1": "9"})
    trainer.set_cookie("lang", "zh_CN")
    answer = trainer.post(f"{address}/draw", data={"title": "卷"}, follow_redirects=True)
    assert "判断题" in answer.text
    assert "Hard" not in unescape(answer.text)


def test_the_printed_paper_holds_no_key_and_the_key_stands_apart(
    trainer: FlaskClient, world: World
) -> None:
    paper = drawn(trainer, world)
    printed = trainer.get(f"{paper}/print").text
    assert printed.count("sheet-question") == 10
    for secret in ("解析", "接地", "安全生产法", "50 ±"):
        assert secret not in printed
    key = trainer.get(f"{paper}/key").text
    assert "接地 / 保护接地" in key
    assert "解析" not in key


def test_every_opening_of_a_paper_is_on_the_record(
    trainer: FlaskClient, world: World, app: Flask
) -> None:
    paper = drawn(trainer, world)
    for page in ("", "/print", "/key"):
        trainer.get(paper + page)
    with app.app_context():
        opened = db.session.scalars(
            select(AuditEntry.details).where(AuditEntry.action == "papers.open")
        ).all()
    assert opened == ['{"purpose": "view"}', '{"purpose": "print"}', '{"purpose": "key"}']


def test_hostile_text_stays_text_in_papers(trainer: FlaskClient, world: World) -> None:
    rows = {"type-0": "single_choice", "scope-0": "", "band-0": ""}
    rows |= {"count-0-0": "13", "marks-0": "1"}
    answer = trainer.post(
        f"/papers/blueprints/new?bank={world.bank_id}",
        data={"title": HOSTILE, "action": "save", **rows},
    )
    paper = trainer.post(f"{answer.location}/draw", data={"title": HOSTILE}).location
    for page in (answer.location, paper, f"{paper}/print", f"{paper}/key", "/papers/"):
        text = trainer.get(page).text
        assert "alert(1)" in text
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_others_get_no_paper(client: FlaskClient, world: World) -> None:
    sign_in(client, world.trainer)
    paper = drawn(client, world)
    blueprint = saved(client, world)
    pages = [paper, f"{paper}/print", f"{paper}/key", blueprint]
    for person in (world.worker, world.below, world.organiser):
        sign_in(client, person)
        for page in pages:
            assert client.get(page).status_code == 403, page
        for address in (f"{blueprint}/draw", f"/papers/blueprints/coverage/{world.bank_id}"):
            assert client.post(address, data={"title": "卷"}).status_code == 403
    assert "十一月卷" in client.get("/papers/").text
    sign_in(client, world.below)
    assert "十一月卷" not in client.get("/papers/").text
