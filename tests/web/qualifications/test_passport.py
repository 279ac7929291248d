"""The passport shows what is on file and nothing else; only keepers revoke."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from tests.contests_factory import ContestWorld, hold_exam, make_contest_world, publish_results
from tests.people_factory import make_organisation, make_person, sign_in

from lianbing.infra import outbox
from lianbing.infra.database import db
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.qualifications.models import QualificationRecord

TITLE = "青山市职工技能竞赛 · 理论考试"


@dataclass(frozen=True, kw_only=True)
class Held:
    world: ContestWorld
    record_id: int
    assessor: int
    stranger: int


@pytest.fixture
def held(app: Flask) -> Held:
    with app.app_context():
        session = db.session()
        world = make_contest_world(session)
        hold_exam(session, world, (9, 3))
        publish_results(world)
        outbox.deliver_due(now=utc_now() + timedelta(days=30))
        record_id = db.session.scalars(select(QualificationRecord.id)).one()
        assessor = make_person(
            session, "俞守正", organisation=world.city_id, roles=[(Role.ASSESSOR, world.city_id)]
        )
        other = make_organisation(session, "白水市总工会")
        stranger = make_person(session, "外", organisation=other, roles=[(Role.ASSESSOR, other)])
        made = Held(world=world, record_id=record_id, assessor=assessor.id, stranger=stranger.id)
        db.session.remove()
    return made


def test_passport_shows_the_record_and_the_contest(held: Held, client: FlaskClient) -> None:
    sign_in(client, held.world.workers[0])
    passport = client.get("/passport/").text
    assert TITLE in passport
    assert "90 分（满分 100）" in passport
    assert "参加的竞赛" in passport
    assert TITLE in client.get("/").text


def test_who_failed_has_no_record_and_no_promise(held: Held, client: FlaskClient) -> None:
    sign_in(client, held.world.workers[1])
    passport = client.get("/passport/").text
    assert TITLE not in passport
    assert "还没有记录" in passport
    sign_in(client, held.world.workers[2])
    assert "现有等级" not in client.get("/passport/").text


def test_record_page_carries_its_proof(held: Held, client: FlaskClient) -> None:
    sign_in(client, held.world.workers[0])
    page = client.get(f"/passport/records/{held.record_id}").text
    assert "SHA-256" in page
    assert "Ed25519" in page
    assert "撤销记录" not in page


def test_only_the_holder_and_keepers_read_a_record(held: Held, client: FlaskClient) -> None:
    address = f"/passport/records/{held.record_id}"
    for reader in (held.stranger, held.world.workers[1]):
        sign_in(client, reader)
        assert client.get(address).status_code == 404
    sign_in(client, held.assessor)
    assert client.get(address).status_code == 200
    assert TITLE in client.get("/passport/manage/").text
    sign_in(client, held.stranger)
    assert TITLE not in client.get("/passport/manage/").text


def test_revocation_asks_for_a_reason_and_the_worker_reads_it(
    held: Held, client: FlaskClient
) -> None:
    address = f"/passport/records/{held.record_id}"
    for outsider in (held.stranger, held.world.workers[0]):
        sign_in(client, outsider)
        assert client.post(f"{address}/revoke", data={"reason": "x"}).status_code == 403
    sign_in(client, held.assessor)
    assert "请写明原因" in client.post(f"{address}/revoke", follow_redirects=True).text
    revoked = client.post(f"{address}/revoke", data={"reason": "替考"}, follow_redirects=True)
    assert "记录已撤销" in revoked.text
    sign_in(client, held.world.workers[0])
    passport = client.get("/passport/").text
    assert "已撤销" in passport
    assert "替考" in passport
