"""A union with a bank, and the people who may and may not see it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from tests.banks_factory import load, make_bank, make_question, make_questions
from tests.people_factory import make_organisation, make_person, sign_in
from tests.web.banks.typed import HOSTILE

from lianbing.banks.models import Question
from lianbing.banks.rules import QuestionUse
from lianbing.infra.database import db
from lianbing.kernel.actor import Role


class World:
    """A union with a bank, its trainer, a trainer of a unit below, a worker."""

    def __init__(self) -> None:
        session = db.session()
        self.union = union = make_organisation(session, "青山市总工会").id
        unit = make_organisation(session, "重机公司", parent=union).id
        self.trainer = make_person(session, "张三", roles=[(Role.TRAINER, union)]).id
        self.below = make_person(session, "李四", roles=[(Role.TRAINER, unit)]).id
        self.worker = make_person(session, "王五", organisation=unit).id
        questions = [
            *make_questions(1),
            make_question("X1", use=QuestionUse.EXAM),
            make_question("H1", stem=HOSTILE.replace("{{1}}", "")),
        ]
        self.bank_id = load(make_bank(questions), union).bank_id
        self.ids = {row[0]: row[1] for row in session.execute(select(Question.code, Question.id))}
        session.rollback()


@pytest.fixture
def world(app: Flask) -> World:
    with app.app_context():
        return World()


@pytest.fixture
def trainer(world: World, client: FlaskClient) -> FlaskClient:
    """Signed in, pledged, and with a purpose for today."""
    sign_in(client, world.trainer)
    client.set_cookie("lang", "en")
    client.post(f"/banks/secrecy/{world.bank_id}", data={"pledge": "1", "purpose": "审题"})
    return client
