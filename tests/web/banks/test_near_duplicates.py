"""Near duplicates in the browser: while typing, across a bank, merged and brought back."""

import json
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from tests.banks_factory import load, make_bank, make_question
from tests.people_factory import sign_in
from tests.web.banks.conftest import World
from tests.web.banks.typed import CHOICE, HOSTILE

from lianbing.banks.models import Question
from lianbing.banks.rules import QuestionUse
from lianbing.infra.audit import AuditEntry
from lianbing.infra.database import db

STEM = "停电检修时最先应当做的安全措施是"
NEAR = "停电检修时，应当最先做的安全措施是（ ）"


@pytest.fixture
def twins(app: Flask, world: World) -> dict[str, int]:
    """A bank with two near duplicates, one that is near but for exams only, and another."""
    with app.app_context():
        questions = [
            make_question("T1", stem=STEM),
            make_question("T2", stem=NEAR),
            make_question("T3", stem=f"{NEAR}什么", use=QuestionUse.EXAM),
            make_question("T4", stem="氧气瓶的瓶体颜色为"),
        ]
        bank_id = load(make_bank(questions, code="twins"), world.union).bank_id
        rows = db.session().execute(
            select(Question.code, Question.id).where(Question.bank_id == bank_id)
        )
        return {"bank": bank_id, **{row[0]: row[1] for row in rows}}


def retired(app: Flask, question_id: int) -> bool:
    with app.app_context():
        return db.session().get_one(Question, question_id).retired_at is not None


def test_the_page_shows_pairs_and_keeps_exam_questions_covered(
    trainer: FlaskClient, twins: dict[str, int]
) -> None:
    page = unescape(trainer.get(f"/banks/{twins['bank']}/duplicates").text)
    assert STEM in page
    assert NEAR in page
    assert f"{NEAR}什么" not in page
    assert "Exams only: open it to read" in page
    assert "氧气瓶" not in page


def test_one_of_a_pair_is_merged_into_the_other_and_back(
    trainer: FlaskClient, twins: dict[str, int], app: Flask
) -> None:
    merged = trainer.post(f"/banks/questions/{twins['T1']}/merge/{twins['T2']}")
    assert merged.status_code == 302
    assert retired(app, twins["T2"])
    assert not retired(app, twins["T1"])
    page = trainer.get(merged.location).text
    assert f"/banks/questions/{twins['T2']}/unmerge" in page
    with app.app_context():
        entry = (
            db.session()
            .scalars(select(AuditEntry).where(AuditEntry.action == "banks.merge_questions"))
            .one()
        )
        assert json.loads(entry.details) == {"kept": twins["T1"]}
    again = trainer.post(f"/banks/questions/{twins['T1']}/merge/{twins['T2']}")
    assert again.status_code == 400
    trainer.post(f"/banks/questions/{twins['T2']}/unmerge")
    assert not retired(app, twins["T2"])


def near(client: FlaskClient, twins: dict[str, int], own: str, stem: str) -> bool:
    """Whether the editor of one of the pair warns of the other."""
    other = twins["T2" if own == "T1" else "T1"]
    look = f"/banks/{twins['bank']}/questions/look/single_choice?besides={twins[own]}"
    return f"/banks/questions/{other}" in client.post(look, data={**CHOICE, "stem": stem}).text


def test_a_pair_told_apart_is_shown_no_more_until_that_is_undone(
    trainer: FlaskClient, twins: dict[str, int], app: Flask
) -> None:
    page = f"/banks/{twins['bank']}/duplicates"
    assert near(trainer, twins, "T1", STEM)
    mark = f"/questions/{twins['T1']}/merge/{twins['T2']}"
    done = trainer.post(f"/banks/questions/{twins['T1']}/apart/{twins['T2']}")
    assert mark not in trainer.get(page).text
    assert not near(trainer, twins, "T1", STEM)
    assert not near(trainer, twins, "T2", NEAR)
    assert near(trainer, twins, "T1", NEAR), "more alike than when it was marked"
    new = trainer.post(
        f"/banks/{twins['bank']}/questions/look/single_choice", data={**CHOICE, "stem": STEM}
    ).text
    assert f"/banks/questions/{twins['T2']}" in new, "another question is told of both"
    apart = trainer.get(f"{page}?apart=1").text
    assert mark in apart
    assert "by 张三" in apart
    undo = trainer.get(done.location).text.split("/banks/questions/apart/")[1].split("/")[0]
    trainer.post(f"/banks/questions/apart/{undo}/undo")
    assert mark in trainer.get(page).text
    assert near(trainer, twins, "T1", STEM)
    assert trainer.post(f"/banks/questions/apart/{undo}/undo").status_code == 409
    with app.app_context():
        actions = set(db.session().scalars(select(AuditEntry.action)))
        assert {"banks.tell_apart", "banks.no_longer_apart"} <= actions


