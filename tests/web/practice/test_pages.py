"""The pages of practice: every step without a script, parts for the script, nothing unescaped."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from tests.banks_factory import make_question
from tests.people_factory import make_person, sign_in
from tests.practice_factory import RIGHT, WRONG, Learning, items_of, make_learning, mixed

from lianbing.banks.rules import Option, QuestionType
from lianbing.practice.rules import Given

DRILL = re.compile(r"/practice/drills/(\d+)$")


@pytest.fixture
def learning(session: Session, client: FlaskClient) -> Learning:
    learning = make_learning(session, mixed(12))
    sign_in(client, learning.person)
    return learning


def start(client: FlaskClient, learning: Learning, way: str = "drill") -> int:
    response = client.post(f"/practice/banks/{learning.bank_id}/{way}")
    found = DRILL.search(response.location)
    assert response.status_code == 302
    assert found
    return int(found.group(1))


def form_of(given: Given) -> dict[str, object]:
    form: dict[str, object] = {"answer": list(given.choices)}
    form.update({f"blank-{n}": text for n, text in enumerate(given.blanks, start=1)})
    form.update({f"match-{n}": text for n, text in enumerate(given.matches, start=1)})
    form.update({"order": list(given.order), "text": given.text, "rating": given.rating})
    for number, part in enumerate(given.parts, start=1):
        form[f"part-{number}"] = "1"
        own = form_of(part)
        form.update({f"part-{number}-{name}": value for name, value in own.items()})
    if given.gave_up:
        form["gave_up"] = "1"
    return form


def text_of(client: FlaskClient, address: str) -> str:
    response = client.get(address, follow_redirects=True)
    assert response.status_code == 200
    return unescape(response.text)


def test_a_whole_drill_works_without_a_script(client: FlaskClient, learning: Learning) -> None:
    drill_id = start(client, learning)
    for position, (code, kind) in enumerate(items_of(drill_id), start=1):
        address = f"/practice/drills/{drill_id}/{position}"
        page = text_of(client, f"/practice/drills/{drill_id}")
        assert f'action="{address}"' in page
        assert code in page
        assert "解析" not in page
        given = WRONG[kind] if position == 1 else RIGHT[kind]
        answered = client.post(address, data=form_of(given))
        assert (answered.status_code, answered.location) == (302, address)
        page = text_of(client, address)
        assert f"解析 {code}" in page
        assert "安全生产法" in page
        assert ("答错了" in page or "不完整" in page) if position == 1 else "答对了" in page
    page = text_of(client, f"/practice/drills/{drill_id}")
    assert "答了 10 题，答对 9 题" in page
    assert "进入错题本" in page


def test_saying_nothing_asks_again_and_giving_up_shows_the_answer(
    client: FlaskClient, learning: Learning
) -> None:
    drill_id = start(client, learning)
    address = f"/practice/drills/{drill_id}/1"
    page = unescape(client.post(address, data={}, follow_redirects=True).text)
    assert "请先作答" in page
    assert f'action="{address}"' in page
    page = unescape(client.post(address, data={"gave_up": "1"}, follow_redirects=True).text)
    assert "未作答" in page
    assert "已放入错题本" in page


def test_a_later_question_leads_back_to_the_next_one(
    client: FlaskClient, learning: Learning
) -> None:
    drill_id = start(client, learning)
    for address in (f"/practice/drills/{drill_id}/5", f"/practice/drills/{drill_id}/2"):
        response = client.get(address, follow_redirects=True)
        assert response.request.path == f"/practice/drills/{drill_id}/1"
    response = client.get(f"/practice/drills/{drill_id}/summary", follow_redirects=True)
    assert response.request.path == f"/practice/drills/{drill_id}/1"
    assert client.get(f"/practice/drills/{drill_id}/11").status_code == 404


def test_the_part_fetched_ahead_holds_no_key(client: FlaskClient, learning: Learning) -> None:
    drill_id = start(client, learning)
    ahead = client.get(f"/practice/drills/{drill_id}/2/part")
    assert ahead.status_code == 200
    assert "<html" not in ahead.text
    assert "解析" not in ahead.text
    assert "is-right" not in ahead.text
    assert client.get(f"/practice/drills/{drill_id}/3/part").status_code == 409


def test_the_part_answers_with_feedback_and_a_retry_with_the_same(
    client: FlaskClient, learning: Learning
) -> None:
    drill_id = start(client, learning)
    code, kind = items_of(drill_id)[0]
    address = f"/practice/drills/{drill_id}/1/part"
    assert "请先作答" in unescape(client.post(address, data={}).text)
    first = client.post(address, data=form_of(RIGHT[kind]))
    assert first.status_code == 200
    assert f"解析 {code}" in first.text
    assert client.post(address, data=form_of(WRONG[kind])).text == first.text


def test_withdrawn_question_shows_a_note_and_goes_on(
    client: FlaskClient, learning: Learning
) -> None:
    drill_id = start(client, learning)
    code, _ = items_of(drill_id)[0]
    learning.turn_exam_only([code])
    address = f"/practice/drills/{drill_id}/1"
    page = text_of(client, address)
    assert "已退出练习" in page
    assert code not in page
    page = unescape(client.post(address, data={}, follow_redirects=True).text)
    assert "已退出练习" in page
    assert f'href="/practice/drills/{drill_id}/2"' in page


def test_every_text_of_a_question_is_escaped(session: Session, client: FlaskClient) -> None:
    nasty = "<script>alert(1)</script>"
    entry = make_question("X1", stem=nasty)
    options = tuple(Option(letter=letter, text=f"{letter}<b>") for letter in "ABC")
    fields = {"options": options, "explanation": nasty, "clause": "<i>"}
    changed = type(entry)(**{name: getattr(entry, name) for name in entry.__slots__} | fields)
    cloze = make_question("X2", kind=QuestionType.FILL_BLANK, stem=nasty + "{{1}}{{2}}")
    learning = make_learning(session, [changed, cloze])
    sign_in(client, learning.person)
    drill_id = start(client, learning)
    answer = {"answer": "A", "blank-1": nasty, "blank-2": nasty}
    pages = []
    for position in (1, 2):
        address = f"/practice/drills/{drill_id}/{position}"
        pages.append(client.get(address).text)
        pages.append(client.post(address, data=answer, follow_redirects=True).text)
    pages += [
        client.get(address).text
        for address in (f"/practice/drills/{drill_id}/summary", "/practice/wrong-book")
    ]
    for page in pages:
        assert "<script>alert" not in page
        assert "A<b>" not in page
        assert "<i>" not in page
    assert any("&lt;script&gt;alert" in page for page in pages)


def test_another_persons_drill_is_refused_everywhere(
    session: Session, client: FlaskClient, learning: Learning
) -> None:
    drill_id = start(client, learning)
    session.rollback()
    sign_in(client, make_person(session, "李旁人", organisation=learning.union))
    base = f"/practice/drills/{drill_id}"
    for address in (base, f"{base}/1", f"{base}/1/part", f"{base}/summary"):
        assert client.get(address).status_code == 404
    for address in (f"{base}/1", f"{base}/1/part"):
        assert client.post(address, data={"answer": "B"}).status_code == 404


def test_a_stranger_is_sent_to_sign_in(client: FlaskClient) -> None:
    response = client.get("/practice/")
    assert response.status_code == 302
    assert response.location.endswith("/sign-in")
    assert client.post("/practice/wrong-book/drill").status_code == 403


def test_home_shows_scopes_the_day_and_the_wrong_book(
    client: FlaskClient, learning: Learning
) -> None:
    page = text_of(client, "/practice/")
    assert "今天还没开始" in page
    assert "已练 0/12 题，答对 0 题" in page
    drill_id = start(client, learning, "daily")
    code, kind = items_of(drill_id)[0]
    client.post(f"/practice/drills/{drill_id}/1", data=form_of(WRONG[kind]))
    page = text_of(client, "/practice/")
    assert "今天已答 1 题" in page
    assert "接着练：第 2 题，共 10 题" in page
    assert "已练 1/12 题，答对 0 题" in page
    assert '<span class="mode-note">1 题</span>' in page
    panel = text_of(client, "/")
    assert "今天做什么" in panel
    assert "接着练：第 2 题，共 10 题" in panel
    book = text_of(client, "/practice/wrong-book")
    assert f"题干 {code}" in book
    assert "错过 1 次" in book


def test_a_bank_is_gone_through_in_order_and_can_be_begun_again(
    client: FlaskClient, learning: Learning
) -> None:
    address = f"/practice/banks/{learning.bank_id}/sequential"
    assert "0 / 12 题" in text_of(client, "/practice/")
    found = DRILL.search(client.post(address).location)
    assert found
    drill_id = int(found.group(1))
    codes = [code for code, _ in items_of(drill_id)]
    assert codes == sorted(codes)
    client.post(f"/practice/drills/{drill_id}/1", data={"gave_up": "1"})
    assert "1 / 12 题" in text_of(client, "/practice/")
    assert client.post(address).location.endswith(f"/{drill_id}")
    page = text_of(client, "/practice/sequential")
    assert "从头开始" in page
    again = client.post(address, data={"from_first": "1"})
    assert not again.location.endswith(f"/{drill_id}")


def test_a_scope_lists_its_points_and_each_can_be_drilled(
    client: FlaskClient, learning: Learning
) -> None:
    home = text_of(client, "/practice/")
    found = re.search(r'href="(/practice/banks/\d+/scopes/\d+)"', home)
    assert found
    page = text_of(client, found.group(1))
    point = re.search(r'action="(/practice/banks/\d+/points/\d+/drill)"', page)
    assert point
    response = client.post(point.group(1))
    assert DRILL.search(response.location)
    again = client.post(point.group(1))
    assert again.location == response.location
    assert client.get(f"/practice/banks/{learning.bank_id}/scopes/99999").status_code == 404


def test_a_chosen_bank_is_remembered(client: FlaskClient, learning: Learning) -> None:
    from_factory = learning.file
    learning.file = type(from_factory)(
        **{name: getattr(from_factory, name) for name in from_factory.__slots__}
        | {"code": "zzz", "title": "另一题库"}
    )
    learning.reload(mixed(3, prefix="Z"))
    page = text_of(client, "/practice/")
    found = re.search(r'action="(/practice/banks/\d+/choose)"', page)
    assert found
    assert client.post(found.group(1)).status_code == 302
    page = text_of(client, "/practice/")
    assert '<p class="lead">另一题库</p>' in page


def test_nothing_to_practise_says_what_to_do(session: Session, client: FlaskClient) -> None:
    sign_in(client, make_person(session, "赵无库"))
    assert "还没有向您开放的题库" in text_of(client, "/practice/")
    assert client.get("/").status_code == 200
    page = unescape(client.post("/practice/wrong-book/drill", follow_redirects=True).text)
    assert "这里还没有可练的题" in page
    assert client.post("/practice/banks/999/drill").status_code == 404


def test_pages_speak_english_too(client: FlaskClient, learning: Learning) -> None:
    client.set_cookie("lang", "en")
    assert "Ten for today" in text_of(client, "/practice/")
    drill_id = start(client, learning)
    assert "Question 1 of 10" in text_of(client, f"/practice/drills/{drill_id}/1")
