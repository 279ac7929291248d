"""A worker reports an error beside the feedback, and only in a question they have answered."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from tests.people_factory import make_person, sign_in
from tests.practice_factory import RIGHT, Learning, items_of, make_learning, mixed
from tests.web.practice.test_pages import form_of, start

from lianbing.kernel.actor import Role


@pytest.fixture
def learning(session: Session, client: FlaskClient) -> Learning:
    learning = make_learning(session, mixed(12))
    sign_in(client, learning.person)
    return learning


def test_a_report_stands_on_the_workers_page_until_it_is_answered(
    session: Session, client: FlaskClient, learning: Learning
) -> None:
    union = learning.union.id
    session.rollback()
    trainer = make_person(session, "张三", roles=[(Role.TRAINER, union)]).id
    session.rollback()
    drill_id = start(client, learning)
    address = f"/practice/drills/{drill_id}/1"
    told = {"kind": "key", "text": "应选 C"}
    assert client.post(f"{address}/report", data=told).status_code == 404
    code, kind = items_of(drill_id)[0]
    client.post(address, data=form_of(RIGHT[kind]))
    assert f'action="{address}/report"' in client.get(address).text
    assert client.post(f"{address}/report", data=told).status_code == 302
    assert client.post(f"{address}/report", data=told).status_code == 302
    page = client.get("/me").text
    assert page.count("应选 C") == 1
    sign_in(client, trainer)
    client.set_cookie("lang", "en")
    assert "1 waits for an answer" in client.get("/").text
    page = client.get("/banks/reports/").text
    assert f"题干 {code}" in page
    answer = page.split('action="/banks/reports/')[1].split('"')[0]
    client.post(f"/banks/reports/{answer}", data={"verdict": "no_error", "text": "按新标准无误"})
    assert "按新标准无误" in client.get("/banks/reports/?state=answered").text
    sign_in(client, learning.person)
    assert "按新标准无误" in client.get("/me").text


def test_nobody_reports_from_anothers_drill(
    session: Session, client: FlaskClient, learning: Learning
) -> None:
    drill_id = start(client, learning)
    union = learning.union.id
    session.rollback()
    other = make_person(session, "赵某", organisation=union).id
    session.rollback()
    sign_in(client, other)
    answer = client.post(f"/practice/drills/{drill_id}/1/report", data={"kind": "key"})
    assert answer.status_code == 404
