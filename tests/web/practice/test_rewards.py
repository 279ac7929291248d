"""The pages of rewards in the embedded shape."""

from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from tests.people_factory import make_organisation, make_person, sign_in
from tests.practice_factory import Learning, make_learning, mixed
from tests.rewards_factory import add_days

from lianbing.infra.calendar import local_date
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.people.models import Membership


@pytest.fixture
def learning(session: Session) -> Learning:
    return make_learning(session, mixed(12))


def page_of(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return unescape(answer.text)


def test_a_worker_sees_streak_points_league_and_boards(
    session: Session, client: FlaskClient, learning: Learning
) -> None:
    sign_in(client, learning.person)
    today = local_date(utc_now())
    add_days(session, learning.person, {today - timedelta(days=back): 10 for back in (2, 3, 4)})
    drill_id = learning.start(now=utc_now())
    learning.run(drill_id, now=utc_now())
    page = page_of(client, "/practice/together/")
    assert '<span class="figure">4</span>' in page
    assert "算休息日" in page
    assert "20 / 40" in page
    assert "丁级" in page
    assert "第 1 名，共 1 人" in page
    assert "已连续练 4 天" in page_of(client, "/practice/")


def test_leaving_the_boards_asks_first_and_shows_at_once(
    session: Session, client: FlaskClient, learning: Learning
) -> None:
    sign_in(client, learning.person)
    add_days(session, learning.person, {local_date(utc_now()): 10})
    assert "退出榜单" in page_of(client, "/practice/together/")
    client.post("/practice/together/leave")
    page = page_of(client, "/practice/together/")
    assert "您不在任何榜单和联赛中" in page
    assert "丁级" not in page
    client.post("/practice/together/return")
    assert "退出榜单" in page_of(client, "/practice/together/")


def test_units_are_compared_by_head_count(
    session: Session, client: FlaskClient, learning: Learning
) -> None:
    sign_in(client, learning.person)
    add_days(session, learning.person, {local_date(utc_now()): 10})
    page_of(client, "/practice/together/")
    page = page_of(client, "/practice/together/units")
    assert "青山重型机械" in page
    assert "100%" in page
    assert "1 / 1 人" in page


def test_a_board_of_points_has_no_time_and_names_its_week(
    session: Session, client: FlaskClient, learning: Learning
) -> None:
    sign_in(client, learning.person)
    add_days(session, learning.person, {local_date(utc_now()): 10})
    page_of(client, "/practice/together/")
    boards = page_of(client, "/boards/")
    assert "练兵积分周榜" in boards
    address = boards.split('class="entry" href="')[1].split('"')[0]
    page = page_of(client, address)
    assert "积分" in page
    assert "用时" not in page


def test_rules_keep_what_was_typed_when_they_make_no_sense(
    session: Session, client: FlaskClient, learning: Learning
) -> None:
    unit_id = (
        session.query(Membership).filter_by(person_id=learning.person.id).one().organisation_id
    )
    admin = make_person(
        session, "管某", organisation=unit_id, roles=[(Role.ADMINISTRATOR, unit_id)]
    )
    sign_in(client, admin)
    typed = {"right": 5, "partial": 1, "daily_cap": 4, "streak_answers": 5, "roll_names": "full"}
    answer = unescape(client.post(f"/practice/together/rules/{unit_id}", data=typed).text)
    assert "这样的规则无法使用" in answer
    assert 'value="4"' in answer
    typed["daily_cap"] = 50
    answer = client.post(f"/practice/together/rules/{unit_id}", data=typed, follow_redirects=True)
    assert "新规则明天起生效" in answer.text
    elsewhere = make_organisation(session, "外市总工会")
    assert client.get(f"/practice/together/rules?organisation={elsewhere.id}").status_code == 403
    assert client.post(f"/practice/together/rules/{elsewhere.id}", data=typed).status_code == 403
