"""Every implementation of a board over its real servers, and people to stand on it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from tests.conftest import empty
from tests.people_factory import make_organisation, make_person

from lianbing.infra.database import db, transaction
from lianbing.infra.redis_client import find_redis, prefixed
from lianbing.kernel.ids import BoardId, OrganisationId, PersonId
from lianbing.leaderboards.board import Board, Entry
from lianbing.leaderboards.redis_board import RedisBoard
from lianbing.leaderboards.rules import MaskPolicy, encode
from lianbing.leaderboards.sql_board import SqlBoard
from lianbing.leaderboards.tasks import project_due
from lianbing.leaderboards.use_cases import open_board

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class World:
    """One board, its people, and the ways to write and read it in this implementation."""

    board_id: BoardId
    people: tuple[PersonId, ...]
    organisation_id: OrganisationId
    reader: Callable[[], Board]

    def record(self, *results: tuple[int, int | str, int, tuple[str, ...]]) -> None:
        """Commit (person's index, marks, seconds, groups) and let the copy follow."""
        entries = [
            Entry(
                person_id=self.people[index],
                sort_key=encode(Decimal(marks), seconds),
                shown={"marks": str(marks)},
                groups=groups,
            )
            for index, marks, seconds, groups in results
        ]
        with transaction() as session:
            self.board_in(session).record_many(self.board_id, entries, now=NOW)
        project_due()

    def remove(self, index: int) -> None:
        with transaction() as session:
            self.board_in(session).remove(self.board_id, self.people[index])
        project_due()

    def board_in(self, session: Session) -> Board:
        return type(self.reader())(*_arguments(self.reader(), session))


def _arguments(board: Board, session: Session) -> tuple[object, ...]:
    if isinstance(board, RedisBoard):
        return find_redis(), prefixed(""), session
    return (session,)


def _redis_board() -> Board:
    client = find_redis()
    assert client is not None
    return RedisBoard(client, prefixed(""), db.session())


def _sql_board() -> Board:
    return SqlBoard(db.session())


READERS = {
    "sql-on-sqlite": ("embedded_app", _sql_board),
    "sql-on-postgres": ("production_app", _sql_board),
    "redis": ("production_app", _redis_board),
}


@pytest.fixture(params=list(READERS))
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    fixture, reader = READERS[request.param]
    application: Flask = request.getfixturevalue(fixture)
    with application.app_context():
        yield make_world(reader)
        db.session.remove()
    empty(application)


@pytest.fixture
def redis_world(production_app: Flask) -> Iterator[World]:
    with production_app.app_context():
        yield make_world(_redis_board)
        db.session.remove()
    empty(production_app)


def make_world(reader: Callable[[], Board], count: int = 8) -> World:
    organisation_id = OrganisationId(make_organisation(db.session(), "青山市总工会").id)
    people = tuple(
        PersonId(make_person(db.session(), f"工人{number}").id) for number in range(count)
    )
    with transaction() as session:
        board_id = open_board(
            session,
            key="exam:1",
            title="电工理论",
            organisation_id=organisation_id,
            mask_policy=MaskPolicy.SURNAME,
            visible_from=NOW,
            now=NOW,
        )
    return World(board_id=board_id, people=people, organisation_id=organisation_id, reader=reader)
