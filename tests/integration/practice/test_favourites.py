"""Favourites and notes on both databases: private, one person's, never a leak."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.people_factory import actor_for, make_organisation, make_person
from tests.practice_factory import Learning, items_of, make_learning, mixed

from lianbing.banks.models import Question
from lianbing.infra.database import transaction
from lianbing.kernel.actor import Actor
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import QuestionId
from lianbing.people.models import Person
from lianbing.practice.errors import NothingToDrill
from lianbing.practice.favourites import queries, use_cases
from lianbing.practice.favourites.errors import NoteTooLong
from lianbing.practice.favourites.queries import Kept

NOW = utc_now()
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def learning(session: Session) -> Learning:
    return make_learning(session, mixed(4))


def question(session: Session, code: str) -> QuestionId:
    return QuestionId(session.scalars(select(Question.id).where(Question.code == code)).one())


def mark(actor: Actor, question_id: QuestionId, *, on: bool = True, now: datetime = NOW) -> None:
    with transaction() as session:
        use_cases.mark_favourite(session, actor, question_id, on=on, now=now)


def note(actor: Actor, question_id: QuestionId, text: str) -> None:
    with transaction() as session:
        use_cases.write_note(session, actor, question_id, text, now=LATER)


def start(actor: Actor) -> int:
    with transaction() as session:
        return use_cases.start_favourites(session, actor, seed=1, now=NOW)


def test_what_is_kept_is_listed_and_drilled_until_it_is_taken_back(
    session: Session, learning: Learning
) -> None:
    first, second = question(session, "Q00"), question(session, "Q01")
    for question_id in (first, second, first):
        mark(learning.actor, question_id)
    assert queries.count_kept(session, learning.actor) == 2
    assert {code for code, _ in items_of(start(learning.actor))} == {"Q00", "Q01"}
    mark(learning.actor, first, on=False, now=LATER)
    page = queries.page_of_kept(session, learning.actor, 1)
    assert [row.question_id for row in page.rows] == [second]


def test_a_note_stands_without_a_favourite_and_an_empty_one_is_none(
    session: Session, learning: Learning
) -> None:
    question_id = question(session, "Q02")
    note(learning.actor, question_id, "  先断电\r\n再验电  ")
    assert queries.find_kept(session, learning.actor, question_id) == Kept(note="先断电\n再验电")
    assert queries.count_kept(session, learning.actor) == 0
    assert queries.count_kept(session, learning.actor, noted=True) == 1
    with pytest.raises(NoteTooLong):
        note(learning.actor, question_id, "长" * 501)
    note(learning.actor, question_id, " ")
    session.rollback()
    assert queries.count_kept(session, learning.actor, noted=True) == 0


def test_nobody_else_sees_it_and_a_stranger_to_the_bank_cannot_keep_it(
    session: Session, learning: Learning
) -> None:
    question_id = question(session, "Q00")
    note(learning.actor, question_id, "只给自己看")
    mate = actor_for(session, make_person(session, "李同事", organisation=learning.union))
    assert queries.find_kept(session, mate, question_id) == Kept()
    assert queries.page_of_kept(session, mate, 1, noted=True).total == 0
    elsewhere = make_organisation(session, "别处总工会")
    stranger = actor_for(session, make_person(session, "周外人", organisation=elsewhere))
    with pytest.raises(NotFound):
        mark(stranger, question_id)


def test_a_question_reserved_for_exams_is_neither_listed_nor_drilled_nor_kept(
    session: Session, learning: Learning
) -> None:
    question_id = question(session, "Q00")
    mark(learning.actor, question_id)
    note(learning.actor, question_id, "记一笔")
    learning.turn_exam_only(["Q00"])
    session.rollback()
    assert queries.page_of_kept(session, learning.actor, 1).total == 0
    assert queries.page_of_kept(session, learning.actor, 1, noted=True).total == 0
    with pytest.raises(NothingToDrill):
        start(learning.actor)
    with pytest.raises(NotFound):
        mark(learning.actor, question_id)
    learning.reload(mixed(4))
    assert queries.count_kept(session, learning.actor) == 1


def test_merged_identities_keep_one_collection_and_an_undone_merge_two(
    session: Session, learning: Learning
) -> None:
    question_id = question(session, "Q00")
    mark(learning.actor, question_id)
    note(learning.actor, question_id, "旧号记的")
    old, absorbed = learning.actor, learning.person.id
    kept = make_person(session, "王小练", organisation=learning.union)
    session.get_one(Person, absorbed).kept_id = kept.id
    session.commit()
    new = actor_for(session, kept)
    assert queries.find_kept(session, new, question_id) == Kept(is_favourite=True, note="旧号记的")
    mark(new, question_id, on=False, now=LATER + timedelta(minutes=1))
    session.rollback()
    assert queries.find_kept(session, new, question_id) == Kept(note="旧号记的")
    assert queries.count_kept(session, new) == 0
    session.get_one(Person, absorbed).kept_id = None
    session.commit()
    assert queries.find_kept(session, old, question_id).is_favourite
