"""A picture on its way into a bank and out to candidates: never by an address of its own."""

import json
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.banks_factory import load, make_bank, make_question
from tests.exams_factory import make_exam_world
from tests.unit.banks.test_pictures import SECRET, jpeg, png
from tests.web.banks.conftest import World
from tests.web.banks.typed import CHOICE
from tests.web.exams.test_exam_flow import sit

from lianbing.banks.pictures.models import BankPicture, QuestionPicture
from lianbing.banks.pictures.rules import tidy_picture
from lianbing.banks.rules import QuestionType
from lianbing.infra.database import db
from lianbing.papers.blueprints import Cell

NAME = tidy_picture(png()).name


def uploaded(client: FlaskClient, world: World, raw: bytes, alt: str = "电流表 [5 A]") -> str:
    form = {**CHOICE, "add_picture": "1", "picture_alt": alt}
    answer = client.post(
        f"/banks/{world.bank_id}/questions/new/single_choice",
        data={**form, "picture": (BytesIO(raw), "x.png")},
        content_type="multipart/form-data",
    )
    return answer.text


def test_a_picture_is_added_shown_and_kept_once(
    trainer: FlaskClient, world: World, app: Flask
) -> None:
    page = uploaded(trainer, world, png())
    assert f"![电流表 (5 A)](pic:{NAME})" in page
    assert CHOICE["explanation"] in page  # what was typed is still there
    assert f"pic:{NAME}" in uploaded(trainer, world, png())
    with app.app_context():
        stored = db.session().scalars(select(QuestionPicture)).one()
        assert SECRET not in stored.data
        assert db.session().scalar(select(func.count()).select_from(BankPicture)) == 1
    stem = f"读数是多少 ![电流表](pic:{NAME}) **注意**"
    saved = trainer.post(
        f"/banks/{world.bank_id}/questions/new/single_choice", data={**CHOICE, "stem": stem}
    )
    shown = trainer.get(saved.location).text
    assert 'src="data:image/png;base64,' in shown
    assert "<strong>注意</strong>" in shown


@pytest.mark.parametrize(
    ("raw", "alt", "told"),
    [
        (b"<svg/>", "图", "no PNG or JPEG"),
        (jpeg()[:30], "图", "no PNG or JPEG"),
        (png((6000, 5000)), "图", "larger than"),
        (png(), "  ", "Say in words"),
    ],
)
def test_an_unfit_picture_is_refused(
    trainer: FlaskClient, world: World, app: Flask, raw: bytes, alt: str, told: str
) -> None:
    assert told in uploaded(trainer, world, raw, alt)
    with app.app_context():
        assert db.session().scalar(select(func.count()).select_from(QuestionPicture)) == 0


def test_another_banks_picture_cannot_be_named(
    trainer: FlaskClient, world: World, app: Flask
) -> None:
    uploaded(trainer, world, png())
    with app.app_context():
        other = load(make_bank([make_question("Z1")], code="other"), world.union).bank_id
    stem = {**CHOICE, "stem": f"看图 ![图](pic:{NAME})"}
    answer = trainer.post(f"/banks/{other}/questions/new/single_choice", data=stem)
    assert answer.status_code == 400
    assert "no picture" in answer.text


def test_candidates_get_the_picture_inside_the_paper(
    session: Session, client: FlaskClient, tmp_path: Path
) -> None:
    stem = f"看图，$x^2$ ![电流表](pic:{NAME})"
    world = make_exam_world(
        session,
        cells=[Cell(type=QuestionType.FILL_BLANK, count=1, marks=Decimal(100))],
        questions=[
            make_question("P1", kind=QuestionType.FILL_BLANK, stem=f"{stem} {{{{1}}}} {{{{2}}}}")
        ],
        pictures=[tidy_picture(png())],
    )
    data = sit(client, world)
    paper = client.get(data["paper_url"], headers={"X-Attempt-Token": data["token"]}).get_json()
    html = paper["questions"][0]["html"]["stem"]
    assert 'src="data:image/png;base64,' in html
    assert '<span data-blank="2"></span>' in html
    assert "<msup>" in html
    assert "pic:" not in json.dumps(paper["questions"][0]["html"])
