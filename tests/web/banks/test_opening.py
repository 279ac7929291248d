"""A trainer opens a bank in the browser."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from tests.people_factory import sign_in
from tests.web.banks.conftest import World

from lianbing.banks.models import QuestionBank
from lianbing.infra.database import db
from lianbing.subjects.models import AssessmentPoint, Subject

TYPED = "A 电工基础 60\nA01 欧姆定律 X\nB 安全用电 40\nB01 接地保护 Y"


def opened(app: Flask) -> list[tuple[str, str, list[str]]]:
    """Title, kind of subject and point codes of every bank opened in the browser."""
    with app.app_context():
        session = db.session()
        rows = session.execute(
            select(QuestionBank.title, Subject.kind, QuestionBank.outline_id)
            .join(Subject, Subject.id == QuestionBank.subject_id)
            .where(QuestionBank.code.like("own-%"))
            .order_by(QuestionBank.id)
        ).all()
        points = select(AssessmentPoint.code).order_by(AssessmentPoint.position)
        found = [
            (
                title,
                kind,
                list(session.scalars(points.where(AssessmentPoint.outline_id == outline))),
            )
            for title, kind, outline in rows
        ]
        db.session.remove()
        return found


def form(world: World, **changes: object) -> dict[str, object]:
    typed = {"title": "车间题库", "organisation": str(world.union), "basis": "", "outline": TYPED}
    return {**typed, **changes}


def test_a_bank_of_a_theme_is_opened_empty(app: Flask, world: World, trainer: FlaskClient) -> None:
    answer = trainer.post("/banks/new", data=form(world), follow_redirects=True)
    assert answer.status_code == 200
    assert "车间题库" in answer.text
    assert opened(app) == [("车间题库", "theme", ["A01", "B01"])]


def test_scopes_and_points_of_another_bank_are_taken_over(
    app: Flask, world: World, trainer: FlaskClient
) -> None:
    with app.app_context():
        outline = db.session.get_one(QuestionBank, world.bank_id).outline_id
        known = set(
            db.session.scalars(
                select(AssessmentPoint.code).where(AssessmentPoint.outline_id == outline)
            )
        )
        db.session.remove()
    for title in ("甲", "乙"):
        answer = trainer.post(
            "/banks/new", data=form(world, title=title, basis=str(outline), outline="")
        )
        assert answer.status_code == 302
    first, second = opened(app)
    assert (first[0], second[0]) == ("甲", "乙")
    assert set(first[2]) == set(second[2]) == known


def test_a_fault_is_told_and_what_was_typed_is_kept(
    app: Flask, world: World, trainer: FlaskClient
) -> None:
    for changes, said in (
        ({"outline": "A 电工基础\n没有编号"}, "Line 2"),
        ({"outline": ""}, "take over"),
        ({"occupation": "没有这个工种"}, "No occupation"),
    ):
        answer = trainer.post("/banks/new", data=form(world, **changes))
        assert answer.status_code == 422
        assert said in answer.text
        assert "车间题库" in answer.text
    assert opened(app) == []


def test_nobody_opens_a_bank_of_an_organisation_out_of_reach(
    app: Flask, world: World, client: FlaskClient
) -> None:
    from_below = app.test_client()
    sign_in(from_below, world.below)
    answer = from_below.post("/banks/new", data=form(world))
    assert answer.status_code == 200  # the organisation is no choice of theirs
    assert opened(app) == []
