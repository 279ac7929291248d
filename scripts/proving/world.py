"""The world a scenario runs in: a real paper frozen from a shipped bank, and many candidates.

Organisations, bank, paper and exam come from the product's own use cases; rows by the ten
thousand are inserted in bulk, with the content the use cases would have written.
"""

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import insert
from sqlalchemy.orm import DeclarativeBase

from lianbing.banks import demo as bank_demo
from lianbing.banks.rules import Answer, BlanksKey, QuestionType, part_contents
from lianbing.entry import create_app
from lianbing.entry.readiness import upgrade_schema
from lianbing.exams.attempt_tokens import Seat, SeatTokens
from lianbing.exams.models import AnswerEntry, Attempt, AttemptDevice, ExamCandidate
from lianbing.exams.rules import AttemptState, Release
from lianbing.exams.use_cases import ExamPlan, schedule_exam
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction, writing_connection
from lianbing.infra.settings import Settings
from lianbing.kernel.actor import SYSTEM
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import AttemptId, ExamId, OrganisationId, PaperId, PersonId
from lianbing.papers import demo as paper_demo
from lianbing.papers.queries import get_frozen_paper
from lianbing.papers.rules import FrozenPaper, PaperQuestion
from lianbing.people import demo as people_demo
from lianbing.people.models.accounts import Account, LoginSession
from lianbing.people.models.persons import Membership, Person
from lianbing.web.i18n import compile_catalogues

BANKS = Path(__file__).resolve().parents[2] / "question_banks"
FIRST_PERSON = 1_000_000
FIRST_PHONE = 13_900_000_000
LONG_AGO = date(2020, 1, 1)
ROWS_AT_ONCE = 5_000


@dataclass(frozen=True, kw_only=True)
class World:
    """What every scenario starts from."""

    app: Flask
    city_id: OrganisationId
    team_id: OrganisationId
    unit_id: OrganisationId
    paper: FrozenPaper


@contextmanager
def open_world(settings: Settings) -> Iterator[World]:
    """An application over an empty database, with organisations, bank and paper."""
    compile_catalogues()
    app = create_app(settings)
    upgrade_schema(app)
    with app.app_context():
        db.create_all()
        yield _furnish(app)
        db.session.remove()
        db.engine.dispose()


def _furnish(app: Flask) -> World:
    now = utc_now()
    with transaction() as session:
        people = people_demo.load_demo(session, now=now)
        bank_demo.load_demo(session, organisation_id=people.city, folder=BANKS, now=now)
        paper_id = paper_demo.load_demo(session, organisation_id=people.city, now=now)
    if paper_id is None:
        raise RuntimeError("the demo's bank is missing")
    paper = get_frozen_paper(db.session(), PaperId(paper_id))
    db.session.rollback()
    return World(
        app=app,
        city_id=people.city,
        unit_id=people.plant,
        team_id=people.organisations["DEMO-T1"],
        paper=paper,
    )


def add_exam(world: World, *, opens_in: timedelta, window: timedelta, **changes: Any) -> ExamId:
    """An exam on the world's paper; ``changes`` go into its plan."""
    now = utc_now()
    plan = ExamPlan(
        title="电工理论竞赛初赛",
        organisation_id=world.city_id,
        paper_id=world.paper.id,
        opens_at=now + opens_in,
        closes_at=now + opens_in + window,
        duration=min(window, timedelta(minutes=90)),
        pass_mark=Decimal(60),
        results_release=Release.AFTER_CLOSE,
        explanations_release=Release.AFTER_CLOSE,
    )
    with transaction() as session:
        return schedule_exam(session, SYSTEM, replace(plan, **changes), now=now)


def add_people(world: World, count: int, *, password_hash: str | None = None) -> list[PersonId]:
    """Persons of one team with accounts; sign-in names are their phones."""
    now = utc_now()
    keyring = current_keyring()
    ids = [PersonId(FIRST_PERSON + index) for index in range(count)]
    _insert(
        Person,
        (
            {
                "id": person_id,
                "name": f"考生{index:05d}",
                "phone_sealed": b"",
                "phone_digest": keyring.digest("phone", phone_of(index)),
                "created_at": now,
            }
            for index, person_id in enumerate(ids)
        ),
    )
    home = {"organisation_id": world.team_id, "unit_id": world.unit_id, "valid_from": LONG_AGO}
    _insert(Membership, ({"person_id": id_, "created_at": now, **home} for id_ in ids))
    account = {"password_hash": password_hash, "created_at": now}
    _insert(Account, ({"id": id_, "person_id": id_, **account} for id_ in ids))
    return ids


def phone_of(index: int) -> str:
    """The sign-in name of the person at an index."""
    return str(FIRST_PHONE + index)


def enrol_all(exam_id: ExamId, person_ids: Sequence[PersonId]) -> None:
    """Put persons on the roster, each with an order of their own."""
    now = utc_now()
    _insert(
        ExamCandidate,
        (
            {
                "exam_id": exam_id,
                "person_id": person_id,
                "order_seed": secrets.randbits(48),
                "enrolled_at": now,
            }
            for person_id in person_ids
        ),
    )


def start_attempts(
    world: World,
    exam_id: ExamId,
    person_ids: Sequence[PersonId],
    *,
    due_at: datetime,
    grace: timedelta = timedelta(seconds=30),
) -> list[Seat]:
    """Attempts under way, as entering them one by one would have left them."""
    now = utc_now()
    same = {
        "exam_id": exam_id,
        "paper_id": world.paper.id,
        "state": AttemptState.OPEN.value,
        "device": 1,
        "started_at": now,
        "due_at": due_at,
        "final_at": due_at + grace,
    }
    _insert(
        Attempt,
        (
            {"id": id_, "person_id": id_, "order_seed": secrets.randbits(48), **same}
            for id_ in person_ids
        ),
    )
    device = {"number": 1, "entered_at": now, "user_agent": "bench"}
    _insert(AttemptDevice, ({"attempt_id": id_, **device} for id_ in person_ids))
    return [
        Seat(
            attempt_id=AttemptId(id_),
            exam_id=exam_id,
            person_id=id_,
            paper_id=world.paper.id,
            device=1,
        )
        for id_ in person_ids
    ]


