"""Many rows put at once say the same as one at a time, on both databases."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    Integer,
    MetaData,
    String,
    Table,
    cast,
    event,
    insert,
    select,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lianbing.infra.database import UtcDateTime, db
from lianbing.infra.upsert import put_rows

KEYS = ("person", "day")
TABLE = Table(
    "put_rows_probe",
    MetaData(),
    Column("person", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("points", Integer, nullable=False),
    Column("weight", Double),
    Column("name", String(5)),
    Column("answer", JSON),
    Column("answer_or_none", JSON(none_as_null=True)),
    Column("at", UtcDateTime()),
    Column("waiting", Boolean, nullable=False, default=True),
)
DAY = date(2026, 11, 18)
AT = datetime(2026, 11, 18, 4, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture(autouse=True)
def table(session: Session) -> Iterator[None]:
    TABLE.drop(db.engine, checkfirst=True)
    TABLE.create(db.engine)
    yield
    session.rollback()
    TABLE.drop(db.engine)


def row(person: int, **given: object) -> dict[str, Any]:
    full = {"weight": 0.1, "name": "练兵", "answer": ["A"], "answer_or_none": {"a": 1}, "at": AT}
    return {"person": person, "day": DAY, "points": 2, **full, "waiting": False} | given


def stored(session: Session) -> list[dict[str, Any]]:
    found = session.connection().execute(select(TABLE).order_by(TABLE.c.person))
    return [dict(each) for each in found.mappings()]


ALL_KINDS = [
    row(1),
    row(2**62, points=-1, weight=None, name=None, at=None),
    row(3, answer=None, answer_or_none=None, waiting=True),
    row(4, answer=[["A", "B"], ["C"]], answer_or_none=[], name="a'b{}"),
    row(5, answer="NULL", answer_or_none={"空": [1, None, '"']}, name="NULL", weight=-1e300),
    row(6, answer=[], answer_or_none=False, name="", weight=1 / 3),
    row(7, answer=0, answer_or_none="", name='",\\{', at=AT.replace(microsecond=0)),
]


def test_many_rows_are_stored_as_one_at_a_time(session: Session) -> None:
    connection = session.connection()
    for each in ALL_KINDS:
        connection.execute(insert(TABLE), each)
    one_by_one, nulls = stored(session), _null_answers(session)
    session.rollback()
    put_rows(session, TABLE, ALL_KINDS, keys=KEYS, replaced=("name",))
    assert stored(session) == one_by_one == sorted(ALL_KINDS, key=lambda each: each["person"])
    assert _null_answers(session) == nulls == ([], [3])


def _null_answers(session: Session) -> tuple[list[int], list[int]]:
    """Who has NULL for an answer, and not the null of JSON; likewise of the other column."""
    first, second = (
        list(session.scalars(select(TABLE.c.person).where(cast(column, String).is_(None))))
        for column in (TABLE.c.answer, TABLE.c.answer_or_none)
    )
    return first, second


def test_columns_of_nothing_but_nulls_and_left_out_defaults(session: Session) -> None:
    bare = [{"person": n, "day": DAY, "points": 1, "name": None, "at": None} for n in (1, 2)]
    put_rows(session, TABLE, bare, keys=KEYS, replaced=("name", "at"))
    assert [(each["name"], each["at"], each["waiting"]) for each in stored(session)] == [
        (None, None, True),
        (None, None, True),
    ]


def test_no_rows_ask_nothing(session: Session) -> None:
    put_rows(session, TABLE, [], keys=KEYS, replaced=("name",))
    assert stored(session) == []


def test_known_rows_are_replaced_and_added_to_and_new_ones_made(session: Session) -> None:
    put_rows(session, TABLE, [row(1), row(2)], keys=KEYS, replaced=("name",))
    brought = [row(2, points=5, name=None, weight=9.0), row(3, points=7)]
    put_rows(session, TABLE, brought, keys=KEYS, replaced=("name",), added=("points",))
    found = {each["person"]: each for each in stored(session)}
    assert found[1] == row(1)
    assert found[2] == row(2, points=7, name=None)  # the weight is neither replaced nor added
    assert found[3] == row(3, points=7)


def test_two_rows_of_the_same_keys_are_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="same keys"):
        put_rows(session, TABLE, [row(1), row(1)], keys=KEYS, added=("points",))
    assert stored(session) == []
    other_day = row(1, day=date(2026, 11, 19))
    put_rows(session, TABLE, [row(1), other_day], keys=KEYS, added=("points",))
    assert len(stored(session)) == 2


@pytest.mark.parametrize("odd", [{"person": 2, "day": DAY, "points": 1}, row(2, more=1)])
def test_rows_of_different_columns_are_refused(session: Session, odd: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="different columns"):
        put_rows(session, TABLE, [row(1), odd], keys=KEYS, replaced=("name",))
    assert stored(session) == []


def test_what_is_too_long_is_never_cut(session: Session) -> None:
    try:
        put_rows(session, TABLE, [row(1, name="123456")], keys=KEYS, replaced=("name",))
    except DBAPIError:
        session.rollback()  # PostgreSQL refuses; SQLite knows no lengths
        assert session.get_bind().dialect.name == "postgresql"
    else:
        assert [each["name"] for each in stored(session)] == ["123456"]


def test_any_number_of_rows_is_one_call_with_one_text(session: Session) -> None:
    texts: list[str] = []

    def note(_conn: object, _cursor: object, text: str, *_rest: object) -> None:
        texts.append(text)

    session.connection()
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        for people in (range(1, 2), range(2, 40)):
            brought = [row(person) for person in people]
            put_rows(session, TABLE, brought, keys=KEYS, replaced=("name",))
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(texts) == 2
    assert len(set(texts)) == 1
    assert len(stored(session)) == 39
