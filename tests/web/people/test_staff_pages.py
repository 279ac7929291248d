"""Staff pages: what each role may see and do; personal numbers are masked in all of them."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.people_factory import make_organisation, make_person, sign_in

from lianbing.infra.audit import AuditEntry
from lianbing.infra.calendar import today
from lianbing.infra.crypto import current_keyring
from lianbing.kernel.actor import Role
from lianbing.people.models import Account, Membership, Organisation, Person, PersonMerge
from lianbing.people.organisations.rules import OrganisationKind

PHONE = "13912345678"
ID_NUMBER = "11010119900307109X"


def look_again(session: Session) -> None:
    """Let go of the snapshot and rows read before the last request."""
    session.rollback()
    session.expire_all()


class Plant:
    """A city with two plants; ids only, since requests end sessions."""

    def __init__(self, session: Session) -> None:
        self.city = make_organisation(session, "青山市总工会")
        self.industry = make_organisation(
            session, "机械工会", parent=self.city, kind=OrganisationKind.INDUSTRY_UNION
        )
        self.plant = make_organisation(session, "青山重机", parent=self.city, code="QS1")
        self.shop = make_organisation(session, "检修车间", parent=self.plant)
        self.team = make_organisation(session, "检修一班", parent=self.shop)
        self.other = make_organisation(session, "别的厂", parent=self.city, code="QS2")
        keyring = current_keyring()
        self.worker = make_person(
            session,
            "王小明",
            organisation=self.team,
            phone=PHONE,
            staff_number="A17",
            id_number_sealed=keyring.encrypt(ID_NUMBER),
            id_number_digest=keyring.digest("id_number", ID_NUMBER),
        )
        self.stranger = make_person(session, "外厂人", organisation=self.other, phone="13700000001")
        self.leader = make_person(
            session, "李班长", organisation=self.team, roles=[(Role.TEAM_LEADER, self.team)]
        )
        self.admin = make_person(
            session, "周主任", organisation=self.plant, roles=[(Role.ADMINISTRATOR, self.plant)]
        )
        self.head = make_person(
            session, "市管理员", organisation=self.city, roles=[(Role.ADMINISTRATOR, self.city)]
        )


@pytest.fixture
def place(session: Session) -> Plant:
    return Plant(session)


@pytest.fixture
def admin(app: Flask, place: Plant) -> FlaskClient:
    client = app.test_client()
    sign_in(client, place.admin)
    return client


@pytest.fixture
def head(app: Flask, place: Plant) -> FlaskClient:
    client = app.test_client()
    sign_in(client, place.head)
    return client


@pytest.fixture
def leader(app: Flask, place: Plant) -> FlaskClient:
    client = app.test_client()
    sign_in(client, place.leader)
    return client


def test_pages_show_numbers_masked_only(admin: FlaskClient, place: Plant) -> None:
    person = f"/people/{place.worker.id}/"
    for path in (
        "/people/",
        f"/people/?organisation={place.team.id}&q=王",
        person,
        person + "edit",
        person + "merge",
        f"/people/organisations/{place.team.id}/",
        "/people/claims",
        f"/people/import?organisation={place.plant.id}",
        f"/people/new?organisation={place.plant.id}",
        f"/people/known?organisation={place.plant.id}",
        f"/people/organisations/{place.plant.id}/",
        f"/people/organisations/{place.plant.id}/facts",
        f"/people/organisations/{place.plant.id}/link",
        f"/people/organisations/{place.plant.id}/add",
        f"/people/organisations/{place.plant.id}/edit",
        "/people/organisations/?q=青山",
    ):
        answer = admin.get(path)
        assert answer.status_code == 200, path
        assert PHONE not in answer.text, path
        assert ID_NUMBER not in answer.text, path
    assert "139****5678" in admin.get(person).text
    assert "1101**********109X" in admin.get(person).text


def test_search_takes_numbers_in_the_body_and_stays_in_reach(
    admin: FlaskClient, place: Plant
) -> None:
    found = admin.post("/people/search", data={"q": PHONE})
    assert found.location == f"/people/{place.worker.id}/"
    beyond = admin.post("/people/search", data={"q": "13700000001"})
    assert "1370000" not in beyond.location
    assert f"/people/{place.stranger.id}/" not in beyond.location
    by_name = admin.post("/people/search", data={"q": "小明", "organisation": place.shop.id})
    assert "王小明" in admin.get(by_name.location).text
    by_staff_number = admin.get(f"/people/?organisation={place.plant.id}&q=A17").text
    assert "王小明" in by_staff_number
    assert "李班长" not in by_staff_number


def test_reach_ends_at_the_subtree(admin: FlaskClient, leader: FlaskClient, place: Plant) -> None:
    for client in (admin, leader):
        assert client.get(f"/people/{place.stranger.id}/").status_code == 403
        assert client.get(f"/people/?organisation={place.other.id}").status_code == 403
        assert client.get(f"/people/organisations/{place.other.id}/").status_code == 403
        assert client.post(f"/people/{place.stranger.id}/sign-out").status_code == 403
    assert leader.get("/people/new").status_code == 403
    assert leader.get("/people/import").status_code == 403


def test_worker_sees_no_staff_page(app: Flask, place: Plant) -> None:
    client = app.test_client()
    sign_in(client, place.worker)
    for path in ("/people/", "/people/organisations/", f"/people/{place.leader.id}/"):
        assert client.get(path).status_code == 403


def test_team_leader_prints_one_slip_shown_to_its_issuer_alone(
    leader: FlaskClient, admin: FlaskClient, place: Plant
) -> None:
    issued = leader.post(f"/people/{place.worker.id}/code")
    sheet = issued.location
    assert sheet.startswith("/people/sheets/")
    page = leader.get(sheet)
    assert "王小明" in page.text
    assert PHONE not in page.text
    assert admin.get(sheet).status_code == 404
    assert leader.post(f"{sheet}/destroy").status_code == 302
    assert leader.get(sheet).status_code == 404


def test_team_leader_cannot_take_over_an_administrator_in_the_team(
    leader: FlaskClient, session: Session, place: Plant
) -> None:
    boss = make_person(
        session, "副主任", organisation=place.team, roles=[(Role.ADMINISTRATOR, place.plant)]
    )
    refused = leader.post(f"/people/{boss.id}/code", follow_redirects=False)
    assert not refused.location.startswith("/people/sheets/")
    leader.post(f"/people/organisations/{place.team.id}/codes")
    look_again(session)
    has_account = set(session.scalars(select(Account.person_id)))
    assert place.worker.id in has_account
    assert boss.id not in has_account


def test_role_is_granted_within_reach_only_and_revoked_at_once(
    app: Flask, admin: FlaskClient, session: Session, place: Plant
) -> None:
    url = f"/people/{place.worker.id}/roles"
    grant = {"role": "trainer", "organisation": place.plant.id, "valid_from": str(today())}
    admin.post(url, data={**grant, "organisation": place.city.id})
    worker = app.test_client()
    sign_in(worker, place.worker)
    page = admin.get(f"/people/{place.worker.id}/").text
    assert "/revoke" not in page
    admin.post(url, data=grant)
    page = admin.get(f"/people/{place.worker.id}/").text
    revoke = page.split(f"/people/{place.worker.id}/roles/")[1].split("/")[0]
    actions = set(session.scalars(select(AuditEntry.action)))
    assert "role.granted" in actions
    admin.post(f"/people/{place.worker.id}/roles/{revoke}/revoke")
    look_again(session)
    assert "role.revoked" in set(session.scalars(select(AuditEntry.action)))
    assert "/revoke" not in admin.get(f"/people/{place.worker.id}/").text


def test_nobody_takes_their_own_administrator_role(
    admin: FlaskClient, session: Session, place: Plant
) -> None:
    page = admin.get(f"/people/{place.admin.id}/").text
    holding = page.split(f"/people/{place.admin.id}/roles/")[1].split("/")[0]
    admin.post(f"/people/{place.admin.id}/roles/{holding}/revoke")
    assert admin.get("/people/").status_code == 200


def test_person_known_elsewhere_is_linked_and_counts_there_until_they_say_otherwise(
    app: Flask, admin: FlaskClient, session: Session, place: Plant
) -> None:
    form = {"number": "13700000001", "organisation": place.team.id, "staff_number": "B1"}
    shown = admin.post("/people/known", data=form).text
    assert "外**" in shown
    assert "外厂人" not in shown
    done = admin.post("/people/known", data={**form, "is_home": "y", "confirmed": "y"})
    assert done.location == f"/people/{place.stranger.id}/"
    look_again(session)
    rows = session.scalars(
        select(Membership).where(Membership.person_id == place.stranger.id)
    ).all()
    assert {(row.organisation_id, row.is_home) for row in rows} == {
        (place.other.id, True),
        (place.team.id, False),
    }
    assert not admin.post(f"/people/{place.stranger.id}/code").location.startswith(
        "/people/sheets/"
    )
    own = app.test_client()
    sign_in(own, place.stranger)
    membership = next(row.id for row in rows if not row.is_home)
    own.post(f"/me/memberships/{membership}/home")
    assert admin.post(f"/people/{place.stranger.id}/code").location.startswith("/people/sheets/")


def test_stranger_cannot_be_added_by_a_guessed_id(
    admin: FlaskClient, session: Session, place: Plant
) -> None:
    data = {"organisation": place.team.id}
    admin.post(f"/people/{place.stranger.id}/memberships", data=data)
    look_again(session)
    rows = session.scalars(
        select(Membership.organisation_id).where(Membership.person_id == place.stranger.id)
    ).all()
    assert rows == [place.other.id]


def test_organisation_is_added_linked_and_given_facts(
    head: FlaskClient, session: Session, place: Plant
) -> None:
    made = head.post(
        f"/people/organisations/{place.city.id}/add",
        data={"kind": "unit", "name": "新厂", "code": "QS3"},
    )
    unit = made.location
    again = head.post(
        f"/people/organisations/{place.city.id}/add",
        data={"kind": "unit", "name": "又一厂", "code": "QS3"},
    )
    assert again.status_code == 409
    linked = head.post(
        f"{unit}link", data={"parent": place.industry.id, "valid_from": str(today())}
    )
    assert linked.status_code == 302
    stated = head.post(
        f"{unit}facts",
        data={
            "valid_from": str(today()),
            "industry": "C",
            "ownership": "non_public",
            "size_class": "small",
            "union_founded": "yes",
            "park": "高新区",
            "head_count": "321",
        },
    )
    assert stated.status_code == 302
    page = head.get(unit).text
    assert "321" in page
    assert "机械工会" in page
    assert "高新区" in page
    ended = head.post(
        f"{unit}end-link", data={"parent": place.industry.id, "valid_to": str(today())}
    )
    assert ended.status_code == 302
    look_again(session)
    assert session.scalars(select(Organisation.id).where(Organisation.code == "QS3")).one()


def test_two_entries_are_merged_and_unmerged(
    head: FlaskClient, session: Session, place: Plant
) -> None:
    kept, absorbed = place.worker.id, place.stranger.id
    found = head.post(f"/people/{kept}/merge/find", data={"number": "13700000001"})
    assert found.location == f"/people/{kept}/merge?other={absorbed}"
    assert "外厂人" in head.get(found.location).text
    merged = head.post(found.location, data={"reason": "同一人"})
    assert merged.status_code == 302
    look_again(session)
    assert session.get_one(Person, absorbed).kept_id == kept
    assert "别的厂" in head.get(f"/people/{kept}/").text
    merge_id = session.scalars(select(PersonMerge.id)).one()
    head.post(f"/people/{kept}/merges/{merge_id}/undo")
    look_again(session)
    assert session.get_one(Person, absorbed).kept_id is None


def test_data_is_corrected_without_showing_or_losing_numbers(
    admin: FlaskClient, session: Session, place: Plant
) -> None:
    url = f"/people/{place.worker.id}/edit"
    saved = admin.post(url, data={"name": "王晓明", "birth_year": "1990", "grade": "senior"})
    assert saved.status_code == 302
    look_again(session)
    person = session.get_one(Person, place.worker.id)
    assert (person.name, person.birth_year, person.grade) == ("王晓明", 1990, "senior")
    assert current_keyring().decrypt(person.phone_sealed or b"") == PHONE
    taken = admin.post(url, data={"name": "王晓明", "phone": "13700000001"})
    assert taken.status_code == 409


LIST = """\
工号,姓名,手机号,班组,技能等级
B1,赵一,13500000001,检修一班,高级工
B2,钱二,13500000002,检修三班,四级
"""


def upload(client: FlaskClient, place: Plant, text: str) -> str:
    answer = client.post(
        "/people/import",
        data={
            "organisation": place.plant.id,
            "file": (io.BytesIO(text.encode("gb18030")), "名单.csv"),
        },
        content_type="multipart/form-data",
    )
    assert answer.status_code == 302, answer.text
    return answer.location


def fingerprint(page: str) -> str:
    return page.split('name="fingerprint"')[1].split('value="')[1].split('"')[0]


def test_list_is_previewed_kept_and_stored_with_codes(
    admin: FlaskClient, session: Session, place: Plant
) -> None:
    preview = upload(admin, place, LIST)
    page = admin.get(preview).text
    assert "检修三班" in page
    assert "135****0001" in page
    assert "13500000001" not in page
    assert preview in admin.get("/people/import").text
    stored = admin.post(f"{preview}/commit", data={"fingerprint": fingerprint(page)})
    sheet = admin.get(stored.location).text
    assert "赵一" in sheet
    assert "检修三班" in sheet
    assert admin.get(preview).status_code == 404
    assert "赵一" in admin.get(f"/people/?organisation={place.team.id}").text


def test_list_with_a_wrong_row_stores_nothing(
    admin: FlaskClient, session: Session, place: Plant
) -> None:
    preview = upload(admin, place, LIST + "A17,孙三,1350000000x,,\n")
    page = admin.get(preview).text
    assert "孙三" not in page
    assert ">4<" in page
    admin.post(f"{preview}/commit", data={"fingerprint": ""})
    look_again(session)
    assert session.scalars(select(Person).where(Person.name == "赵一")).first() is None


def test_stranger_cannot_see_or_store_anothers_upload(
    admin: FlaskClient, head: FlaskClient, place: Plant
) -> None:
    preview = upload(admin, place, LIST)
    assert head.get(preview).status_code == 403
    assert head.post(f"{preview}/discard").status_code == 403
    assert admin.post(f"{preview}/discard").status_code == 302
    assert admin.get(preview).status_code == 404


def test_template_is_an_xlsx_of_its_own_headings(admin: FlaskClient, place: Plant) -> None:
    answer = admin.get("/people/import/template.xlsx")
    assert answer.data.startswith(b"PK")


def test_closed_account_is_out_at_once_and_back_when_reopened(
    app: Flask, admin: FlaskClient, place: Plant
) -> None:
    worker = app.test_client()
    sign_in(worker, place.worker)
    admin.post(f"/people/{place.worker.id}/close-account")
    assert worker.get("/me").status_code == 302
    admin.post(f"/people/{place.worker.id}/reopen-account")
    sign_in(worker, place.worker)
    assert worker.get("/me").status_code == 200
    assert admin.post(f"/people/{place.admin.id}/close-account").status_code == 403
    assert admin.post(f"/people/{place.stranger.id}/close-account").status_code == 403


def test_claim_waits_on_the_administrators_home_until_it_is_decided(
    app: Flask, admin: FlaskClient, session: Session, place: Plant
) -> None:
    person = app.test_client()
    form = {
        "organisation": str(place.plant.id),
        "name": "孙师傅",
        "phone": "13788889999",
        "employment_form": "",
        "password": "long enough words",
        "repeated": "long enough words",
        "consent": "y",
    }
    assert person.post("/register", data=form).status_code == 302
    assert "/people/claims" in admin.get("/").text
    page = admin.get("/people/claims").text
    assert "孙师傅" in page
    assert "13788889999" not in page
    claim = page.split('action="/people/claims/')[1].split('"')[0]
    data = {"decision": "accept", "organisation": place.team.id, "staff_number": "A99"}
    admin.post(f"/people/claims/{claim}", data=data)
    assert "检修一班" in person.get("/me").text
    assert "/people/claims" not in admin.get("/").text
