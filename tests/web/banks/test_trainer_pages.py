"""A trainer keeps a bank in the browser; nobody else gets near its questions."""

from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from tests.banks_factory import load, write_bank
from tests.web.banks.conftest import World
from tests.web.banks.typed import CHOICE, FILL

from lianbing.banks.bank_reader import read_bank
from lianbing.banks.models import Question, QuestionVersion
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import SYSTEM
from lianbing.kernel.clock import utc_now
from lianbing.subjects.use_cases import load_occupations


def versions_of(app: Flask, question_id: int) -> list[tuple[int, str]]:
    with app.app_context():
        statement = (
            select(QuestionVersion.number, QuestionVersion.stem)
            .where(QuestionVersion.question_id == question_id)
            .order_by(QuestionVersion.number)
        )
        return [(row[0], row[1]) for row in db.session.execute(statement)]


def test_the_lists_show_banks_and_filtered_questions(trainer: FlaskClient, world: World) -> None:
    assert "Small bank" in trainer.get("/banks/").text
    page = trainer.get(f"/banks/{world.bank_id}/").text
    assert "A01-si00" in page
    narrowed = trainer.get(
        f"/banks/{world.bank_id}/?type=true_false&band=hard&use=both&search=B02"
    ).text
    assert "B02-tr20" in narrowed
    assert "A01-si00" not in narrowed
    assert "B02-tr00" not in narrowed


def test_an_unknown_filter_narrows_nothing(trainer: FlaskClient, world: World) -> None:
    assert trainer.get(f"/banks/{world.bank_id}/?type=riddle&scope=x&page=0").status_code == 200


def test_a_choice_is_written_edited_and_keeps_its_versions(
    trainer: FlaskClient, world: World, app: Flask
) -> None:
    new = f"/banks/{world.bank_id}/questions/new/single_choice"
    assert trainer.get(new).status_code == 200
    answer = trainer.post(new, data=CHOICE)
    assert answer.status_code == 302
    page = trainer.get(answer.location).text
    assert "A01-w001" in page
    question_id = int(answer.location.rsplit("/", 1)[1])
    edit = f"/banks/questions/{question_id}/edit"
    assert "安全电压的限值与什么有关" in trainer.get(edit).text
    changed = {**CHOICE, "stem": "改过的题干", "base_number": "1"}
    assert trainer.post(edit, data=changed).status_code == 302
    assert trainer.post(edit, data={**changed, "base_number": "2"}).status_code == 302
    assert versions_of(app, question_id) == [(1, CHOICE["stem"]), (2, "改过的题干")]
    old = trainer.get(f"/banks/questions/{question_id}?version=1").text
    assert CHOICE["stem"] in old


def test_a_save_over_another_save_is_refused(
    trainer: FlaskClient, world: World, app: Flask
) -> None:
    question_id = world.ids["X1"]
    edit = f"/banks/questions/{question_id}/edit"
    first = {**CHOICE, "stem": "甲的题干", "base_number": "1"}
    assert trainer.post(edit, data=first).status_code == 302
    assert trainer.post(edit, data={**first, "stem": "乙的题干"}).status_code == 409
    assert [number for number, _stem in versions_of(app, question_id)] == [1, 2]


def test_numbers_come_back_into_the_form_as_precise_as_they_were(
    trainer: FlaskClient, world: World, app: Flask
) -> None:
    fine = {
        **FILL,
        "blank_1-number": "0.0125",
        "blank_1-tolerance": "0.0005",
        "difficulty": "0.335",
    }
    address = trainer.post(f"/banks/{world.bank_id}/questions/new/fill_blank", data=fine).location
    page = trainer.get(f"{address}/edit").text
    for value in ("0.0125", "0.0005", "0.335"):
        assert f'value="{value}"' in page


