"""A board page tells only what its viewer may know, and nothing at all before its time."""

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.people_factory import make_organisation, make_person, sign_in

from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BoardId, OrganisationId, PersonId
from lianbing.leaderboards.board import Entry
from lianbing.leaderboards.rules import MaskPolicy, encode, groups_of
from lianbing.leaderboards.use_cases import close_board, open_board, record_many, set_visible_from


@dataclass(frozen=True, kw_only=True)
class Hall:
    board_id: BoardId
    people: tuple[PersonId, ...]
    stranger: PersonId
    overseer: PersonId
    team_group: str

    @property
    def page(self) -> str:
        return f"/boards/{self.board_id}"

    @property
    def json(self) -> str:
        return f"/api/boards/{self.board_id}"


@pytest.fixture
def hall(app: Flask) -> Hall:
    with app.app_context():
        made = make_hall()
        db.session.remove()
    return made


def make_hall() -> Hall:
    session = db.session()
    union = make_organisation(session, "青山市总工会")
    unit = make_organisation(session, "青山重型机械有限公司", parent=union)
    team = make_organisation(session, "检修一班", parent=unit, kind="work_team")
    other = make_organisation(session, "白水市总工会")
    homes = {"王小明": team, "欧阳娜娜": team, "李雷": union}
    people = tuple(
        PersonId(make_person(session, name, organisation=home).id) for name, home in homes.items()
    )
    stranger = make_person(session, "赵生人", organisation=other).id
    role = [(Role.OVERSEER, union)]
    overseer = make_person(session, "钱督导", organisation=other, roles=role).id
    groups = groups_of(unit_id=OrganisationId(unit.id), team_id=OrganisationId(team.id))
    results = zip(people, ("92.5", "92.5", "55"), (groups, groups, ()), strict=True)
    with transaction() as writing:
        board_id = open_board(
            writing,
            key="exam:7",
            title="电工理论",
            organisation_id=OrganisationId(union.id),
            mask_policy=MaskPolicy.SURNAME,
            visible_from=utc_now() - timedelta(hours=1),
            pass_mark=Decimal(60),
            now=utc_now(),
        )
        entries = [
            Entry(person_id=person, sort_key=encode(Decimal(marks), 600), groups=own)
            for person, marks, own in results
        ]
        record_many(writing, board_id, entries, now=utc_now())
    return Hall(
        board_id=board_id,
        people=people,
        stranger=PersonId(stranger),
        overseer=PersonId(overseer),
        team_group=groups[1],
    )


def hide(app: Flask, hall: Hall, until: timedelta | None) -> None:
    moment = None if until is None else utc_now() + until
    with app.app_context(), transaction() as session:
        set_visible_from(session, hall.board_id, moment)


def test_others_are_masked_and_i_am_named(hall: Hall, client: FlaskClient) -> None:
    sign_in(client, hall.people[0])
    text = client.get(hall.page).text
    assert "王小明" in text
    assert "欧阳**" in text
    assert "欧阳娜娜" not in text
    assert "92.5" in text
    shown = client.get(hall.json).get_json()
    assert [line["rank"] for line in shown["top"]] == [1, 1, 3]
    assert shown["mine"]["rank"] == 1
    assert shown["count"] == 3


@pytest.mark.parametrize("until", [timedelta(hours=2), None])
def test_before_its_time_nothing_is_told(
    app: Flask, hall: Hall, client: FlaskClient, until: timedelta | None
) -> None:
    hide(app, hall, until)
    sign_in(client, hall.people[0])
    page = client.get(hall.page)
    assert page.status_code == 200
    assert "my-place" not in page.text
    read = re.sub(r"<[^>]*>", " ", page.text)  # an icon's path may well hold the figures
    for secret in ("92.5", "欧阳", "1 / 3"):
        assert secret not in read
    answer = client.get(hall.json)
    assert answer.get_json() == {"visible": False}


def test_groups_are_ones_own_only(hall: Hall, client: FlaskClient) -> None:
    sign_in(client, hall.people[2])
    assert client.get(hall.json + "?group=org:999").status_code == 404
    sign_in(client, hall.people[0])
    shown = client.get(hall.json, query_string={"group": hall.team_group}).get_json()
    assert shown["count"] == 2


def test_stranger_finds_no_board_and_overseer_does(hall: Hall, client: FlaskClient) -> None:
    sign_in(client, hall.stranger)
    assert client.get(hall.page).status_code == 404
    assert client.get(hall.json).status_code == 404
    assert "电工理论" not in client.get("/boards/").text
    sign_in(client, hall.overseer)
    assert client.get(hall.page).status_code == 200
    assert "电工理论" in client.get("/boards/").text


def test_signed_out_is_asked_to_sign_in(hall: Hall, client: FlaskClient) -> None:
    assert client.get(hall.page).status_code == 302
    assert client.get(hall.json).status_code == 403


def test_unchanged_board_is_answered_without_a_body(
    app: Flask, hall: Hall, client: FlaskClient
) -> None:
    sign_in(client, hall.people[0])
    first = client.get(hall.json)
    again = client.get(hall.json, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    with app.app_context(), transaction() as session:
        close_board(session, hall.board_id)
    changed = client.get(hall.json, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.get_json()["closed"] is True


def test_person_without_a_result_sees_the_board(hall: Hall, client: FlaskClient) -> None:
    sign_in(client, hall.overseer)
    shown = client.get(hall.json).get_json()
    assert shown["mine"] is None
    assert {line["name"] for line in shown["top"]} == {"王**", "欧阳**", "李*"}
