"""The pages of campaigns in the embedded shape: the trainer's desk and the worker's side."""

from datetime import timedelta
from html import unescape
from io import BytesIO

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from tests.people_factory import actor_for, make_organisation, make_person, sign_in
from tests.practice_factory import Learning, make_learning, mixed

from lianbing.infra.calendar import local_date
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.people.models import Person


@pytest.fixture
def learning(session: Session) -> Learning:
    return make_learning(session, mixed(12))


@pytest.fixture
def trainer(session: Session, learning: Learning) -> Person:
    return make_person(
        session, "沈师傅", organisation=learning.union, roles=[(Role.TRAINER, learning.union)]
    )


def typed(learning: Learning, **changed: object) -> dict[str, object]:
    today = local_date(utc_now())
    return {
        "title": "接地月",
        "form": "daily",
        "binding": "required",
        "why": "安全生产月",
        "organisation_id": learning.union.id,
        "source": f"{learning.bank_id}:whole",
        "opens_on": today.isoformat(),
        "closes_on": (today + timedelta(days=6)).isoformat(),
        "questions": 5,
        "tries": 2,
        "points": 1,
        **changed,
    }


def text_of(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return unescape(answer.text)


def open_one(client: FlaskClient, learning: Learning, **changed: object) -> str:
    """Open a campaign by the form; its page at the desk."""
    answer = client.post("/practice/desk/campaigns/new", data=typed(learning, **changed))
    assert answer.status_code == 302
    return answer.location


def test_a_required_campaign_is_told_done_and_seen_by_the_trainer(
    client: FlaskClient, learning: Learning, trainer: Person
) -> None:
    sign_in(client, trainer)
    desk = open_one(client, learning)
    sign_in(client, learning.person)
    assert "沈师傅布置" in text_of(client, "/practice/")
    number = desk.rsplit("/", 1)[-1]
    page = text_of(client, f"/practice/campaigns/{number}")
    assert "沈师傅要求青山市总工会全体参加" in page
    assert "原因：安全生产月" in page
    started = client.post(f"/practice/campaigns/{number}/start")
    drill_id = int(started.location.rsplit("/", 1)[-1])
    learning.run(drill_id, now=utc_now())
    assert "1 / 7" in text_of(client, f"/practice/campaigns/{number}")
    assert "沈师傅布置" not in text_of(client, "/practice/")
    assert client.get(f"/practice/drills/{drill_id}/summary").status_code == 200
    sign_in(client, trainer)
    seen = text_of(client, desk)
    assert "王小练" in seen
    assert "青山重型机械" in seen


def test_a_form_that_makes_no_sense_keeps_what_was_typed(
    client: FlaskClient, learning: Learning, trainer: Person
) -> None:
    sign_in(client, trainer)
    answer = client.post(
        "/practice/desk/campaigns/new", data=typed(learning, why=" ", title="接地周")
    )
    page = unescape(answer.text)
    assert answer.status_code == 200
    assert "要求参加的还要写明原因" in page
    assert 'value="接地周"' in page


def test_the_roll_gives_a_text_to_paste_without_phone_numbers(
    session: Session, client: FlaskClient, learning: Learning, trainer: Person
) -> None:
    make_person(session, "赵某", organisation=learning.union, phone="13912345678")
    learning.run(learning.start(now=utc_now()), now=utc_now())
    sign_in(client, trainer)
    page = text_of(client, "/practice/desk/teams")
    assert "今天 3 人中已有 1 人练习" in page
    assert "沈师傅、赵某" in page
    assert "13912345678" not in page
    assert "139****" not in page


def test_exports_hold_no_live_formula(
    session: Session, client: FlaskClient, learning: Learning, trainer: Person
) -> None:
    make_person(session, '=HYPERLINK("http://x")', organisation=learning.union)
    sign_in(client, trainer)
    desk = open_one(client, learning)
    for address in (f"{desk}/export", f"/practice/desk/teams/{learning.union.id}/export"):
        answer = client.post(address)
        assert answer.status_code == 200
        book = openpyxl.load_workbook(BytesIO(answer.data))
        cells = [cell for row in book.active.iter_rows() for cell in row]
        assert any(cell.value == '=HYPERLINK("http://x")' for cell in cells)
        assert {cell.data_type for cell in cells} <= {"s", "n"}


def test_another_trainers_pages_are_closed(
    session: Session, client: FlaskClient, learning: Learning, trainer: Person
) -> None:
    sign_in(client, trainer)
    desk = open_one(client, learning)
    elsewhere = make_organisation(session, "外市总工会")
    stranger = make_person(
        session, "外人", organisation=elsewhere, roles=[(Role.TRAINER, elsewhere)]
    )
    sign_in(client, stranger)
    assert client.get(desk).status_code == 403
    assert client.post(f"{desk}/export").status_code == 403
    assert client.post(f"{desk}/withdraw").status_code == 403
    address = f"/practice/desk/teams?organisation={learning.union.id}"
    assert client.get(address).status_code == 403
    assert client.post(f"/practice/desk/teams/{learning.union.id}/export").status_code == 403
    number = desk.rsplit("/", 1)[-1]
    assert client.get(f"/practice/campaigns/{number}").status_code == 404


def test_a_voluntary_campaign_is_joined_and_left(
    client: FlaskClient, learning: Learning, trainer: Person
) -> None:
    sign_in(client, trainer)
    desk = open_one(client, learning, binding="voluntary", why="")
    number = desk.rsplit("/", 1)[-1]
    sign_in(client, learning.person)
    assert "可自愿参加" in text_of(client, "/practice/")
    client.post(f"/practice/campaigns/{number}/join")
    assert "退出活动" in text_of(client, f"/practice/campaigns/{number}")
    client.post(f"/practice/campaigns/{number}/leave")
    assert "退出活动" not in text_of(client, f"/practice/campaigns/{number}")
    client.post(f"/practice/campaigns/{number}/start")
    assert "此活动自愿参加" in text_of(client, f"/practice/campaigns/{number}")


def test_the_heat_map_has_figures_a_scale_and_only_ones_own_people(
    session: Session, client: FlaskClient, learning: Learning, trainer: Person
) -> None:
    unit = make_organisation(session, "青山二厂", parent=learning.union)
    stranger = make_organisation(session, "外市总工会").id
    people = [make_person(session, f"周{number}", organisation=unit) for number in range(3)]
    for person in people:
        learning.person, learning.actor = person, actor_for(session, person)
        learning.run(learning.start(now=utc_now()), now=utc_now())
    session.rollback()
    sign_in(client, trainer)
    assert "/practice/desk/teams/map?" in text_of(client, "/practice/desk/teams")
    page = text_of(client, "/practice/desk/teams/map")
    assert "青山二厂" in page
    assert 'class="heat-0"><span class="heat-figure">100%' in page
    assert "3 人" in page
    assert "不足三人" in page
    assert "低于 45%" in page
    covered = text_of(client, "/practice/desk/teams/map?measure=covered")
    assert "有人练过的比例" in covered
    assert client.get(f"/practice/desk/teams/map?organisation={stranger}").status_code == 403
