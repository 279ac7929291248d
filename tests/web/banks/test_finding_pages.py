"""The list in the browser: filters stay in the address, many are changed and the change undone."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from tests.web.banks.conftest import World
from tests.web.banks.typed import CHOICE

from lianbing.banks.models import Question
from lianbing.infra.database import db


def retired(app: Flask) -> int:
    with app.app_context():
        statement = select(func.count()).where(Question.retired_at.is_not(None))
        return db.session.scalar(statement) or 0


def test_the_ticked_or_all_that_was_found_change_and_come_back(
    trainer: FlaskClient, world: World, app: Flask
) -> None:
    bulk = f"/banks/{world.bank_id}/bulk"
    ticked = {"kind": "retire", "whole": "0", "question": [world.ids["A01-si00"]]}
    answer = trainer.post(f"{bulk}?type=single_choice&_scheme=x", data=ticked)
    assert answer.location == f"/banks/{world.bank_id}/?type=single_choice#questions"
    assert retired(app) == 1
    page = trainer.get(answer.location).text
    undo = page[page.index("/banks/bulk/") :].split('"')[0]
    trainer.post(undo)
    assert retired(app) == 0
    late = trainer.post(undo)
    assert late.location == f"/banks/{world.bank_id}/"
    assert "can no longer be undone" in trainer.get(late.location).text
    trainer.post(f"{bulk}?type=true_false", data={"kind": "retire", "whole": "1"})
    assert retired(app) == 12


def test_nothing_ticked_or_nothing_said_changes_nothing(
    trainer: FlaskClient, world: World, app: Flask
) -> None:
    bulk = f"/banks/{world.bank_id}/bulk"
    for data in ({"kind": "retire"}, {"kind": "riddle", "whole": "1"}, {}):
        assert trainer.post(bulk, data=data).status_code == 302
    trainer.post(bulk, data={"kind": "difficulty", "difficulty": "1,5", "whole": "1"})
    assert retired(app) == 0
    assert "Last change to many" not in trainer.get(f"/banks/{world.bank_id}/").text


def test_filters_stay_while_leafing(trainer: FlaskClient, world: World) -> None:
    page = trainer.get(f"/banks/{world.bank_id}/?use=both&author=7&state=approved").text
    assert "No question fits" in page
    page = trainer.get(f"/banks/{world.bank_id}/?use=both&search=A01").text
    assert 'value="A01"' in page
    assert "What the bank holds" not in page


def test_what_was_refused_is_told_where_it_is_seen(trainer: FlaskClient, world: World) -> None:
    bulk = f"/banks/{world.bank_id}/bulk"
    answer = trainer.post(f"{bulk}?type=case", data={"kind": "retire", "whole": "0"})
    assert answer.location == f"/banks/{world.bank_id}/?type=case"  # no anchor below the message
    assert "tick questions in the list" in trainer.get(answer.location).text


def test_a_page_beyond_the_last_is_the_last(trainer: FlaskClient, world: World) -> None:
    page = trainer.get(f"/banks/{world.bank_id}/?page=99").text
    assert "No question fits" not in page
    assert "A01-si00" in page


def test_formulas_are_drawn_in_lists(trainer: FlaskClient, world: World) -> None:
    typed = {**CHOICE, "stem": "已知 $x^2$ 求", "base_number": "1"}
    trainer.post(f"/banks/questions/{world.ids['A01-si00']}/edit", data=typed)
    page = trainer.get(f"/banks/{world.bank_id}/?search=%E5%B7%B2%E7%9F%A5").text
    assert "<msup>" in page
    assert "$x^2$" not in page
