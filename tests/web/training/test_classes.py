"""Pages of classes: a class from its making to its export, and as its member sees it."""

from io import BytesIO

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from tests.import_files_factory import workbook
from tests.people_factory import make_organisation, make_person, sign_in

from lianbing.kernel.actor import Role

PHONE = "13900000001"


class House:
    """A plant with a worker and a trainer who is signed in, in English."""

    def __init__(self, session: Session, client: FlaskClient) -> None:
        plant = make_organisation(session, "机械厂", parent=make_organisation(session, "工会"))
        self.plant = plant.id
        self.worker = make_person(session, "王学员", organisation=plant, phone=PHONE).id
        roles = [(Role.TRAINER, plant)]
        self.trainer = make_person(session, "沈某", organisation=plant, roles=roles).id
        session.rollback()
        sign_in(client, self.trainer)
        client.set_cookie("lang", "en")


@pytest.fixture
def house(session: Session, client: FlaskClient) -> House:
    return House(session, client)


def make_class(client: FlaskClient, house: House) -> str:
    typed = {
        "organisation": str(house.plant),
        "title": "电工提高班",
        "form": "offline",
        "place": "二楼教室",
        "attendance_percent": "80",
        "exam": "0",
    }
    address = client.post("/training/classes/new", data=typed).location
    assert address.endswith("/keep")
    held = {"session_title": "第一讲", "starts_at": "2026-03-02T08:00", "hours": "4"}
    assert client.post(address.replace("keep", "sessions"), data=held).status_code == 302
    return address.removesuffix("/keep")


def test_a_class_from_its_making_to_its_export(client: FlaskClient, house: House) -> None:
    address = make_class(client, house)
    client.post(f"{address}/members/number", data={"number": PHONE})
    page = client.get(f"{address}/keep").text
    assert "王学员" in page
    assert "0 / 4" in page
    session_id = page.split(f"{address}/sessions/")[2].split('"')[0].split("/")[0]
    attendance = client.get(f"{address}/sessions/{session_id}").text
    member = attendance.split('name="shown" value="')[1].split('"')[0]
    form = {"shown": member, f"member-{member}": "present"}
    client.post(f"{address}/sessions/{session_id}", data=form)
    assert "4 / 4" in client.get(f"{address}/keep").text
    told = client.post(f"{address}/close", follow_redirects=True).text
    assert "1 person completed it" in told
    assert "Add a session" not in told
    exported = client.get(f"{address}/roster.xlsx").data
    sheet = openpyxl.load_workbook(BytesIO(exported)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == "Name"
    assert rows[1][0] == "王学员"
    assert rows[1][5:7] == ["4.0", "4.0"]
    assert rows[1][9] == "Yes"
    overview = client.get("/training/classes/manage/?year=2026").text
    assert "Person-hours" in overview
    sign_in(client, house.worker)
    assert "电工提高班" in client.get("/training/").text
    mine = client.get(address).text
    assert "Completed" in mine
    assert "二楼教室" in mine
    assert client.get(f"{address}/keep").status_code == 403


def test_a_list_is_looked_at_before_it_is_stored(client: FlaskClient, house: House) -> None:
    address = make_class(client, house)

    def look(rows: list[list[str]]) -> str:
        file = (BytesIO(workbook({"名单": rows})), "名单.xlsx")
        answer = client.post(
            f"{address}/lists", data={"file": file}, content_type="multipart/form-data"
        )
        return str(answer.location)

    faulty = client.get(look([["姓名", "手机号"], ["李四", "13911111111"]])).text
    assert "Nobody of this body has this name and number" in faulty
    assert "Store the list" not in faulty
    preview = look([["姓名", "手机号"], ["王学员", PHONE]])
    assert "Comes onto the roster" in client.get(preview).text
    assert "王学员" not in client.get(f"{address}/keep").text
    stored = client.post(f"{preview}/commit", follow_redirects=True).text
    assert "1 row stored" in stored
    assert "王学员" in stored


def test_a_refused_form_keeps_what_was_typed(client: FlaskClient, house: House) -> None:
    address = make_class(client, house)
    answer = client.post(f"{address}/members/number", data={"number": "13922222222"})
    assert answer.status_code == 400
    assert 'value="13922222222"' in answer.text
    held = {"session_title": "第二讲", "starts_at": "2026-03-02T08:00", "hours": "0"}
    answer = client.post(f"{address}/sessions", data=held)
    assert answer.status_code == 400
    assert 'value="第二讲"' in answer.text
