"""The star and the note below a question's feedback, and the page of what was kept."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from tests.people_factory import sign_in
from tests.practice_factory import Learning, items_of, make_learning, mixed

PART = re.compile(r'action="(/practice/favourites/\d+/(?:mark|note))"')


@pytest.fixture
def learning(session: Session, client: FlaskClient) -> Learning:
    learning = make_learning(session, mixed(4))
    sign_in(client, learning.person)
    return learning


def answered(client: FlaskClient, learning: Learning) -> tuple[str, str]:
    """The address and the page of a question just answered."""
    started = client.post(f"/practice/banks/{learning.bank_id}/drill")
    address = started.location + "/1"
    assert "/practice/favourites/" not in client.get(address).text
    page = client.post(address, data={"gave_up": "1"}, follow_redirects=True).text
    return address, unescape(page)


def test_a_question_is_kept_from_its_feedback_and_listed(
    client: FlaskClient, learning: Learning
) -> None:
    address, page = answered(client, learning)
    code, _ = items_of(int(address.split("/")[-2]))[0]
    mark, note = PART.findall(page)
    kept = client.post(mark, data={"on": "1", "next": address})
    assert kept.location == address
    assert "取消收藏" in unescape(client.get(address).text)
    client.post(note, data={"note": "回去<b>再看", "next": address})
    listed = client.get("/practice/favourites/").text
    assert f"题干 {code}" in unescape(listed)
    assert "回去&lt;b&gt;再看" in listed
    assert f"题干 {code}" in client.get("/practice/favourites/?show=notes").text
    assert '<span class="mode-note">1 题</span>' in client.get("/practice/").text
    started = client.post("/practice/favourites/drill")
    drill_id = int(started.location.split("/")[-1])
    assert [own for own, _ in items_of(drill_id)] == [code]
    done = client.post(f"{started.location}/1", data={"gave_up": "1"})
    assert done.status_code == 302
    summary = client.get(f"{started.location}/summary").text
    assert 'action="/practice/favourites/drill"' in summary


def test_a_note_too_long_is_told_and_kept_in_the_form(
    client: FlaskClient, learning: Learning
) -> None:
    address, page = answered(client, learning)
    note = PART.findall(page)[1]
    refused = client.post(note, data={"note": "长" * 501, "next": address})
    assert refused.status_code == 422
    assert "长" * 501 in refused.text
    assert "超过 500 字" in refused.text
    assert f'value="{address}"' in refused.text


def test_the_way_back_never_leaves_the_site(client: FlaskClient, learning: Learning) -> None:
    _, page = answered(client, learning)
    mark = PART.findall(page)[0]
    away = client.post(mark, data={"on": "1", "next": "https://example.com/"})
    assert away.location == "/"


def test_nothing_kept_says_how_to_keep(client: FlaskClient, learning: Learning) -> None:
    assert "还没有收藏" in client.get("/practice/favourites/").text
    assert "还没有笔记" in client.get("/practice/favourites/?show=notes").text
    page = client.post("/practice/favourites/drill", follow_redirects=True)
    assert "这里还没有可练的题" in page.text