def fill_journal(world: World, seats: Sequence[Seat], each: int) -> None:
    """The first ``each`` questions answered on every seat, as saves would have left them.

    Sequence, question and answer follow the rule of ``saves.Saves.content``, so that what is
    sent over HTTP afterwards continues it.
    """
    answers = [
        [json.dumps(one, ensure_ascii=False) for one in row] for row in legal_answers(world.paper)
    ]
    now = utc_now()
    same = {"device": 1, "standing": "counted", "arrived_at": now, "device_clock": ""}

    def rows() -> Iterator[Mapping[str, Any]]:
        for candidate, seat in enumerate(seats):
            for seq in range(1, each + 1):
                number = (candidate + seq) % len(answers)
                text = answers[number][seq % len(answers[number])]
                entry = {"attempt_id": seat.attempt_id, "seq": seq, "question": number + 1}
                yield {**entry, **same, "answer": text}

    if db.engine.dialect.name == "postgresql":
        copy_rows("answer_entry", rows())
    else:
        _insert(AnswerEntry, rows())


def settle_tables() -> None:
    """What a database does by itself in the hours between filling and an exam, done at once.

    Statistics, visibility and a checkpoint; else they fall into the seconds that are measured.
    """
    if db.engine.dialect.name != "postgresql":
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
        connection.exec_driver_sql("CHECKPOINT")


def copy_rows(table: str, rows: Iterator[Mapping[str, Any]]) -> None:
    """PostgreSQL's COPY, for rows by the hundred thousand."""
    first = next(rows)
    connection: Any = db.engine.raw_connection()
    names = ", ".join(first)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        copy.write_row(list(first.values()))
        for row in rows:
            copy.write_row(list(row.values()))
    connection.commit()
    connection.close()


def tokens_of(app: Flask, seats: Sequence[Seat]) -> list[str]:
    """The attempt tokens that entering would have given out."""
    tokens: SeatTokens = app.extensions["lianbing_seats"]
    return [tokens.issue(seat) for seat in seats]


@dataclass(frozen=True, kw_only=True)
class Cookies:
    """Signed-in browsers: one cookie a person, and the form token that fits them all."""

    cookies: list[str]
    csrf_token: str


def sign_in_all(app: Flask, person_ids: Sequence[PersonId]) -> Cookies:
    """Sign-in sessions and the cookies they would have been given."""
    now = utc_now()
    keyring = current_keyring()
    held = {id_: secrets.token_urlsafe(32) for id_ in person_ids}
    times = {"created_at": now, "seen_at": now, "expires_at": now + timedelta(days=30)}
    _insert(
        LoginSession,
        (
            {"account_id": id_, "token_digest": keyring.digest("session", token), **times}
            for id_, token in held.items()
        ),
    )
    signer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    raw = secrets.token_hex(20)
    cookies = [
        signer.dumps({"_user_id": token, "_fresh": True, "csrf_token": raw})
        for token in held.values()
    ]
    return Cookies(cookies=cookies, csrf_token=_form_token(app, raw))


def door_cookie(app: Flask) -> Cookies:
    """The cookie and form token of a browser that has the sign-in page open."""
    signer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    raw = secrets.token_hex(20)
    cookie = signer.dumps({"csrf_token": raw})
    return Cookies(cookies=[cookie], csrf_token=_form_token(app, raw))


def _form_token(app: Flask, raw: str) -> str:
    return str(URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(raw))


def legal_answers(paper: FrozenPaper) -> list[list[Answer]]:
    """A few answers that fit each question's type, in the order of the questions."""
    return [_answers_to(question) for question in paper.questions]


def _answers_to(question: PaperQuestion) -> list[Answer]:
    content = question.content
    letters = [option.letter for option in content.options]
    match content.type:
        case QuestionType.SINGLE_CHOICE:
            return list(letters)
        case QuestionType.MULTIPLE_CHOICE:
            return [letters[:2], letters[1:3], letters[:3], letters]
        case QuestionType.TRUE_FALSE:
            return [True, False]
        case QuestionType.FILL_BLANK:
            blanks = content.key.blanks if isinstance(content.key, BlanksKey) else ()
            return [["接地"] * len(blanks), ["50"] * len(blanks)]
        case QuestionType.MATCHING:
            return [letters[: len(content.prompts)], letters[-len(content.prompts) :]]
        case QuestionType.ORDERING:
            return [letters, letters[::-1]]
        case QuestionType.SHORT_ANSWER:
            return ["断电、验电、接地"]
        case QuestionType.CASE:
            parts = (
                PaperQuestion(number=question.number, marks=question.marks, content=part)
                for part in part_contents(content)
            )
            firsts = [_answers_to(part)[0] for part in parts]
            return [firsts]  # type: ignore[list-item]


def _insert(table: type[DeclarativeBase], rows: Iterator[Mapping[str, Any]]) -> None:
    batch: list[Mapping[str, Any]] = []
    with writing_connection(db.engine) as connection:
        for row in rows:
            batch.append(row)
            if len(batch) == ROWS_AT_ONCE:
                connection.execute(insert(table), batch)
                batch = []
        if batch:
            connection.execute(insert(table), batch)
