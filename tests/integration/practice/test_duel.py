"""Duels on both databases: the same questions, two persons, one result, no way into a bank."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session
from tests.people_factory import actor_for, make_organisation, make_person
from tests.practice_factory import RIGHT, WRONG, Learning, items_of, make_learning, mixed

from lianbing.infra.database import transaction
from lianbing.kernel.actor import Actor
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import NotFound
from lianbing.people.models import Person
from lianbing.practice.duel import queries, use_cases
from lianbing.practice.duel.errors import BankNotOpen, DuelExpired, DuelTaken, DuelWithOneself
from lianbing.practice.duel.queries import DuelRow
from lianbing.practice.duel.rules import LASTS, DuelState, Outcome
from lianbing.practice.use_cases import answer_question

NOW = utc_now()
LATER = NOW + timedelta(days=2)
TOO_LATE = NOW + LASTS + timedelta(minutes=1)
TOKEN = "a-link-of-one-duel"


class Pair:
    """A learner who invites, and a colleague."""

    def __init__(self, session: Session, learning: Learning) -> None:
        self.session, self.learning, self.one = session, learning, learning.actor
        self.two = self.somebody("李同事")

    def somebody(self, name: str) -> Actor:
        self.session.rollback()
        person = make_person(self.session, name, organisation=self.learning.union)
        return actor_for(self.session, person)

    def invite(self) -> None:
        with transaction() as session:
            use_cases.invite(session, self.one, self.learning.bank_id, token=TOKEN, seed=5, now=NOW)

    def take(self, actor: Actor, *, now: datetime = NOW) -> None:
        with transaction() as session:
            use_cases.take_up(session, actor, TOKEN, now=now)

    def begin(self, actor: Actor, *, now: datetime = NOW) -> int:
        with transaction() as session:
            return use_cases.play(session, actor, TOKEN, now=now)

    def play(self, actor: Actor, *, wrong: int, now: datetime = NOW) -> int:
        drill_id = self.begin(actor, now=now)
        for position, (_code, kind) in enumerate(items_of(drill_id), start=1):
            given = WRONG[kind] if position <= wrong else RIGHT[kind]
            with transaction() as session:
                answer_question(session, actor, drill_id, position, given, now=now)
        return drill_id

    def seen(self, actor: Actor, *, now: datetime = LATER) -> DuelRow:
        self.session.rollback()
        return queries.get_duel(self.session, actor, TOKEN, now=now)


@pytest.fixture
def pair(session: Session) -> Pair:
    pair = Pair(session, make_learning(session, mixed(14)))
    pair.invite()
    return pair


def test_both_are_asked_the_same_and_see_the_result_when_both_are_done(pair: Pair) -> None:
    first = pair.play(pair.one, wrong=3)
    pair.take(pair.two)
    row = pair.seen(pair.two)
    assert (row.state, row.other_done, row.score) == (DuelState.PLAYING, True, None)
    second = pair.play(pair.two, wrong=1, now=LATER)
    assert items_of(first) == items_of(second)
    mine, theirs = pair.seen(pair.one).score, pair.seen(pair.two).score
    assert mine is not None
    assert theirs is not None
    assert (mine.mine, mine.theirs, mine.outcome) == (7, 9, Outcome.LOST)
    assert theirs.outcome is Outcome.WON
    assert pair.seen(pair.one, now=TOO_LATE).state is DuelState.DONE


def test_nobody_duels_with_themselves_whatever_the_identity(session: Session, pair: Pair) -> None:
    with pytest.raises(DuelWithOneself):
        pair.take(pair.one)
    session.rollback()
    other = make_person(session, "王小练", organisation=pair.learning.union)
    session.get_one(Person, other.id).kept_id = pair.learning.person.id
    session.commit()
    with pytest.raises(DuelWithOneself):
        pair.take(actor_for(session, other))


def test_a_merged_opponent_plays_one_side(session: Session, pair: Pair) -> None:
    pair.take(pair.two)
    begun = pair.begin(pair.two)
    kept = make_person(session, "李同事", organisation=pair.learning.union)
    assert pair.two.person_id is not None
    session.get_one(Person, pair.two.person_id).kept_id = kept.id
    session.commit()
    new = actor_for(session, kept)
    pair.take(new)
    assert pair.begin(new) == begun
    assert pair.seen(new).takes_part


def test_a_third_comes_too_late_and_learns_nothing(pair: Pair) -> None:
    pair.take(pair.two)
    pair.play(pair.one, wrong=0)
    pair.play(pair.two, wrong=0)
    third = pair.somebody("周第三")
    with pytest.raises(DuelTaken):
        pair.take(third)
    with pytest.raises(NotFound):
        pair.begin(third)
    row = pair.seen(third)
    assert (row.takes_part, row.score, row.own, row.other_done) == (False, None, None, False)


def test_a_link_opens_no_bank(session: Session, pair: Pair) -> None:
    elsewhere = make_organisation(session, "别处总工会")
    stranger = actor_for(session, make_person(session, "吴外人", organisation=elsewhere))
    with pytest.raises(BankNotOpen):
        pair.take(stranger)
    with pytest.raises(NotFound):
        pair.begin(stranger)


def test_after_a_week_it_is_over_and_what_comes_then_counts_no_more(pair: Pair) -> None:
    with pytest.raises(DuelExpired):
        pair.take(pair.two, now=TOO_LATE)
    pair.take(pair.two)
    pair.play(pair.one, wrong=0)
    begun = pair.begin(pair.two)
    assert pair.begin(pair.two, now=TOO_LATE) == begun
    pair.play(pair.two, wrong=0, now=TOO_LATE)
    row = pair.seen(pair.one, now=TOO_LATE)
    assert (row.state, row.score) == (DuelState.EXPIRED, None)
    with pytest.raises(NotFound):
        queries.get_duel(pair.session, pair.one, "another", now=NOW)


def test_a_question_withdrawn_before_one_came_to_it_counts_for_neither(pair: Pair) -> None:
    first = pair.play(pair.one, wrong=0)
    pair.take(pair.two)
    pair.learning.turn_exam_only([code for code, _ in items_of(first)][:2])
    pair.play(pair.two, wrong=0)
    found = pair.seen(pair.two).score
    assert found is not None
    assert (found.mine, found.theirs, found.asked) == (8, 8, 8)


def test_ones_own_duels_are_listed(session: Session, pair: Pair) -> None:
    pair.take(pair.two)
    for actor in (pair.one, pair.two):
        session.rollback()
        page = queries.page_of_duels(session, actor, 1, now=NOW)
        assert [row.token for row in page.rows] == [TOKEN]
    third = pair.somebody("周第三")
    assert queries.page_of_duels(session, third, 1, now=NOW).total == 0