def test_an_occupations_question_keeps_its_grade(
    trainer: FlaskClient, world: World, app: Flask, tmp_path: Path
) -> None:
    with app.app_context():
        with transaction() as session:
            load_occupations(session, SYSTEM, now=utc_now())
        bank = read_bank(write_bank(tmp_path)).bank
        assert bank is not None
        bank_id = load(bank, world.union).bank_id
    new = f"/banks/{bank_id}/questions/new/true_false"
    assert 'name="grade"' in trainer.get(new).text
    typed = {**CHOICE, "truth": "true", "source": "ohm", "grade": "intermediate"}
    address = trainer.post(new, data=typed).location
    assert "Intermediate worker (grade 4)" in trainer.get(address).text
    assert 'selected value="intermediate"' in trainer.get(f"{address}/edit").text
    assert trainer.post(new, data={**typed, "stem": "又一题", "grade": "chief"}).status_code == 400


def test_a_fill_in_with_a_new_source_is_written(
    trainer: FlaskClient, world: World, app: Flask
) -> None:
    answer = trainer.post(f"/banks/{world.bank_id}/questions/new/fill_blank", data=FILL)
    assert answer.status_code == 302
    page = trainer.get(answer.location).text
    assert "50 ± 0.5 Hz" in page
    assert "地 / 大地" in page
    assert "GB/T 15945—2008" in page


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("single_choice", {"right": ["A", "B"]}, "right"),
        ("single_choice", {"right": []}, "right"),
        ("multiple_choice", {"right": ["A"]}, "right"),
        ("single_choice", {"option_b": "环境"}, "option_b"),
        ("single_choice", {"option_b": ""}, "option_b"),
        ("single_choice", {"difficulty": "1.5"}, "difficulty"),
        ("single_choice", {"explanation": "故选A"}, "explanation"),
        ("single_choice", {"stem": "题干 X1"}, "stem"),
        ("single_choice", {"point": "Z99"}, "point"),
        ("single_choice", {"source": "+"}, "source_title"),
        ("true_false", {}, "truth"),
    ],
)
def test_a_wrong_question_is_not_saved(
    trainer: FlaskClient,
    world: World,
    app: Flask,
    kind: str,
    changes: dict[str, object],
    field: str,
) -> None:
    answer = trainer.post(
        f"/banks/{world.bank_id}/questions/new/{kind}", data={**CHOICE, **changes}
    )
    assert answer.status_code == 400
    assert f'href="#{field}"' in answer.text
    with app.app_context():
        assert db.session.scalar(select(Question).where(Question.code.contains("-w"))) is None


def test_a_preview_saves_nothing(trainer: FlaskClient, world: World, app: Flask) -> None:
    new = f"/banks/{world.bank_id}/questions/new/fill_blank"
    answer = trainer.post(new, data={**FILL, "preview": "1"})
    assert answer.status_code == 200
    assert 'id="preview"' in answer.text
    with app.app_context():
        assert db.session.scalar(select(Question).where(Question.code.contains("-w"))) is None


def test_a_question_retires_and_comes_back(trainer: FlaskClient, world: World) -> None:
    question_id = world.ids["X1"]
    trainer.post(f"/banks/questions/{question_id}/retire")
    link = f'href="/banks/questions/{question_id}"'
    assert link not in trainer.get(f"/banks/{world.bank_id}/?use=exam").text
    assert link in trainer.get(f"/banks/{world.bank_id}/?state=retired").text
    trainer.post(f"/banks/questions/{question_id}/restore")
    assert link in trainer.get(f"/banks/{world.bank_id}/?use=exam").text


def test_a_statement_not_judged_yet_shows_no_key(trainer: FlaskClient, world: World) -> None:
    look = f"/banks/{world.bank_id}/questions/look/true_false"
    typed = {"stem": "地线可以当零线用。"}
    assert "Key:" not in trainer.post(look, data=typed).text
    assert "Key: False" in trainer.post(look, data={**typed, "truth": "false"}).text


def test_another_question_begins_with_the_point_and_source_of_the_last(
    trainer: FlaskClient, world: World
) -> None:
    saved = trainer.post(
        f"/banks/{world.bank_id}/questions/new/single_choice", data={**CHOICE, "point": "A02"}
    )
    page = trainer.get(saved.location).text
    another = page[page.index(f"/banks/{world.bank_id}/questions/new/") :].split('"')[0]
    editor = trainer.get(unescape(another)).text
    assert '<option selected value="A02">' in editor
    assert '<option selected value="law">' in editor
