"""Answers of many people in one batch: what each alone would have done, in few statements."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from tests.people_factory import actor_for, make_account, make_person
from tests.practice_factory import RIGHT, WRONG, Learning, items_of, make_learning, mixed

from lianbing.banks.queries import contents
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import Actor
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import LoginSessionId, PersonId, QuestionVersionId
from lianbing.people.accounts.sessions import revoke_session
from lianbing.people.models import LoginSession
from lianbing.practice import recording
from lianbing.practice.answering.errors import BadDrillToken
from lianbing.practice.answering.tokens import DrillSeat
from lianbing.practice.answering.use_cases import Brought, Click, answer_many
from lianbing.practice.models import Drill, DrillItem, PracticeAnswer, WrongBookItem
from lianbing.practice.rules import as_answer
from lianbing.practice.starting import start_drill
from lianbing.practice.use_cases import answer_question

PEOPLE = 6
STATEMENTS = 20
"""A batch without listeners, however many answers; each listener may add its few."""


@pytest.fixture
def learning(session: Session) -> Learning:
    made = make_learning(session, mixed(10))
    session.commit()
    return made


@pytest.fixture(autouse=True)
def no_listeners(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """After ``session``, which makes the application: what it subscribes must outlive the test."""
    monkeypatch.setattr(recording, "_listeners", {})


def another(session: Session, learning: Learning) -> tuple[Actor, DrillSeat]:
    """A further worker of the unit with a drill begun, signed in."""
    organisation = learning.actor.organisation_ids[0]
    person = make_person(session, "工友", organisation=organisation)
    account = make_account(session, person)
    now = utc_now()
    login = LoginSession(
        account_id=account.id,
        token_digest=b"%032d" % person.id,
        created_at=now,
        seen_at=now,
        expires_at=now.replace(year=now.year + 1),
    )
    session.add(login)
    session.commit()
    actor = actor_for(session, person)
    with transaction() as writing:
        drill_id = start_drill(writing, actor, learning.bank_id, seed=1, now=now)
    seat = DrillSeat(
        drill_id=drill_id,
        owner_id=PersonId(person.id),
        person_id=PersonId(person.id),
        session_id=LoginSessionId(login.id),
    )
    return actor, seat


def click(session: Session, seat: DrillSeat, wrong: set[int], count: int = 1) -> Click:
    brought = []
    for position in range(1, count + 1):
        kind = items_of(seat.drill_id)[position - 1][1]
        given = (WRONG if position in wrong else RIGHT)[kind]
        item = session.get_one(DrillItem, (seat.drill_id, position))
        version_id = QuestionVersionId(item.version_id)
        raw = as_answer(contents(session, [version_id])[version_id], given)
        brought.append(Brought(position=position, answer=raw))
    return Click(seat=seat, brought=tuple(brought), arrived_at=utc_now())


@contextmanager
def statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def rows(person_id: int) -> list[tuple[object, ...]]:
    answers = db.session.execute(
        select(
            PracticeAnswer.position,
            PracticeAnswer.answer,
            PracticeAnswer.verdict,
            PracticeAnswer.book_change,
            PracticeAnswer.book_streak,
            PracticeAnswer.offline,
        )
        .where(PracticeAnswer.person_id == person_id)
        .order_by(PracticeAnswer.position)
    )
    book = db.session.execute(
        select(WrongBookItem.question_id, WrongBookItem.right_streak, WrongBookItem.wrong_count)
        .where(WrongBookItem.person_id == person_id)
        .order_by(WrongBookItem.question_id)
    )
    drill = db.session.execute(
        select(Drill.position, Drill.open_as).where(Drill.person_id == person_id)
    )
    return [tuple(row) for found in (answers, book, drill) for row in found]


def test_a_batch_does_what_the_pages_do(session: Session, learning: Learning) -> None:
    by_page, page_seat = another(session, learning)
    _by_script, script_seat = another(session, learning)
    wrong = {1, 4, 7}
    for position in range(1, 11):
        kind = items_of(page_seat.drill_id)[position - 1][1]
        given = (WRONG if position in wrong else RIGHT)[kind]
        with transaction() as writing:
            answer_question(writing, by_page, page_seat.drill_id, position, given, now=utc_now())
    with transaction() as writing:
        answer_many(writing, [click(writing, script_seat, wrong, count=10)])
    assert rows(script_seat.person_id) == rows(page_seat.person_id)


def test_statements_do_not_grow_with_the_batch(session: Session, learning: Learning) -> None:
    seats = [another(session, learning)[1] for _ in range(PEOPLE)]
    clicks = [click(session, seat, {1}) for seat in seats]
    with transaction() as writing, statements() as seen:
        answer_many(writing, clicks)
    assert len(seen) <= STATEMENTS, "\n".join(seen)
    assert len({tuple(map(str, rows(seat.person_id))) for seat in seats}) == 1


def test_two_clicks_on_one_question_in_a_batch_count_once(
    session: Session, learning: Learning
) -> None:
    _actor, seat = another(session, learning)
    first, second = click(session, seat, set()), click(session, seat, {1})
    with transaction() as writing:
        told = answer_many(writing, [first, second])
    assert told[0] == told[1]
    assert [row[2] for row in rows(seat.person_id)[:1]] == ["right"]


def test_who_signed_out_is_refused_and_the_neighbour_is_not(
    session: Session, learning: Learning
) -> None:
    actor, seat = another(session, learning)
    _other, stays = another(session, learning)
    clicks = [click(session, seat, set()), click(session, stays, set())]
    with transaction() as writing:
        revoke_session(writing, actor, seat.session_id, now=utc_now())
    with transaction() as writing:
        told = answer_many(writing, clicks)
    assert isinstance(told[0], BadDrillToken)
    assert isinstance(told[1], list)
    assert told[1][0].error is None
    assert len(rows(seat.person_id)) == 1  # its drill alone
