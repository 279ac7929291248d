"""Matching, ordering and case through an exam: dealt unsolved, saved, marked, shown afterwards."""

from decimal import Decimal
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from tests.banks_factory import make_question
from tests.exams_factory import ExamWorld, make_exam_world, post, right_answers
from tests.web.exams.test_exam_flow import sit

from lianbing.banks.rules import QuestionType
from lianbing.exams.rules import Release
from lianbing.infra.database import db
from lianbing.papers.blueprints import Cell

KINDS = (QuestionType.MATCHING, QuestionType.ORDERING, QuestionType.CASE)


@pytest.fixture
def world(session: Session) -> ExamWorld:
    return make_exam_world(
        session,
        cells=[Cell(type=kind, count=1, marks=Decimal(20)) for kind in KINDS],
        questions=[make_question(kind.value, kind=kind) for kind in KINDS],
        pass_mark=Decimal(30),
        common_window=False,
        results_release=Release.AT_HAND_IN,
        explanations_release=Release.AT_HAND_IN,
    )


def test_composed_types_from_the_paper_to_the_result(client: FlaskClient, world: ExamWorld) -> None:
    data = sit(client, world)
    paper = client.get(data["paper_url"], headers={"X-Attempt-Token": data["token"]}).get_json()
    matching, _ordering, case = paper["questions"]
    assert matching["prompts"] == ["甲", "乙", "丙"]
    assert [part["marks"] for part in case["parts"]] == ["10", "5", "5"]
    assert [len(letters) for letters in data["part_letters"]["3"]] == [4, 0, 0]
    answers = right_answers(world.paper(db.session()))
    assert data["letters"]["1"][:3] != answers[1]
    assert data["letters"]["2"] != answers[2]
    answers[3] = [answers[3][0], None, False]  # type: ignore[index]
    entries = [
        {"seq": number, "question": number, "answer": answer} for number, answer in answers.items()
    ]
    refused = {"seq": 9, "question": 2, "answer": ["A", "A", "B", "C"]}
    saved = post(client, data["token"], "save", {"entries": [*entries, refused]}).get_json()
    outcomes = [result["outcome"] for result in saved["results"]]
    assert outcomes == ["counted", "counted", "counted", "refused"]
    post(client, data["token"], "hand-in", {"entries": []})
    page = unescape(client.get(f"/exams/{world.exam_id}/result").text)
    assert "甲" in page
    for text in (
        " → ",
        "得 20 分，满分 20 分",
        "得 10 分，满分 20 分",
        "部分正确",
        "解析 case",
        "case 问一",
    ):
        assert text in page, text
    seen = dict(zip(data["letters"]["2"], "ABCD", strict=True))
    assert " → ".join(seen[letter] for letter in answers[2]) in page  # type: ignore[union-attr]
