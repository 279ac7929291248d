"""Whoever holds a dump of database and Redis before the opening learns nothing of the draw."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, make_exam_world
from tests.people_factory import sign_in

from lianbing.banks.models import QuestionVersion
from lianbing.banks.rules import BlanksKey, TextBlank
from lianbing.infra.audit import AuditEntry
from lianbing.infra.database import db, transaction
from lianbing.infra.settings import Settings
from lianbing.kernel.clock import utc_now
from lianbing.papers.models import PaperQuestionRow, SealedPaper
from lianbing.papers.rules import FrozenPaper
from lianbing.papers.tasks import list_due
from lianbing.papers.vault import list_released, take_out

BANK = {"question", "question_version", "question_source"}
"""Tables of the bank: they hold every question, drawn or not, and may."""

FIRST_VERSION = 7_300_401
SEED = 86_753_098_675_309


@pytest.fixture
def world(session: Session) -> Iterator[ExamWorld]:
    """An exam an hour ahead; its bank's version ids are numbers that nothing else has."""
    ids = count(FIRST_VERSION)

    def number(_mapper: object, _connection: object, version: QuestionVersion) -> None:
        version.id = next(ids)

    opens_at = utc_now() + timedelta(hours=1)
    event.listen(QuestionVersion, "before_insert", number)
    try:
        yield make_exam_world(
            session, seed=SEED, opens_at=opens_at, closes_at=opens_at + timedelta(hours=2)
        )
    finally:
        event.remove(QuestionVersion, "before_insert", number)


def drawn(session: Session, world: ExamWorld) -> FrozenPaper:
    """What was drawn; nothing of it is kept by the process."""
    paper = take_out(session, world.paper_id).paper
    session.rollback()
    return paper


def tables(session: Session) -> Iterator[tuple[str, bytes]]:
    """Every value of every row of every table but the bank's, with its place."""
    for table in db.metadata.sorted_tables:
        if table.name not in BANK:
            for row in session.execute(select(table)).mappings():
                yield from ((f"{table.name}.{name}", as_bytes(row[name])) for name in row)


def in_redis(app: Flask) -> Iterator[tuple[str, bytes]]:
    client: Redis | None = app.extensions["lianbing_redis"]
    settings: Settings = app.extensions["lianbing_settings"]
    if client is not None:
        for key in client.scan_iter(match=settings.redis_prefix + "*"):
            yield "redis", bytes(key) + bytes(client.dump(key) or b"")


def as_bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    return text.encode()


def tell_tales(paper: FrozenPaper) -> set[str]:
    """Every text that only a drawn question has, its version's number, and the draw's seed."""
    told = {str(SEED)}
    for question in paper.questions:
        content = question.content
        told |= {content.stem, content.explanation, str(content.version_id)}
        told |= {option.text for option in content.options if len(option.text) > 2}
        if isinstance(content.key, BlanksKey):
            texts = [blank for blank in content.key.blanks if isinstance(blank, TextBlank)]
            told |= {text for blank in texts for text in blank.accept}
    return told


def found(app: Flask, session: Session, told: set[str]) -> list[str]:
    """Where a dump tells of it, also as JSON writes it when it escapes."""
    forms = told | {json.dumps(text).strip('"') for text in told}
    tale = re.compile(b"|".join(re.escape(form.encode()) for form in forms))
    places = [*tables(session), *in_redis(app)]
    assert len(places) > 300
    return sorted({place for place, value in places if tale.search(value)})


def test_a_dump_before_the_opening_does_not_tell_what_was_drawn(
    app: Flask, session: Session, world: ExamWorld
) -> None:
    paper = drawn(session, world)
    assert all(one.content.version_id >= FIRST_VERSION for one in paper.questions)
    client = app.test_client()
    sign_in(client, world.candidates[0])
    assert client.get(f"/exams/{world.exam_id}/").status_code == 200
    assert found(app, session, tell_tales(paper)) == []


def test_the_same_search_finds_what_is_listed_after_the_release(
    app: Flask, session: Session, world: ExamWorld
) -> None:
    told = tell_tales(drawn(session, world))
    list_at(world.plan.opens_at)
    assert found(app, session, told) == ["paper_question.question_version_id"]


def test_the_audit_trail_names_blueprint_and_fingerprint_alone(
    session: Session, world: ExamWorld
) -> None:
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "papers.draw")).one()
    assert set(json.loads(entry.details)) == {"blueprint_id", "content_hash"}


def test_questions_are_listed_from_the_release_on_and_once(
    session: Session, world: ExamWorld
) -> None:
    versions = [question.content.version_id for question in drawn(session, world).questions]
    list_due()
    assert session.scalars(select(PaperQuestionRow)).all() == []
    for _again in range(2):
        list_at(world.plan.opens_at)
        session.rollback()
        rows = session.scalars(select(PaperQuestionRow).order_by(PaperQuestionRow.number)).all()
        assert [row.question_version_id for row in rows] == versions


def test_a_paper_that_no_exam_is_held_on_is_never_listed(session: Session) -> None:
    world = make_exam_world(session)
    with transaction() as writing:
        sealed = writing.get_one(SealedPaper, world.paper_id)
        sealed.held_at = sealed.release_at = None
    assert list_at(utc_now()) == 0


def list_at(now: datetime) -> int:
    with transaction() as writing:
        return list_released(writing, now=now)
