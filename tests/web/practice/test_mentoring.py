"""Pages of mentoring: a pact proposed, signed, used and ended, and its line in both passports."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session
from tests.people_factory import make_person, sign_in
from tests.practice_factory import Learning, make_learning, mixed

from lianbing.infra import outbox
from lianbing.infra.calendar import today
from lianbing.infra.database import transaction
from lianbing.kernel.clock import utc_now
from lianbing.practice.mentoring.models import MentoringPair

PHONE = "13900000007"


class Two:
    """A learner and a mentor; the mentor is signed in, in English."""

    def __init__(self, session: Session, client: FlaskClient) -> None:
        self.client = client
        learning: Learning = make_learning(session, mixed(12))
        union, self.apprentice = learning.union, learning.person.id
        make = make_person
        self.mentor = make(session, "顾师傅", organisation=union, phone=PHONE).id
        self.stranger = make(session, "外人", organisation=union).id
        session.rollback()
        sign_in(client, self.apprentice)
        client.set_cookie("lang", "en")

    def propose(self) -> str:
        """The apprentice proposes; the address of the pair."""
        day = today().isoformat()
        typed = {
            "role": "apprentice",
            "name": "顾师傅",
            "phone": PHONE,
            "starts_on": day,
            "ends_on": day,
            "text": "每周带一次",
        }
        answer = self.client.post("/practice/mentoring/new", data=typed)
        assert answer.status_code == 302
        return str(answer.location)

    def agree(self) -> str:
        """Both have signed; the mentor is signed in."""
        address = self.propose()
        sign_in(self.client, self.mentor)
        self.client.post(f"{address}/sign")
        return address


@pytest.fixture
def two(session: Session, client: FlaskClient) -> Two:
    return Two(session, client)


def test_a_pact_is_signed_used_and_ended_and_stands_in_both_passports(
    client: FlaskClient, two: Two
) -> None:
    address = two.propose()
    assert "Sign the pact" not in client.get(address).text
    sign_in(client, two.mentor)
    assert "A pact waits for you" in client.get("/practice/").text
    page = client.get(address).text
    assert "Sign the pact" in page
    assert "The apprentice's map" not in page
    client.post(f"{address}/sign")
    page = client.get(address).text
    assert "The apprentice's map" in page
    scope = page.split('<option value="scope:')[1].split('"')[0]
    drill = {"what": f"scope:{scope}", "wanted": "20", "due_on": today().isoformat()}
    assert client.post(f"{address}/drills", data=drill).status_code == 302
    client.post(f"{address}/notes", data={"note": "周五带上摇表"})
    sign_in(client, two.apprentice)
    page = client.get(address).text
    assert "0 / 20" in page
    assert "周五带上摇表" in page
    assert "The apprentice's map" not in page
    assert f"/scopes/{scope}/drill" in page
    long_ago = today().replace(year=today().year - 1)
    with transaction() as session:
        session.execute(update(MentoringPair).values(starts_on=long_ago, agreed_on=long_ago))
    client.post(f"{address}/end", data={"reason": "调岗"})
    outbox.deliver_due(now=utc_now().replace(year=utc_now().year + 1))
    assert "顾师傅" in client.get("/passport/").text
    sign_in(client, two.mentor)
    assert "王小练" in client.get("/passport/").text
    page = client.get(address).text
    assert "The apprentice's map" not in page
    assert "调岗" in page
    assert client.post(f"{address}/notes", data={"note": "再见"}).status_code == 409


def test_a_stranger_finds_no_pair(client: FlaskClient, two: Two) -> None:
    address = two.agree()
    sign_in(client, two.stranger)
    assert client.get(address).status_code == 404
    for deed in ("sign", "end", "drills", "notes"):
        form = {"note": "x", "reason": ""}
        answer = client.post(f"{address}/{deed}", data=form, follow_redirects=True)
        assert answer.status_code == 404


def test_a_refused_pact_keeps_what_was_typed(client: FlaskClient, two: Two) -> None:
    typed = {
        "role": "mentor",
        "name": "没这个人",
        "phone": PHONE,
        "starts_on": "2026-01-01",
        "ends_on": "2099-01-01",
        "text": "每天带一次",
    }
    answer = client.post("/practice/mentoring/new", data=typed)
    assert answer.status_code == 400
    assert "Nobody has this name and phone number here" in answer.text
    assert "每天带一次" in answer.text
    assert 'value="没这个人"' in answer.text


def test_a_drill_outside_the_choices_is_refused(client: FlaskClient, two: Two) -> None:
    address = two.agree()
    drill = {"what": "scope:999999", "wanted": "20", "due_on": today().isoformat()}
    assert client.post(f"{address}/drills", data=drill).status_code == 400
