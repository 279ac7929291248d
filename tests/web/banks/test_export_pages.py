"""Writing a bank out: every format comes back; exam-only content only by name and purpose."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from tests.people_factory import sign_in
from tests.web.banks.conftest import World

from lianbing.banks.interchange.reading import read_file
from lianbing.banks.secrecy.models import SecrecyView
from lianbing.infra.audit import AuditEntry
from lianbing.infra.database import db

NAMES = {
    "excel": "a.xlsx",
    "word": "a.docx",
    "moodle_xml": "a.xml",
    "gift": "a.gift",
    "qti": "a.zip",
    "own": "a.zip",
}
PLACES = ("beside", "end", "nowhere")


def test_every_format_is_read_back_and_leaves_exam_only_questions_behind(
    client: FlaskClient, world: World
) -> None:
    sign_in(client, world.trainer)
    assert client.get(f"/banks/{world.bank_id}/export").status_code == 200
    for wanted, name in NAMES.items():
        answer = client.get(f"/banks/{world.bank_id}/export/file?format={wanted}")
        assert answer.status_code == 200
        read = read_file(name, answer.data)
        assert len(read.questions) >= 30
        assert "X1" not in {one.code for one in read.questions}
        assert not any("题干 X1" in one.stem for one in read.questions)


def test_word_holds_its_keys_where_they_are_asked_for(client: FlaskClient, world: World) -> None:
    sign_in(client, world.trainer)
    address = f"/banks/{world.bank_id}/export/file?format=word&keys="
    whole = {place: read_file("a.docx", client.get(address + place).data) for place in PLACES}
    assert whole["beside"].findings == whole["end"].findings == ()
    keys = [[one.key for one in whole[place].questions] for place in PLACES]
    assert keys[0] == keys[1]
    assert None not in keys[0]
    assert set(keys[2]) == {None}
    assert client.get(address + "elsewhere").status_code == 404


def test_exam_only_questions_leave_by_purpose_and_on_the_record(
    app: Flask, client: FlaskClient, world: World
) -> None:
    sign_in(client, world.trainer)
    address = f"/banks/{world.bank_id}/export/file?format=qti&exam=1"
    door = client.get(address)
    assert door.status_code == 302
    client.post(door.location, data={"purpose": "备份试题", "pledge": "1"})
    read = read_file("a.zip", client.get(address).data)
    assert "X1" in {one.code for one in read.questions}
    with app.app_context():
        assert len(db.session.scalars(select(SecrecyView)).all()) == 1
        actions = list(db.session.scalars(select(AuditEntry.action)))
    assert "banks.export_questions" in actions


def test_a_worker_exports_nothing(client: FlaskClient, world: World) -> None:
    sign_in(client, world.worker)
    assert client.get(f"/banks/{world.bank_id}/export/file?format=excel").status_code == 403
