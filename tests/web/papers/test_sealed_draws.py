"""Whoever keeps the bank may read it, but no page tells which questions a sealed paper holds."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.banks_factory import make_question
from tests.exams_factory import ExamWorld, make_exam_world
from tests.people_factory import make_person, sign_in

from lianbing.banks.models import Question, QuestionVersion
from lianbing.banks.rules import QuestionType, QuestionUse
from lianbing.infra.database import db
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.papers.blueprints import Cell
from lianbing.papers.models import Paper
from lianbing.people.models import Organisation

WORD = re.compile(r"独题(\d\d)")


def words(number: int) -> str:
    """Words of a stem's own: no two questions are alike, so none is told of beside another."""
    return "".join(chr(0x4E00 + 97 * number + 3 * place) for place in range(24))


BANK = [
    make_question(
        f"Z{number:02d}",
        stem=f"独题{number:02d}{words(number)}的题干",
        use=(QuestionUse.EXAM, QuestionUse.BOTH)[number % 2],
        point="A01",
    )
    for number in range(24)
]
SECRET = set(range(0, 24, 2))
OPEN = set(range(1, 24, 2))
"""A page may show all exam-only questions, or all others, or none: never some of either."""
CELLS = (Cell(type=QuestionType.SINGLE_CHOICE, count=10, marks=Decimal(10)),)


class Sealed:
    """A paper of ten of twenty-four questions, to be sat in three days."""

    def __init__(self, session: Session) -> None:
        opens_at = utc_now() + timedelta(days=3)
        self.world: ExamWorld = make_exam_world(
            session,
            cells=CELLS,
            questions=BANK,
            opens_at=opens_at,
            closes_at=opens_at + timedelta(hours=2),
        )
        self.drawn = {
            int(WORD.search(question.content.stem)[1])  # type: ignore[index]
            for question in self.world.paper(session).questions
        }
        rows = session.execute(
            select(QuestionVersion.stem, Question.id).join(
                Question, Question.id == QuestionVersion.question_id
            )
        )
        self.ids = {int(WORD.search(row[0])[1]): row[1] for row in rows}  # type: ignore[index]
        paper = session.get_one(Paper, self.world.paper_id)
        self.known = {
            "paper_id": paper.id,
            "bank_id": paper.bank_id,
            "blueprint_id": paper.blueprint_id,
            "exam_id": self.world.exam_id,
            "organisation_id": paper.organisation_id,
        }
        city = session.get_one(Organisation, self.world.plan.organisation_id)
        roles = [(role, city) for role in Role if role is not Role.WORKER]
        self.staff = make_person(session, "孙某", roles=roles).id
        session.rollback()


@pytest.fixture
def sealed(app: Flask) -> Sealed:
    with app.app_context():
        return Sealed(db.session())


def addresses(app: Flask, values: dict[str, Any]) -> Iterator[str]:
    """Every page there is, with what is known of the paper where a page asks for it."""
    adapter = app.url_map.bind("127.0.0.1")
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()):
            continue
        given = {
            name: values.get(name, 1 if "Integer" in type(converter).__name__ else "x")
            for name, converter in rule._converters.items()
        }
        if "kind" in given:
            given["kind"] = QuestionType.SINGLE_CHOICE.value
        yield adapter.build(rule.endpoint, given)


def text_of(client: FlaskClient, address: str) -> str:
    return client.get(address).data.decode("utf-8", "replace")


def bare(text: str) -> str:
    """What a page says, without drawings, addresses and the question's own name."""
    text = re.sub(r"<svg.*?</svg>", "", text.partition("<main")[2], flags=re.DOTALL)
    text = re.sub(r'name="csrf_token"\s+value="[^"]*"', "", text)  # tells the second of its making
    return re.sub(r"独题\d\d([^的]*的题干)?|Z\d\d|besides=\d+|/\d+|\d\d:\d\d", "…", text)


def browser(app: Flask, sealed: Sealed, person_id: int) -> FlaskClient:
    client = app.test_client()
    sign_in(client, person_id)
    door = f"/banks/secrecy/{sealed.known['bank_id']}"
    client.post(door, data={"pledge": "1", "purpose": "审题"})
    client.get("/")  # takes the message that would stand on the first page
    return client


def test_no_page_names_the_drawn_questions_apart_from_the_others(
    app: Flask, sealed: Sealed
) -> None:
    assert 0 < len(sealed.drawn) < len(BANK)
    told, shown = {}, 0
    for person_id in (sealed.staff, int(sealed.world.candidates[0])):
        client = browser(app, sealed, person_id)
        for address in addresses(app, sealed.known | {"question_id": sealed.ids[1]}):
            named = {int(number) for number in WORD.findall(text_of(client, address))} - {1}
            shown += bool(named)
            if any(named & alike not in (set(), alike - {1}) for alike in (SECRET, OPEN)):
                told[address] = named
    assert told == {}
    assert shown > 0


def test_a_drawn_question_looks_like_one_that_was_not(app: Flask, sealed: Sealed) -> None:
    inside = min(number for number in sealed.drawn if number % 2)
    outside = min(number for number in set(sealed.ids) - sealed.drawn if number % 2)
    client = browser(app, sealed, sealed.staff)

    def pages(number: int) -> dict[str, str]:
        found = {}
        values = sealed.known | {"question_id": sealed.ids[number]}
        for rule in app.url_map.iter_rules():
            if "question_id" not in rule.arguments or "GET" not in (rule.methods or set()):
                continue
            given = {name: values.get(name, 1) for name in rule.arguments}
            address = app.url_map.bind("127.0.0.1").build(rule.endpoint, given)
            for query in ("", "?version=1"):
                found[rule.endpoint + query] = bare(text_of(client, address + query))
        return found

    assert pages(inside) == pages(outside)


def test_searches_and_filters_treat_both_alike(app: Flask, sealed: Sealed) -> None:
    client = browser(app, sealed, sealed.staff)
    bank = f"/banks/{sealed.known['bank_id']}/"
    for query in ("search=独题", "use=both", "use=exam", "state=approved", "band=medium"):
        named = {int(number) for number in WORD.findall(client.get(f"{bank}?{query}").text)}
        assert named - sealed.drawn, query
        assert named & sealed.drawn, query
