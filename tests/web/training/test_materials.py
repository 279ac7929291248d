"""Pages of study material: hostile files refused in words, files served so that nothing runs."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from tests.banks_factory import load, make_bank, make_question
from tests.people_factory import make_organisation, make_person, sign_in
from tests.practice_factory import RIGHT, WRONG, items_of, make_learning
from tests.training_factory import make_material, make_pdf, make_picture, point_ids
from tests.web.practice.test_pages import form_of, start

from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now


@pytest.fixture
def unit(session: Session, client: FlaskClient) -> int:
    """A unit with a trainer who is signed in, in English."""
    unit = make_organisation(session, "机械厂", parent=make_organisation(session, "工会"))
    id_ = unit.id
    trainer = make_person(session, "沈某", organisation=unit, roles=[(Role.TRAINER, unit)]).id
    load(make_bank(), id_)
    session.rollback()
    sign_in(client, trainer)
    client.set_cookie("lang", "en")
    return id_


def upload(client: FlaskClient, material: int, raw: bytes, name: str, title: str = "手册") -> str:
    response = client.post(
        f"/training/materials/{material}/files",
        data={"file": (BytesIO(raw), name), "file_title": title},
        content_type="multipart/form-data",
        follow_redirects=True,
    )
    assert response.status_code in (200, 400)
    return response.text


def test_a_trainer_writes_material_and_a_worker_finds_it(
    session: Session, client: FlaskClient, unit: int
) -> None:
    typed = {"organisation": str(unit), "title": "接地线的装拆", "body": "先**接地端**。"}
    address = client.post("/training/materials/new", data=typed).location
    number = int(address.split("/")[-2])
    assert "The file is added" in upload(client, number, make_pdf(), "手册.pdf")
    link = {"link_title": "厂内文件", "url": "https://files.example/a.pdf"}
    client.post(f"/training/materials/{number}/links", data=link)
    (point,) = point_ids(session, "A01")
    session.rollback()
    client.post(f"/training/materials/{number}/points", data={"shown": [point], "point": [point]})
    worker = make_person(session, "王某", organisation=unit).id
    session.rollback()
    sign_in(client, worker)
    assert "接地线的装拆" in client.get("/training/").text
    page = client.get(f"/training/materials/{number}").text
    assert "先<strong>接地端</strong>。" in page
    assert 'href="https://files.example/a.pdf"' in page
    assert 'rel="noopener noreferrer nofollow"' in page
    assert "要点A01" in page
    assert client.get(f"/training/materials/{number}/edit").status_code == 403


@pytest.mark.parametrize(
    ("raw", "name", "told"),
    [
        (b"<svg><script>alert(1)</script></svg>", "drawing.svg", "neither a PDF nor"),
        (b"<svg><script>alert(1)</script></svg>", "drawing.png", "neither a PDF nor"),
        (b"<html><script>alert(1)</script>", "manual.pdf", "neither a PDF nor"),
        (b"%PDF-1.4 <script>", "manual.pdf", "damaged or cut off"),
        (make_pdf(b"<< /S /J#61vaScript >>"), "manual.pdf", "holds a script"),
        (make_pdf(b"<< /Encrypt 1 0 R >>"), "manual.pdf", "locked with a password"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "a.png", "The picture is damaged"),
        (make_pdf() + bytes(101), "big.pdf", "larger than 10 MB"),
    ],
)
def test_a_hostile_file_is_refused_and_what_was_typed_stays(
    client: FlaskClient,
    unit: int,
    raw: bytes,
    name: str,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("lianbing.training.materials.files.MOST_BYTES", 100 + len(make_pdf()))
    material = make_material(unit, now=utc_now())
    page = upload(client, material, raw, name, title="我写的说明")
    assert told in page
    assert 'value="我写的说明"' in page
    assert "Only text so far" in page


def test_a_refused_link_keeps_what_was_typed(client: FlaskClient, unit: int) -> None:
    material = make_material(unit, now=utc_now())
    typed = {"link_title": "厂内文件", "url": "javascript:alert(1)"}
    response = client.post(f"/training/materials/{material}/links", data=typed)
    assert response.status_code == 400
    assert 'value="javascript:alert(1)"' in response.text
    assert "begins with http://" in response.text


def test_files_are_served_so_that_nothing_in_them_runs(client: FlaskClient, unit: int) -> None:
    material = make_material(unit, now=utc_now())
    upload(client, material, make_pdf(), 'a".html', title='手册"; filename=evil.html')
    upload(client, material, make_picture("JPEG", note=b"at the gate"), "b.jpg", title="接线图")
    page = client.get(f"/training/materials/{material}").text
    addresses = {part.split('"')[0] for part in page.split('href="') if "/files/" in part}
    answers = {client.get(address).mimetype: client.get(address) for address in addresses}
    assert set(answers) == {"application/pdf", "image/jpeg"}
    for answer in answers.values():
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    pdf = answers["application/pdf"].headers["Content-Disposition"]
    assert pdf.startswith("attachment; filename=file.pdf;")
    assert pdf.endswith(".pdf")
    assert ".html" not in pdf
    assert b"at the gate" not in answers["image/jpeg"].data


def test_a_wrong_answer_offers_what_to_study_and_a_right_one_does_not(
    session: Session, client: FlaskClient
) -> None:
    learning = make_learning(session, [make_question("Q1"), make_question("Q2")])
    (point,) = point_ids(session, "A01")
    union, person = learning.union.id, learning.person.id
    session.rollback()
    material = make_material(union, title="接地线的装拆", points=[point], now=utc_now())
    sign_in(client, person)
    drill = start(client, learning)
    link = f'href="/training/materials/{material}"'
    for position, given, offered in ((1, WRONG, True), (2, RIGHT, False)):
        kind = items_of(drill)[position - 1][1]
        address = f"/practice/drills/{drill}/{position}"
        assert link not in client.get(address).text
        client.post(address, data=form_of(given[kind]))
        assert (link in client.get(address).text) is offered
        assert (link in client.get(address + "/part").text) is offered


def test_a_beat_is_counted_and_told_in_words(
    session: Session, client: FlaskClient, unit: int
) -> None:
    material = make_material(unit, now=utc_now())
    worker = make_person(session, "王某", organisation=unit).id
    session.rollback()
    sign_in(client, worker)
    told = client.post(f"/training/materials/{material}/beat", data={"active": "999999999"})
    assert told.json == {"seconds": 30, "words": "0 min"}
    assert client.post(f"/training/materials/{material}/beat", data={"active": "x"}).json
    assert client.post("/training/materials/999999/beat", data={"active": "1"}).status_code == 404


def test_the_map_of_mastery_offers_material_for_what_would_raise_the_score(
    session: Session, client: FlaskClient
) -> None:
    learning = make_learning(session, [make_question("Q1")])
    (point,) = point_ids(session, "A01")
    union, person = learning.union.id, learning.person.id
    session.rollback()
    material = make_material(union, title="接地线的装拆", points=[point], now=utc_now())
    sign_in(client, person)
    assert f'href="/training/materials/{material}"' in client.get("/practice/map/").text
