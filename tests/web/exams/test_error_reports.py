"""A candidate reports an error in the own result, not before its answers are released."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, make_exam_world, post, right_answers
from tests.web.exams.test_exam_flow import sit

from lianbing.banks.corrections.models import ErrorReport
from lianbing.exams.rules import Release
from lianbing.infra.database import db


@pytest.fixture
def world(session: Session) -> ExamWorld:
    return make_exam_world(
        session,
        common_window=False,
        results_release=Release.AT_HAND_IN,
        explanations_release=Release.AT_HAND_IN,
    )


def test_a_report_names_the_version_that_was_sat(client: FlaskClient, world: ExamWorld) -> None:
    address = f"/exams/{world.exam_id}/result/report"
    told = {"number": "3", "kind": "text", "text": "选项重复"}
    assert client.post(address, data=told).status_code in (302, 403)
    data = sit(client, world)
    assert client.post(address, data=told).status_code == 404
    answers = right_answers(world.paper(db.session()))
    db.session.rollback()
    entries = [{"seq": n, "question": n, "answer": answer} for n, answer in answers.items()]
    post(client, data["token"], "hand-in", {"entries": entries})
    page = client.get(f"/exams/{world.exam_id}/result").text
    assert f'action="{address}"' in page
    assert client.post(address, data={**told, "number": "99"}).status_code == 404
    assert client.post(address, data=told).status_code == 302
    assert "选项重复" in client.get("/me").text
    reported = db.session.scalars(select(ErrorReport.version_id)).one()
    assert reported in {q.content.version_id for q in world.paper(db.session()).questions}
    db.session.rollback()
