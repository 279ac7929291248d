"""Whatever is thrown at the answer API: a clear refusal, never a crash, and a whole journal.

Property and fuzz tests over HTTP, through the hot path and the Flask views alike, on both
databases. What single malformed requests get is in ``tests/web/exams/test_exam_flow.py``.
"""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, enter, make_exam_world, post, token_of

from lianbing.exams.attempt_tokens import Seat
from lianbing.exams.folding import counted_answers
from lianbing.exams.journal import answer_text
from lianbing.exams.models import AnswerEntry
from lianbing.grading.rules import answer_checker
from lianbing.infra.database import db

fuzz = settings(
    max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, *HealthCheck]
)
PATHS = ("save", "hand-in")
CODES = {"bad_token", "malformed_save"}
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
near_entries = st.fixed_dictionaries(
    {},
    optional={
        "seq": st.integers(-1, 6) | anything,
        "question": st.integers(-1, 12) | anything,
        "answer": st.sampled_from(["A", "D", "Z", ["A", "B"], ["A", "A"], True, ["1e9999999"]])
        | anything,
        "at": st.text(max_size=60) | anything,
        "attempt": st.integers(1, 9),
        "device": st.integers(1, 9),
    },
)
bodies = anything | st.fixed_dictionaries(
    {"entries": anything | st.lists(near_entries | anything, max_size=6)}
)


@pytest.fixture
def world(session: Session) -> ExamWorld:
    return make_exam_world(session)


@pytest.fixture
def seat(world: ExamWorld) -> Seat:
    return enter(world)


@pytest.fixture(autouse=True)
def nothing_held(session: Session) -> Iterator[None]:
    session.rollback()
    yield
    session.rollback()


def journal(session: Session) -> dict[tuple[int, int, int], tuple[int, str]]:
    session.rollback()
    rows = session.scalars(select(AnswerEntry).execution_options(populate_existing=True))
    found = {(r.attempt_id, r.device, r.seq): (r.question, r.answer) for r in rows}
    session.rollback()
    return found


def empty_journal() -> None:
    with db.engine.begin() as connection:
        connection.execute(delete(AnswerEntry))


def test_no_body_crashes_or_leaves_an_entry_that_is_no_answer(
    app: Flask, client: FlaskClient, session: Session, world: ExamWorld, seat: Seat
) -> None:
    token = token_of(app, seat)
    checkers = [answer_checker(question.content) for question in world.paper(session).questions]

    @fuzz
    @given(body=bodies)
    def check(body: object) -> None:
        empty_journal()
        reply = post(client, token, "save", body)
        rows = journal(session)
        if reply.status_code != 200:
            assert (reply.status_code, reply.get_json()["error"]["code"]) == (400, "malformed_save")
            assert rows == {}
            return
        outcomes = {r["seq"]: r["outcome"] for r in reply.get_json()["results"]}
        assert set(outcomes.values()) <= {"counted", "refused"}
        stored = {(seat.attempt_id, seat.device, q) for q, o in outcomes.items() if o == "counted"}
        assert set(rows) == stored
        for question, answer in rows.values():
            assert answer_text(checkers[question - 1](json.loads(answer))) == answer

    check()


@pytest.mark.parametrize("path", PATHS)
def test_bytes_that_are_no_json_are_refused(
    app: Flask, client: FlaskClient, session: Session, seat: Seat, path: str
) -> None:
    headers = {"X-Attempt-Token": token_of(app, seat), "Content-Type": "application/json"}

    @fuzz
    @given(raw=st.binary(min_size=1, max_size=60) | st.just(b'{"entries":' + b"[" * 5000))
    def check(raw: bytes) -> None:
        try:
            parsed = json.loads(raw)
        except (ValueError, RecursionError):
            parsed = None
        if isinstance(parsed, dict):
            return
        reply = client.post(f"/api/exams/{path}", data=raw, headers=headers)
        assert (reply.status_code, reply.get_json()["error"]["code"]) == (400, "malformed_save")

    check()
    assert journal(session) == {}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("size", [256 * 1024 + 1, 12 * 1024 * 1024])
def test_giant_bodies_are_refused_unread_and_end_nothing(
    app: Flask, client: FlaskClient, session: Session, seat: Seat, path: str, size: int
) -> None:
    token = token_of(app, seat)
    text = '{"entries":[{"seq":1,"question":1,"answer":"A","at":"' + "x" * size + '"}]}'
    reply = client.post(f"/api/exams/{path}", data=text, headers={"X-Attempt-Token": token})
    assert (reply.status_code, reply.get_json()["error"]["code"]) == (400, "malformed_save")
    assert journal(session) == {}
    good = {"entries": [{"seq": 1, "question": 1, "answer": "A"}]}
    assert post(client, token, "save", good).get_json()["results"][0]["outcome"] == "counted"


@pytest.mark.parametrize("length", ["", "-1", "+5", "1e3", "0x10", "many", "１２"])
def test_lengths_that_are_none_are_refused(
    app: Flask, client: FlaskClient, session: Session, seat: Seat, length: str
) -> None:
    reply = client.post(
        "/api/exams/save",
        data=b'{"entries":[]}' * 20_000,
        headers={"X-Attempt-Token": token_of(app, seat)},
        environ_overrides={"CONTENT_LENGTH": length},
    )
    assert reply.status_code == 400
    assert journal(session) == {}


