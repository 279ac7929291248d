"""The map of mastery and the reasons of a daily drill, as pages."""

from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.banks_factory import make_question
from tests.people_factory import make_organisation, make_person, sign_in
from tests.practice_factory import RIGHT, WRONG, Learning, items_of, make_learning
from tests.web.practice.test_pages import form_of, start, text_of

from lianbing.subjects.models import AssessmentPoint

POINTS = ("A01", "A02", "B01")


@pytest.fixture
def learning(session: Session, client: FlaskClient) -> Learning:
    questions = [
        make_question(f"{point}{number}", point=point) for point in POINTS for number in range(4)
    ]
    learning = make_learning(session, questions)
    sign_in(client, learning.person)
    return learning


def titles(session: Session) -> dict[str, str]:
    return dict(session.execute(select(AssessmentPoint.code, AssessmentPoint.title)).all())


def answer_all(client: FlaskClient, learning: Learning, drill_id: int, wrong: str) -> None:
    """Everything right but the questions of one point."""
    for position, (code, kind) in enumerate(items_of(drill_id), start=1):
        given = (WRONG if code.startswith(wrong) else RIGHT)[kind]
        client.post(f"/practice/drills/{drill_id}/{position}", data=form_of(given))


def test_before_the_first_answer_the_map_says_that_it_knows_nothing(
    session: Session, client: FlaskClient, learning: Learning
) -> None:
    page = text_of(client, "/practice/map/")
    assert "还没有您的作答" in page
    points = len(titles(session)) + 1  # and the legend's
    assert page.count('class="mastery-tile is-new"') == points
    assert "40" in page


def test_the_point_answered_wrong_comes_first_and_can_be_drilled(
    session: Session, client: FlaskClient, learning: Learning
) -> None:
    answer_all(client, learning, start(client, learning, "daily"), "A02")
    page = text_of(client, "/practice/map/")
    first = page[page.index("mastery-first") :]
    assert first.index(titles(session)["A02"]) < first.index(titles(session)["A01"])
    action = first.split('action="', 1)[1].split('"', 1)[0]
    started = client.post(action)
    drill_id = int(started.location.split("/")[-1])
    assert {code[:3] for code, _ in items_of(drill_id)} == {"A02"}


def test_the_table_behind_the_map_has_every_point(
    session: Session, client: FlaskClient, learning: Learning
) -> None:
    page = text_of(client, "/practice/map/")
    table = page[page.index("<table") :]
    for code in POINTS:
        assert titles(session)[code] in table
    assert "还没练过" in table


def test_a_daily_drill_says_why_and_another_drill_does_not(
    session: Session, client: FlaskClient, learning: Learning
) -> None:
    drill_id = start(client, learning, "daily")
    code, kind = items_of(drill_id)[0]
    asked = text_of(client, f"/practice/drills/{drill_id}/1")
    why = f"新内容：{titles(session)[code[:3]]}"
    assert "为什么练这道" in asked
    assert why in asked
    client.post(f"/practice/drills/{drill_id}/1", data=form_of(RIGHT[kind]))
    assert why in text_of(client, f"/practice/drills/{drill_id}/1")
    other = start(client, learning)
    assert "为什么练这道" not in text_of(client, f"/practice/drills/{other}/1")


def test_when_all_was_asked_today_the_way_on_is_told(
    client: FlaskClient, learning: Learning
) -> None:
    for _ in range(2):
        answer_all(client, learning, start(client, learning, "daily"), "none")
    again = client.post(f"/practice/banks/{learning.bank_id}/daily", follow_redirects=True)
    assert "今天都练过了" in unescape(again.text)


def test_the_summary_offers_ten_more_of_the_same_kind(
    client: FlaskClient, learning: Learning
) -> None:
    drill_id = start(client, learning, "daily")
    answer_all(client, learning, drill_id, "none")
    page = text_of(client, f"/practice/drills/{drill_id}/summary")
    assert f'action="/practice/banks/{learning.bank_id}/daily"' in page


def test_the_map_is_of_the_person_who_asks(
    session: Session, client: FlaskClient, learning: Learning
) -> None:
    answer_all(client, learning, start(client, learning, "daily"), "A02")
    session.rollback()
    other = make_person(session, "李旁人", organisation=learning.union)
    sign_in(client, other)
    assert "还没有您的作答" in text_of(client, "/practice/map/")


def test_without_a_bank_the_map_says_what_to_do(session: Session, client: FlaskClient) -> None:
    person = make_person(session, "无题库", organisation=make_organisation(session, "新单位"))
    sign_in(client, person)
    assert "还没有向您开放的题库" in text_of(client, "/practice/map/")
