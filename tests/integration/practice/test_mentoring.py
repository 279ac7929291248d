"""Mentoring on both databases: signatures, the shared map, drills, the end, credit exactly once."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.people_factory import actor_for, make_person
from tests.practice_factory import Learning, make_learning, mixed

from lianbing.infra import outbox
from lianbing.infra.calendar import local_date
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import transaction
from lianbing.kernel.actor import Actor
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import PersonId
from lianbing.practice.mentoring import queries, use_cases
from lianbing.practice.mentoring.errors import (
    AnsweredAlready,
    DrillMisshapen,
    NotInForce,
    PactMisshapen,
    PairNotFound,
    PairThere,
    PartnerUnknown,
)
from lianbing.practice.mentoring.events import MentoringEnded
from lianbing.practice.mentoring.rules import PairState
from lianbing.practice.mentoring.use_cases import Pact
from lianbing.qualifications.mentoring import list_credits, write_credits
from lianbing.qualifications.models import MentoringCredit
from lianbing.subjects.queries import scope_tree

NOW = utc_now()
TODAY = timedelta(0)
PERIOD = timedelta(days=30)
PHONE = "13900000007"


class Pair:
    """A learner with a bank, a mentor of the same union, and a stranger; nothing agreed yet."""

    def __init__(self, session: Session) -> None:
        self.learning: Learning = make_learning(session, mixed(12))
        union, person = self.learning.union, self.learning.person
        self.apprentice = self.learning.actor
        self.apprentice_id = PersonId(person.id)
        mentor = make_person(session, "顾师傅", organisation=union, phone=PHONE)
        self.mentor_id = PersonId(mentor.id)
        self.mentor: Actor = actor_for(session, mentor)
        self.stranger = actor_for(session, make_person(session, "外人", organisation=union))
        session.rollback()

    def propose(self, *, days: timedelta = PERIOD, begins: timedelta = TODAY) -> int:
        start = local_date(NOW) + begins
        pact = Pact(as_mentor=True, text="每周带一次", starts_on=start, ends_on=start + days)
        with transaction() as session:
            return use_cases.propose_pair(session, self.mentor, self.apprentice_id, pact, now=NOW)

    def agree(self, **period: timedelta) -> int:
        pair_id = self.propose(**period)
        with transaction() as session:
            use_cases.sign_pact(session, self.apprentice, pair_id, now=NOW)
        return pair_id

    def end(self, actor: Actor, pair_id: int, *, after: timedelta = TODAY) -> None:
        with transaction() as session:
            use_cases.end_pair(session, actor, pair_id, reason="调岗", now=NOW + after)


@pytest.fixture
def pair(session: Session) -> Pair:
    return Pair(session)


def state(session: Session, pair: Pair, pair_id: int, *, after: timedelta = TODAY) -> PairState:
    session.rollback()
    return queries.get_pair(session, pair.mentor, pair_id, now=NOW + after).state


def test_a_pact_needs_the_other_ones_signature(session: Session, pair: Pair) -> None:
    pair_id = pair.propose()
    assert state(session, pair, pair_id) is PairState.PROPOSED
    for actor, refusal in ((pair.mentor, AnsweredAlready), (pair.stranger, PairNotFound)):
        with pytest.raises(refusal), transaction() as writing:
            use_cases.sign_pact(writing, actor, pair_id, now=NOW)
    with pytest.raises(PairThere):
        pair.propose()
    with transaction() as writing:
        use_cases.sign_pact(writing, pair.apprentice, pair_id, now=NOW)
    assert state(session, pair, pair_id) is PairState.IN_FORCE
    with pytest.raises(PairNotFound):
        queries.get_pair(session, pair.stranger, pair_id, now=NOW)


def test_a_declined_pact_can_be_proposed_again_and_tells_nobody(
    session: Session, pair: Pair
) -> None:
    pair_id = pair.propose()
    pair.end(pair.apprentice, pair_id)
    assert state(session, pair, pair_id) is PairState.DECLINED
    assert queries.find_settled(session, pair_id) is None
    assert pair.propose() != pair_id


def test_the_partner_is_named_by_name_and_phone_together(session: Session, pair: Pair) -> None:
    keyring = current_keyring()
    found = use_cases.find_partner(
        session, pair.apprentice, name="顾 师傅", phone=PHONE, keyring=keyring
    )
    assert found == pair.mentor_id
    for name, phone in (("顾师", PHONE), ("顾师傅", "13900000008"), ("顾师傅", "x")):
        with pytest.raises(PartnerUnknown):
            use_cases.find_partner(
                session, pair.apprentice, name=name, phone=phone, keyring=keyring
            )
    with pytest.raises(PartnerUnknown):
        use_cases.find_partner(session, pair.mentor, name="顾师傅", phone=PHONE, keyring=keyring)


def test_a_period_that_is_over_is_refused(session: Session, pair: Pair) -> None:
    with pytest.raises(PactMisshapen):
        pair.propose(begins=timedelta(days=-40))


@pytest.mark.parametrize("after", [timedelta(days=-1), PERIOD + timedelta(days=1)])
def test_the_map_is_shared_only_while_the_pair_is_in_force(
    session: Session, pair: Pair, after: timedelta
) -> None:
    pair_id = pair.agree()
    session.rollback()
    row = queries.get_pair(session, pair.mentor, pair_id, now=NOW)
    assert queries.find_map(session, row, now=NOW) is not None
    moment = NOW + after
    if after < TODAY:
        proposed = Pair.propose
        pair.end(pair.mentor, pair_id)
        pair_id = proposed(pair)
        moment = NOW
    session.rollback()
    row = queries.get_pair(session, pair.mentor, pair_id, now=moment)
    with pytest.raises(NotInForce):
        queries.find_map(session, row, now=moment)
    with pytest.raises(NotInForce), transaction() as writing:
        use_cases.leave_note(writing, pair.mentor, pair_id, "周五见", now=moment)


def scope_id_of(session: Session, pair: Pair, pair_id: int) -> int:
    session.rollback()
    row = queries.get_pair(session, pair.mentor, pair_id, now=NOW)
    bank = queries.bank_of(session, row)
    assert bank is not None
    found = scope_tree(session, bank.subject_id, outline_id=bank.outline_id)[0].id
    session.rollback()
    return found


def set_drill(pair: Pair, actor: Actor, pair_id: int, scope_id: int, **changes: object) -> int:
    values = {"point_id": None, "wanted": 10, "due_on": local_date(NOW), **changes}
    with transaction() as session:
        return use_cases.set_drill(
            session,
            actor,
            pair_id,
            scope_id=scope_id,
            now=NOW,
            **values,  # type: ignore[arg-type]
        )


def test_a_drill_counts_answers_since_it_was_set(session: Session, pair: Pair) -> None:
    pair_id = pair.agree()
    scope_id = scope_id_of(session, pair, pair_id)
    before = pair.learning.start(now=NOW - timedelta(hours=3))
    pair.learning.run(before, now=NOW - timedelta(hours=2))
    set_drill(pair, pair.mentor, pair_id, scope_id)
    session.rollback()
    (drill,) = queries.list_drills(session, pair_id)
    assert (drill.answered, drill.is_done) == (0, False)
    again = pair.learning.start(now=NOW + timedelta(hours=1))
    pair.learning.run(again, now=NOW + timedelta(hours=1))
    session.rollback()
    (drill,) = queries.list_drills(session, pair_id)
    assert (drill.answered, drill.is_done) == (10, True)


def test_only_the_mentor_sets_drills_and_only_of_the_apprentices_bank(
    session: Session, pair: Pair
) -> None:
    pair_id = pair.agree()
    scope_id = scope_id_of(session, pair, pair_id)
    with pytest.raises(PairNotFound):
        set_drill(pair, pair.apprentice, pair_id, scope_id)
    for wrong in (
        {"scope_id": scope_id + 1000},
        {"scope_id": scope_id, "wanted": 11},
        {"scope_id": scope_id, "due_on": local_date(NOW) - timedelta(days=1)},
    ):
        with pytest.raises(DrillMisshapen):
            set_drill(pair, pair.mentor, pair_id, **wrong)  # type: ignore[arg-type]


def credits_of(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(MentoringCredit)) or 0


def test_either_side_ends_it_and_both_are_credited_exactly_once(
    session: Session, pair: Pair
) -> None:
    pair_id = pair.agree()
    pair.end(pair.apprentice, pair_id, after=timedelta(days=9))
    assert state(session, pair, pair_id) is PairState.OVER
    with pytest.raises(AnsweredAlready):
        pair.end(pair.mentor, pair_id, after=timedelta(days=10))
    outbox.deliver_due(now=NOW + timedelta(days=30))
    assert credits_of(session) == 2
    with transaction() as writing:
        write_credits(writing, MentoringEnded(pair_id=pair_id))
    assert credits_of(session) == 2
    (taught,) = list_credits(session, pair.mentor_id)
    (learnt,) = list_credits(session, pair.apprentice_id)
    assert (taught.was_mentor, taught.partner, taught.days) == (True, "王小练", 10)
    assert (learnt.was_mentor, learnt.partner, learnt.days) == (False, "顾师傅", 10)


def test_a_pair_of_a_few_days_earns_no_line(session: Session, pair: Pair) -> None:
    pair_id = pair.agree()
    pair.end(pair.mentor, pair_id, after=timedelta(days=2))
    outbox.deliver_due(now=NOW + timedelta(days=30))
    assert credits_of(session) == 0


def test_the_last_day_ends_a_pair_by_itself(session: Session, pair: Pair) -> None:
    pair_id = pair.agree()
    for after, ended in ((PERIOD, 0), (PERIOD + timedelta(days=5), 1), (PERIOD * 2, 0)):
        with transaction() as writing:
            assert use_cases.end_due_pairs(writing, now=NOW + after) == ended
    session.rollback()
    settled = queries.find_settled(session, pair_id)
    assert settled is not None
    assert (settled.ended_on, settled.days) == (local_date(NOW) + PERIOD, PERIOD.days + 1)
    outbox.deliver_due(now=NOW + timedelta(days=90))
    assert credits_of(session) == 2