def test_no_altered_token_opens_anything(
    app: Flask, client: FlaskClient, session: Session, world: ExamWorld, seat: Seat
) -> None:
    other = token_of(app, enter(world, 1))
    token = token_of(app, seat)
    session.rollback()
    text = st.characters(min_codepoint=33, max_codepoint=255, exclude_characters="\x7f")
    altered = st.tuples(st.integers(0, len(token) - 1), text).map(
        lambda change: token[: change[0]] + change[1] + token[change[0] + 1 :]
    )
    cut = st.integers(0, len(token)).map(lambda at: token[:at] + other[at:])
    body = {"entries": [{"seq": 1, "question": 1, "answer": "A"}]}

    @fuzz
    @given(forged=altered | cut | st.text(text, max_size=80))
    def check(forged: str) -> None:
        if _unsigned(forged) in (_unsigned(token), _unsigned(other)):
            return  # the last letter of base64 has bits that say nothing
        for path in PATHS:
            reply = post(client, forged, path, body)
            assert (reply.status_code, reply.get_json()["error"]["code"]) == (403, "bad_token")

    check()
    assert journal(session) == {}


def _unsigned(token: str) -> bytes:
    head, _, signature = token.rpartition(".")
    try:
        return head.encode() + base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    except (ValueError, UnicodeError):
        return token.encode()


@pytest.mark.parametrize(
    ("secret", "salt"),
    [
        ("another-secret-another-secret-another", "lianbing.exams.seat"),
        (None, "cookie-session"),
        (None, "lianbing.exams.receipt"),
    ],
)
def test_tokens_signed_elsewhere_or_for_something_else_are_refused(
    app: Flask, client: FlaskClient, seat: Seat, secret: str | None, salt: str
) -> None:
    key = secret or app.extensions["lianbing_settings"].secret_key
    payload = [seat.attempt_id, seat.exam_id, seat.person_id, seat.paper_id, seat.device]
    forged = str(URLSafeSerializer(key, salt=salt).dumps(payload))
    reply = post(client, forged, "save", {"entries": []})
    assert (reply.status_code, reply.get_json()["error"]["code"]) == (403, "bad_token")


def test_a_request_cannot_name_another_attempt_or_device(
    app: Flask, client: FlaskClient, session: Session, world: ExamWorld, seat: Seat
) -> None:
    victim = enter(world, 1)
    entry: dict[str, Any] = {"seq": 1, "question": 1, "answer": "A"}
    named = {"attempt": victim.attempt_id, "attempt_id": victim.attempt_id, "device": 7}
    body = {"entries": [{**entry, **named}], **named}
    assert post(client, token_of(app, seat), "save", body).status_code == 200
    assert set(journal(session)) == {(seat.attempt_id, seat.device, 1)}


def test_a_seat_whose_number_now_belongs_to_another_person_is_refused(
    app: Flask, client: FlaskClient, session: Session, world: ExamWorld, seat: Seat
) -> None:
    """After a backup is restored, numbers are given out again: yesterday's page must not write."""
    stale = Seat(
        attempt_id=seat.attempt_id,
        exam_id=seat.exam_id,
        person_id=world.candidates[1],
        paper_id=seat.paper_id,
        device=seat.device,
    )
    for path in PATHS:
        body = {"entries": [{"seq": 1, "question": 1, "answer": "A"}]}
        reply = post(client, token_of(app, stale), path, body)
        assert (reply.status_code, reply.get_json()["error"]["code"]) == (403, "bad_token")
    assert client.get(
        "/api/exams/state", headers={"X-Attempt-Token": token_of(app, stale)}
    ).status_code in (403,)
    assert journal(session) == {}


requests = st.lists(
    st.lists(
        st.tuples(st.integers(1, 9), st.integers(1, 4), st.sampled_from("ABC")),
        min_size=1,
        max_size=5,
        unique_by=lambda entry: entry[0],
    ),
    max_size=12,
)


@pytest.mark.slow
def test_replays_gaps_and_any_order_leave_the_first_content_of_each_number(
    app: Flask, client: FlaskClient, session: Session, seat: Seat
) -> None:
    token = token_of(app, seat)

    @fuzz
    @given(sent=requests)
    def check(sent: list[list[tuple[int, int, str]]]) -> None:
        empty_journal()
        model: dict[int, tuple[int, str]] = {}
        for batch in sent:
            entries = [{"seq": s, "question": q, "answer": a} for s, q, a in batch]
            reply = post(client, token, "save", {"entries": entries}).get_json()
            outcomes = {r["seq"]: (r["outcome"], r.get("code")) for r in reply["results"]}
            for seq, question, answer in batch:
                kept = model.setdefault(seq, (question, answer))
                same = kept == (question, answer)
                expected = ("counted", None) if same else ("refused", "other_content")
                assert outcomes[seq] == expected
        rows = {key[2]: (q, json.loads(a)) for key, (q, a) in journal(session).items()}
        assert rows == model
        answers = {question: answer for _, (question, answer) in sorted(model.items())}
        assert counted_answers(session, seat.attempt_id) == answers
        session.rollback()

    check()


def test_hostile_numbers_do_not_keep_a_script_from_being_marked(
    app: Flask, client: FlaskClient, world: ExamWorld
) -> None:
    """One answer that crashes the marking would keep a whole batch of others from closing."""
    token = token_of(app, enter(world))
    entries = [
        {"seq": number, "question": number, "answer": ["接地", "1e9999999"]}
        for number in range(1, 11)
    ]
    ended = post(client, token, "hand-in", {"entries": entries})
    assert (ended.status_code, ended.get_json()["state"]) == (200, "handed_in")
    outcomes = [result["outcome"] for result in ended.get_json()["results"]]
    assert outcomes.count("counted") == 2
