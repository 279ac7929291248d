"""Matching, ordering, short answer and case in a drill, without a script."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from tests.banks_factory import make_question
from tests.people_factory import sign_in
from tests.practice_factory import RIGHT, WRONG, make_learning
from tests.web.practice.test_pages import form_of, start, text_of

from lianbing.banks.rules import QuestionType

KINDS = [
    QuestionType.MATCHING,
    QuestionType.ORDERING,
    QuestionType.SHORT_ANSWER,
    QuestionType.CASE,
]
ORDER = re.compile(r'name="order" value="([A-D])"')
MODEL = "断电、验电、接地、挂牌。"


def open_only(session: Session, client: FlaskClient, kind: QuestionType) -> str:
    """The address of the one question of a drill."""
    learning = make_learning(session, [make_question("Q1", kind=kind)])
    sign_in(client, learning.person)
    return f"/practice/drills/{start(client, learning)}/1"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("right", [True, False])
def test_an_answer_is_judged_and_explained(
    session: Session, client: FlaskClient, kind: QuestionType, right: bool
) -> None:
    address = open_only(session, client, kind)
    page = text_of(client, address)
    assert "解析" not in page
    assert MODEL not in page
    client.post(address, data=form_of((RIGHT if right else WRONG)[kind]))
    page = text_of(client, address)
    assert "解析 Q1" in page
    assert ("答对了" if right else "不完整") in page
    assert ("已放入错题本" in page) is not right


@pytest.mark.parametrize("address_of", ["{}", "{}/part"])
def test_steps_are_moved_by_the_server_without_an_answer(
    session: Session, client: FlaskClient, address_of: str
) -> None:
    address = open_only(session, client, QuestionType.ORDERING)
    before = ORDER.findall(text_of(client, address))
    assert sorted(before) == list("ABCD")
    assert before != list("ABCD")
    moved = client.post(
        address_of.format(address), data={"order": before, "move": f"{before[1]} up"}
    )
    assert ORDER.findall(moved.text) == [before[1], before[0], *before[2:]]
    assert "解析" not in moved.text
    again = client.post(address_of.format(address), data={"order": before, "move": "Z sideways"})
    assert ORDER.findall(again.text) == before


def test_a_short_answer_is_compared_then_judged_by_its_writer(
    session: Session, client: FlaskClient
) -> None:
    address = open_only(session, client, QuestionType.SHORT_ANSWER)
    compared = unescape(client.post(address, data={"text": "<b>先断电"}).text)
    assert MODEL in compared
    assert "<b>先断电" in compared
    assert 'name="rating"' in compared
    assert "解析" not in compared
    forged = client.post(address, data={"text": "x", "rating": "unanswered"})
    assert 'name="rating"' in forged.text
    client.post(address, data={"text": "先断电", "rating": "wrong"})
    page = text_of(client, address)
    assert "答错了" in page
    assert "先断电" in page
    assert "已放入错题本" in page


def test_an_answer_of_another_shape_is_asked_again(session: Session, client: FlaskClient) -> None:
    address = open_only(session, client, QuestionType.CASE)
    for form in ({"part-1": "1"}, {"part-1": "1", "part-2": "1", "part-3": "1", "part-4": "1"}):
        page = client.post(address, data=form, follow_redirects=True)
        assert page.status_code == 200
        assert f'action="{address}"' in page.text
