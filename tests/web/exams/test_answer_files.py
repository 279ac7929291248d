"""The staff page of answer files: a file or its text, and a clear word on what is none."""

from datetime import timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session
from tests.answer_files_factory import seal
from tests.exams_factory import ExamWorld, enter, make_exam_world, save, seats
from tests.people_factory import sign_in

from lianbing.exams.receipts.answer_keys import ensure_public_key
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import PersonId


@pytest.fixture
def world(session: Session) -> ExamWorld:
    return make_exam_world(session)


def made(world: ExamWorld, *, ended: bool = True) -> str:
    seat = enter(world)
    save(seat, [(1, 1, "A")])
    if ended:
        past = utc_now() - timedelta(hours=1)
        with db.engine.begin() as connection:
            at = past.replace(tzinfo=None).isoformat(" ")
            connection.execute(text("UPDATE attempt SET final_at = :at, due_at = :at"), {"at": at})
    key = ensure_public_key(world.exam_id, keyring=current_keyring(), now=utc_now())
    entries = [{"seq": 2, "question": 1, "answer": "B", "at": "2026-11-20T08:00:00Z"}]
    token = seats().issue(seat)
    return seal(key, world.exam_id, {"sittings": [{"token": token, "entries": entries}]})


def page_of(world: ExamWorld) -> str:
    return f"/exams/manage/{world.exam_id}/answer-files"


def test_pasted_text_is_taken_in_and_shown_beside_what_counts(
    client: FlaskClient, world: ExamWorld
) -> None:
    sign_in(client, PersonId(world.organiser_id))
    taken = client.post(page_of(world), data={"text": made(world)})
    assert taken.status_code == 302
    shown = client.get(taken.headers["Location"])
    assert "将改变作答" in shown.text
    assert f"/exams/invigilation/{world.exam_id}/{world.candidates[0]}" in shown.text
    assert "考生0" in client.get(page_of(world)).text


def test_uploaded_file_is_taken_in(client: FlaskClient, world: ExamWorld) -> None:
    sign_in(client, PersonId(world.organiser_id))
    file = (BytesIO(made(world).encode()), "answers.json")
    assert client.post(page_of(world), data={"file": file}).status_code == 302


@pytest.mark.parametrize("given", ["", "hello", "{}", "[[["])
def test_what_is_no_answer_file_is_told(client: FlaskClient, world: ExamWorld, given: str) -> None:
    sign_in(client, PersonId(world.organiser_id))
    answer = client.post(page_of(world), data={"text": given})
    assert answer.status_code == 200
    assert "这不是本系统的答案文件" in answer.text


def test_file_of_a_candidate_still_answering_waits(client: FlaskClient, world: ExamWorld) -> None:
    text_ = made(world, ended=False)
    sign_in(client, PersonId(world.organiser_id))
    assert "尚未结束" in client.post(page_of(world), data={"text": text_}).text


def test_candidates_cannot_open_the_page(client: FlaskClient, world: ExamWorld) -> None:
    sign_in(client, world.candidates[0])
    assert client.get(page_of(world)).status_code == 403
