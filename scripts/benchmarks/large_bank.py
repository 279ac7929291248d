"""A bank of many questions for the scenario ``bank``: shipped questions again and again, each a
little other, with some older versions and drafts among them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from proving.world import World
from sqlalchemy import insert, inspect, select

from lianbing.banks.finding.rules import searched_text
from lianbing.banks.models import Question, QuestionBank, QuestionVersion
from lianbing.infra.database import db, writing_connection
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BankId

FIRST_ID = 10_000_000
ROWS_AT_ONCE = 5_000
EDITED = 10
"""Every tenth question has an older version."""


def add_large_bank(world: World, count: int) -> BankId:
    """A bank of ``count`` questions on the points of the shipped bank that holds most."""
    models = _models(world)
    bank_id = _add_bank(models[0].question_id)
    with writing_connection(db.engine) as connection:
        for start in range(0, count, ROWS_AT_ONCE):
            numbers = range(start, min(count, start + ROWS_AT_ONCE))
            connection.execute(
                insert(Question), [_question(bank_id, n, models[n % len(models)]) for n in numbers]
            )
            versions = [row for n in numbers for row in _versions(n, models[n % len(models)])]
            connection.execute(insert(QuestionVersion), versions)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    return bank_id


def _models(world: World) -> list[QuestionVersion]:
    used = [question.content.version_id for question in world.paper.questions]
    found = db.session().scalars(select(QuestionVersion).where(QuestionVersion.id.in_(used))).all()
    db.session.expunge_all()
    db.session.rollback()
    return list(found)


def _add_bank(question_id: int) -> BankId:
    session = db.session()
    bank = session.scalars(
        select(QuestionBank)
        .join(Question, Question.bank_id == QuestionBank.id)
        .where(Question.id == question_id)
    ).one()
    now = utc_now()
    names = {column.key for column in inspect(QuestionBank).column_attrs}
    values = {name: getattr(bank, name) for name in names - {"id"}}
    values |= {"code": "large", "title": "五万题库", "created_at": now, "changed_at": now}
    session.rollback()
    with writing_connection(db.engine) as connection:
        made = connection.execute(insert(QuestionBank).values(**values))
    return BankId(made.inserted_primary_key[0])


def _question(bank_id: BankId, number: int, model: QuestionVersion) -> dict[str, Any]:
    newest = 2 if number % EDITED == 0 else 1
    return {
        "id": FIRST_ID + number,
        "bank_id": bank_id,
        "code": f"L{number:06d}",
        "newest_number": newest,
        "current_number": 1 if number % (3 * EDITED) == 0 else newest,
        "words": searched_text([f"L{number:06d}", _stem(number, newest, model), model.options]),
        "state": "draft" if number % (3 * EDITED) == 0 else "approved",
    }


def _versions(number: int, model: QuestionVersion) -> Iterator[dict[str, Any]]:
    names = {column.key for column in inspect(QuestionVersion).column_attrs} - {"id"}
    kept = {name: getattr(model, name) for name in names}
    for version in range(1, 3 if number % EDITED == 0 else 2):
        yield kept | {
            "question_id": FIRST_ID + number,
            "number": version,
            "content_hash": f"{number:032d}{version:032d}",
            "difficulty": Decimal(number % 100) / 100,
            "use": ("both", "exam", "both", "practice")[number % 4],
            "stem": _stem(number, version, model),
        }


def _stem(number: int, version: int, model: QuestionVersion) -> str:
    return f"第 {number} 题（第 {version} 版）：{model.stem}"