def test_a_pair_that_an_edit_made_more_alike_is_shown_again(
    trainer: FlaskClient, twins: dict[str, int]
) -> None:
    page = f"/banks/{twins['bank']}/duplicates"
    trainer.post(f"/banks/questions/{twins['T1']}/apart/{twins['T2']}")
    shown = f"/questions/{twins['T1']}/merge/{twins['T2']}"
    assert shown not in trainer.get(page).text
    closer = {**CHOICE, "stem": f"{STEM}什么", "base_number": "1"}
    assert trainer.post(f"/banks/questions/{twins['T2']}/edit", data=closer).status_code == 302
    again = trainer.get(page).text
    assert shown in again
    assert "by 张三" in again
    trainer.post(f"/banks/questions/{twins['T2']}/apart/{twins['T1']}")
    assert shown not in trainer.get(page).text


def test_only_two_in_use_of_one_bank_are_told_apart_and_by_its_keepers(
    trainer: FlaskClient, twins: dict[str, int], world: World, app: Flask
) -> None:
    for other in (twins["T1"], world.ids["X1"], 999_999):
        assert trainer.post(f"/banks/questions/{twins['T1']}/apart/{other}").status_code == 400
    below = app.test_client()
    sign_in(below, world.below)
    marking = f"/banks/questions/{twins['T1']}/apart/{twins['T2']}"
    assert below.post(marking).status_code == 403
    trainer.post(marking)
    undo = trainer.get(f"/banks/{twins['bank']}/duplicates?apart=1").text
    mark = undo.split("/banks/questions/apart/")[1].split("/")[0]
    assert below.post(f"/banks/questions/apart/{mark}/undo").status_code == 403


def test_nothing_is_merged_into_itself_into_another_bank_or_by_strangers(
    trainer: FlaskClient, twins: dict[str, int], world: World, app: Flask
) -> None:
    for kept in (twins["T2"], world.ids["X1"], 999_999):
        answer = trainer.post(f"/banks/questions/{kept}/merge/{twins['T2']}")
        assert answer.status_code == 400
    below = app.test_client()
    sign_in(below, world.below)
    answer = below.post(f"/banks/questions/{twins['T1']}/merge/{twins['T2']}")
    assert answer.status_code == 403
    assert below.get(f"/banks/{twins['bank']}/duplicates").status_code == 403
    assert not retired(app, twins["T2"])


def test_what_is_typed_is_shown_live_beside_what_is_near(
    trainer: FlaskClient, twins: dict[str, int]
) -> None:
    look = f"/banks/{twins['bank']}/questions/look/single_choice"
    assert "<msup>" in trainer.post(look, data={**CHOICE, "stem": f"{STEM}？ $x^2$"}).text
    live = unescape(trainer.post(look, data={**CHOICE, "stem": NEAR}).text)
    assert "<html" not in live
    assert "环境" in live
    assert f"/banks/questions/{twins['T1']}" in live
    assert f"/banks/questions/{twins['T3']}" in live
    assert f"{NEAR}什么" not in live
    own = trainer.post(f"{look}?besides={twins['T1']}", data={**CHOICE, "stem": STEM}).text
    assert f"/banks/questions/{twins['T1']}" not in own
    hostile = trainer.post(look, data={**CHOICE, "stem": HOSTILE, "option_a": HOSTILE}).text
    assert "<script>alert" not in hostile
    assert "<img src=x" not in hostile


@pytest.mark.parametrize("kind", ["fill_blank", "matching", "ordering", "short_answer", "case"])
def test_a_question_hardly_begun_shows_what_there_is(
    trainer: FlaskClient, twins: dict[str, int], kind: str
) -> None:
    look = f"/banks/{twins['bank']}/questions/look/{kind}"
    assert trainer.post(look, data={}).status_code == 200
    assert trainer.post(look, data={"stem": "刚写", "part_1-stem": "x"}).status_code == 200
    assert trainer.post(look.replace(kind, "essay"), data={}).status_code == 404
