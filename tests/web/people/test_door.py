"""The door: signing in and out, one-time codes, forced change, waiting after wrong tries."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.people_factory import (
    actor_for,
    make_account,
    make_organisation,
    make_person,
    sign_in,
)

from lianbing.infra.audit import AuditEntry
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import transaction
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.people.accounts.codes import issue_reset
from lianbing.people.accounts.hashing import MADE_NOW, current_hashing
from lianbing.people.accounts.sheets import open_sheet
from lianbing.people.models import Account, LoginSession, MembershipRequest, Organisation, Person

PASSWORD = "correct horse"
OLDER_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$"
    "BYPHImKpJ7gBkzzNuiWRQg$mtL7zbMbiLzkyM1/pW7Wb9b5NWeNfcUD8RLJnDFzChs"
)
"""Of the same password, made before ADR 0107."""
PHONE = "13912345678"


@pytest.fixture
def plant(session: Session) -> Organisation:
    city = make_organisation(session, "青山市总工会")
    return make_organisation(session, "青山重机", parent=city, code="QS1")


@pytest.fixture
def welder(session: Session, plant: Organisation) -> Person:
    person = make_person(session, "王小明", organisation=plant, phone=PHONE, staff_number="A17")
    make_account(session, person, password_hash=current_hashing().hash(PASSWORD))
    return person


@pytest.fixture
def leader(session: Session, plant: Organisation) -> Person:
    return make_person(
        session,
        "李班长",
        organisation=plant,
        phone="13900000009",
        roles=[(Role.TEAM_LEADER, plant)],
    )


def enter(client: FlaskClient, name: str, password: str = PASSWORD, **more: str):
    return client.post("/sign-in", data={"name": name, "password": password, **more})


def test_a_hash_of_an_older_cost_is_made_anew_at_a_sign_in(
    client: FlaskClient, session: Session, welder: Person
) -> None:
    account = session.scalars(select(Account).where(Account.person_id == welder.id)).one()
    account.password_hash = OLDER_HASH
    session.commit()
    assert enter(client, PHONE, "wrong horse").status_code != 302
    session.rollback()
    session.expire_all()
    assert account.password_hash == OLDER_HASH
    assert enter(client, PHONE).status_code == 302
    session.rollback()
    session.expire_all()
    assert account.password_hash.startswith(MADE_NOW)
    assert enter(client, PHONE).status_code == 302


@pytest.mark.parametrize("name", [PHONE, "139 1234 5678", "+86 13912345678", "A17"])
def test_phone_or_staff_number_signs_in(client: FlaskClient, welder: Person, name: str) -> None:
    assert client.get("/me").status_code == 302
    assert enter(client, name).status_code == 302
    page = client.get("/me")
    assert page.status_code == 200
    assert "王小明" in page.text


def test_page_asked_for_before_signing_in_comes_after_it(
    client: FlaskClient, welder: Person
) -> None:
    client.get("/me")
    assert enter(client, PHONE).location == "/me"


def test_own_page_shows_numbers_masked_only(client: FlaskClient, welder: Person) -> None:
    enter(client, PHONE)
    page = client.get("/me").text
    assert "139****5678" in page
    assert PHONE not in page


def test_ambiguous_staff_number_asks_for_the_unit(
    client: FlaskClient, session: Session, welder: Person, plant: Organisation
) -> None:
    other = make_organisation(session, "另一厂", code="QS2", parent=_city(session))
    make_person(session, "赵", organisation=other, staff_number="A17")
    refused = enter(client, "A17")
    assert refused.status_code == 400
    assert 'name="unit"' in refused.text
    assert enter(client, "A17", unit="QS2").status_code == 403
    assert enter(client, "A17", unit="QS1").status_code == 302


def _city(session: Session) -> Organisation:
    return session.scalars(select(Organisation).where(Organisation.name == "青山市总工会")).one()


@pytest.mark.parametrize("name", [PHONE, "13911112222"])
def test_known_and_unknown_names_wait_alike_after_wrong_tries(
    client: FlaskClient, welder: Person, name: str
) -> None:
    answers = [enter(client, name, "wrong password").status_code for _ in range(7)]
    assert answers == [403, 403, 403, 403, 403, 429, 429]


def test_right_password_waits_too_once_locked_and_a_code_still_lets_in(
    client: FlaskClient, session: Session, welder: Person, leader: Person, plant: Organisation
) -> None:
    for _ in range(5):
        enter(client, PHONE, "wrong password")
    assert enter(client, PHONE).status_code == 429
    code = reset_code(session, leader, welder, plant)
    assert client.post("/activate", data={"code": code, "consent": "y"}).status_code == 302


def reset_code(session: Session, leader: Person, person: Person, plant: Organisation) -> str:
    keyring, now = current_keyring(), utc_now()
    actor = actor_for(session, leader)
    with transaction() as writing:
        sheet = issue_reset(
            writing,
            actor,
            PersonId(person.id),
            organisation_id=OrganisationId(plant.id),
            keyring=keyring,
            now=now,
        )
    [line] = open_sheet(session, actor, sheet, keyring=keyring, now=now)
    return line.code


def test_tries_in_between_are_forgiven_by_a_right_one(client: FlaskClient, welder: Person) -> None:
    for _ in range(3):
        for _ in range(4):
            assert enter(client, PHONE, "wrong password").status_code == 403
        assert enter(client, PHONE).status_code == 302
        client.post("/sign-out")


def test_code_is_followed_by_a_password_of_ones_own_and_nothing_else_before(
    client: FlaskClient, session: Session, welder: Person, leader: Person, plant: Organisation
) -> None:
    code = reset_code(session, leader, welder, plant)
    without_consent = client.post("/activate", data={"code": code})
    assert without_consent.status_code == 400
    used = client.post("/activate", data={"code": code.lower().replace("-", " "), "consent": "y"})
    assert used.location == "/change-password"
    assert client.get("/me").location == "/change-password"
    weak = client.post("/change-password", data={"password": PHONE, "repeated": PHONE})
    assert weak.status_code == 400
    new = "brand new words"
    assert (
        client.post("/change-password", data={"password": new, "repeated": new}).status_code == 302
    )
    assert client.get("/me").status_code == 200
    client.post("/sign-out")
    assert enter(client, PHONE).status_code == 403
    assert enter(client, PHONE, new).status_code == 302
    again = client.post("/activate", data={"code": code, "consent": "y"})
    assert again.status_code == 400


def test_issuing_and_using_a_code_are_audited_without_the_code(
    client: FlaskClient, session: Session, welder: Person, leader: Person, plant: Organisation
) -> None:
    code = reset_code(session, leader, welder, plant)
    client.post("/activate", data={"code": code, "consent": "y"})
    session.rollback()
    entries = session.scalars(select(AuditEntry)).all()
    actions = {entry.action: entry.actor_person_id for entry in entries}
    assert actions["account.code_issued"] == leader.id
    assert actions["account.code_used"] == welder.id
    assert not any(code[:4] in entry.details for entry in entries)


def test_password_change_signs_other_devices_out(
    client: FlaskClient, app: Flask, welder: Person
) -> None:
    other = app.test_client()
    assert enter(other, PHONE).status_code == 302
    assert enter(client, PHONE).status_code == 302
    data = {"present": "wrong password", "password": "another one 9", "repeated": "another one 9"}
    assert client.post("/change-password", data=data).status_code == 403
    data["present"] = PASSWORD
    assert client.post("/change-password", data=data).status_code == 302
    assert client.get("/me").status_code == 200
    assert other.get("/me").status_code == 302


def test_session_can_be_revoked_and_a_stolen_cookie_is_dead_after_signing_out(
    client: FlaskClient, app: Flask, session: Session, welder: Person
) -> None:
    thief = app.test_client()
    enter(client, PHONE)
    enter(thief, PHONE)
    _mine, stolen = session.scalars(select(LoginSession.id).order_by(LoginSession.id)).all()
    assert client.post(f"/me/sessions/{stolen}/revoke").status_code == 302
    assert thief.get("/me").status_code == 302
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    client.post("/sign-out")
    with thief.session_transaction() as cookie:
        cookie["_user_id"] = token
    assert thief.get("/me").status_code == 302


def test_nobody_revokes_another_persons_session(
    client: FlaskClient, app: Flask, session: Session, welder: Person, leader: Person
) -> None:
    enter(client, PHONE)
    other = app.test_client()
    sign_in(other, leader)
    session_id = session.scalars(select(LoginSession.id).order_by(LoginSession.id)).first()
    assert other.post(f"/me/sessions/{session_id}/revoke").status_code == 403
    assert client.get("/me").status_code == 200


def test_everything_but_nothing_else_is_signed_out_at_once(
    client: FlaskClient, app: Flask, welder: Person
) -> None:
    other = app.test_client()
    enter(client, PHONE)
    enter(other, PHONE)
    assert client.post("/me/sessions/revoke-all").status_code == 302
    assert client.get("/me").status_code == 302
    assert other.get("/me").status_code == 302


REGISTRATION = {
    "name": "孙师傅",
    "phone": "13788889999",
    "employment_form": "platform",
    "password": "long enough words",
    "repeated": "long enough words",
    "consent": "y",
}


def test_registering_joins_the_union_and_only_claims_the_unit(
    client: FlaskClient, session: Session, plant: Organisation
) -> None:
    found = client.get("/register?q=青山").text
    assert f"organisation={plant.id}" in found
    answer = client.post("/register", data={**REGISTRATION, "organisation": str(plant.id)})
    assert answer.status_code == 302, answer.text
    session.rollback()
    claim = session.scalars(select(MembershipRequest)).one()
    assert claim.unit_id == plant.id
    actor = actor_for(session, claim.person_id)
    assert [held.role for held in actor.roles] == [Role.WORKER]
    assert actor.organisation_ids == (_city(session).id,)
    assert client.get("/me").status_code == 200


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"phone": PHONE}, 409),
        ({"phone": "12345"}, 400),
        ({"consent": ""}, 400),
        ({"password": "12345678", "repeated": "12345678"}, 400),
        ({"organisation": "999999"}, 404),
    ],
)
def test_registration_that_cannot_be_is_refused(
    client: FlaskClient, plant: Organisation, welder: Person, change: dict[str, str], status: int
) -> None:
    data = {**REGISTRATION, "organisation": str(plant.id), **change}
    answer = client.post("/register", data=data)
    assert answer.status_code == status
    assert client.get("/me").status_code == 302


@pytest.fixture
def closed(app: Flask) -> Iterator[None]:
    settings = app.extensions["lianbing_settings"]
    app.extensions["lianbing_settings"] = settings.model_copy(update={"self_registration": False})
    yield
    app.extensions["lianbing_settings"] = settings


@pytest.mark.usefixtures("closed")
def test_registration_can_be_switched_off(client: FlaskClient) -> None:
    assert client.get("/register").status_code == 403
    assert "/register" not in client.get("/sign-in").text


def test_forms_carry_a_csrf_token_and_are_refused_without(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        page = client.get("/sign-in").text
        assert re.search(r'name="csrf_token"[^>]*value="[^"]{20,}"', page)
        assert enter(client, PHONE).status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
