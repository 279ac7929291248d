"""The challenge's pages without a script: begin, answer, go on, end, and nothing early."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from tests.people_factory import sign_in
from tests.practice_factory import RIGHT, WRONG, Learning, items_of, make_learning, mixed
from tests.web.practice.test_pages import form_of

RUN = re.compile(r"/practice/challenge/(\d+)$")


@pytest.fixture
def learning(session: Session, client: FlaskClient) -> Learning:
    learning = make_learning(session, mixed(12))
    sign_in(client, learning.person)
    return learning


def begin(client: FlaskClient, learning: Learning) -> int:
    found = RUN.search(client.post(f"/practice/challenge/banks/{learning.bank_id}").location)
    assert found
    return int(found.group(1))


def text(client: FlaskClient, address: str) -> str:
    response = client.get(address, follow_redirects=True)
    assert response.status_code == 200
    return unescape(response.text)


def test_a_run_from_beginning_to_end(client: FlaskClient, learning: Learning) -> None:
    assert "今天还可挑战 3 次" in text(client, "/practice/")
    drill_id = begin(client, learning)
    address = f"/practice/challenge/{drill_id}"
    for position, (code, kind) in enumerate(items_of(drill_id)[:2], start=1):
        page = text(client, address)
        assert code in page
        assert "解析" not in page
        assert 'data-seconds="' in page
        client.post(f"{address}/{position}", data=form_of(RIGHT[kind]))
        page = text(client, address)
        assert f"解析 {code}" in page
        assert f'action="/practice/drills/{drill_id}/{position}/report"' in page
        assert f"{address}/next" in page
        client.post(f"{address}/next")
    kind = items_of(drill_id)[2][1]
    client.post(f"{address}/3", data=form_of(WRONG[kind]))
    page = text(client, address)
    assert "连续答对 2 题" in page
    assert "今天还剩 2 次" in page
    index = text(client, "/practice/challenge/")
    assert "答对 2 题" in index
    assert f'href="{address}"' in index


def test_the_next_question_is_not_to_be_had_before_its_clock(
    client: FlaskClient, learning: Learning
) -> None:
    drill_id = begin(client, learning)
    (_, kind), (code, _), *_ = items_of(drill_id)
    for path in (f"{drill_id}/1", f"{drill_id}/2", f"{drill_id}", f"{drill_id}/summary"):
        response = client.get(f"/practice/drills/{path}", follow_redirects=True)
        assert response.request.path == f"/practice/challenge/{drill_id}"
        assert code not in response.text
    assert client.get(f"/practice/drills/{drill_id}/1/part").status_code == 409
    assert client.post(f"/practice/drills/{drill_id}/1/part").status_code == 404
    client.post(f"/practice/challenge/{drill_id}/1", data=form_of(RIGHT[kind]))
    for path in (f"drills/{drill_id}/2", f"drills/{drill_id}/1", f"challenge/{drill_id}"):
        assert code not in text(client, f"/practice/{path}")


def test_the_cap_is_told(client: FlaskClient, learning: Learning) -> None:
    for _ in range(3):
        drill_id = begin(client, learning)
        client.post(f"/practice/challenge/{drill_id}/1", data={"gave_up": "1"})
    page = client.post(f"/practice/challenge/banks/{learning.bank_id}", follow_redirects=True).text
    assert "今天的挑战次数已用完" in unescape(page)
    assert "明天再来" in unescape(page)


def test_saying_nothing_is_told(client: FlaskClient, learning: Learning) -> None:
    drill_id = begin(client, learning)
    page = client.post(f"/practice/challenge/{drill_id}/1", data={}, follow_redirects=True)
    assert "请先作答" in page.text
    assert 'data-seconds="' in page.text


def test_it_speaks_english_too(client: FlaskClient, learning: Learning) -> None:
    client.set_cookie("lang", "en")
    assert "45 seconds a question" in text(client, "/practice/challenge/")
    drill_id = begin(client, learning)
    client.post(f"/practice/challenge/{drill_id}/1", data={"gave_up": "1"})
    assert "0 right in a row" in text(client, f"/practice/challenge/{drill_id}")
