"""Mastery and cards on both databases: kept in step with each answer, or replayed, they agree."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from tests.people_factory import actor_for, make_person
from tests.practice_factory import Learning, items_of, make_learning, mixed

from lianbing.grading.rules import Verdict
from lianbing.infra.calendar import local_date
from lianbing.infra.database import transaction
from lianbing.kernel.ids import PersonId, QuestionId, QuestionVersionId
from lianbing.people.models import Person
from lianbing.practice.daily.cards import ReviewState
from lianbing.practice.daily.models import ReviewCard
from lianbing.practice.daily.queries import coming_days, find_cards, replay_cards, todays_ten
from lianbing.practice.daily.rules import Reason
from lianbing.practice.daily.use_cases import rebuild
from lianbing.practice.errors import AllAskedToday
from lianbing.practice.mastery.queries import evidence_of, get_standing
from lianbing.practice.models import Drill, DrillItem, PracticeAnswer
from lianbing.practice.queries import get_practice_bank, identities_of, point_of
from lianbing.practice.recording import Answered, lock_learners, record_answers
from lianbing.practice.rules import DrillMode

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
DAY = timedelta(days=1)
POINTS = ("A01", "A02", "B01")

State = tuple[dict[int, tuple[float, float, int]], dict[int, ReviewState]]


@pytest.fixture
def learning(session: Session) -> Learning:
    questions = [q for point in POINTS for q in mixed(6, point=point, prefix=point)]
    return make_learning(session, questions)


def read(session: Session, learning: Learning) -> State:
    """All that is known of the person, over all identities."""
    session.rollback()
    identities = identities_of(session, learning.actor)
    evidence = evidence_of(session, identities, now=NOW + 90 * DAY)
    owners = select(ReviewCard.question_id).where(ReviewCard.person_id.in_(identities))
    keys = {(identities[0], question_id): identities for question_id in session.scalars(owners)}
    cards = {key: rows[0] for key, rows in find_cards(session, keys).items() if len(rows) == 1}
    several = {key: identities for key in keys if key not in cards}
    cards |= replay_cards(session, several)
    return (
        {
            point: (round(each.right, 9), round(each.wrong, 9), each.answers)
            for point, each in evidence.items()
        },
        {key[1]: card.state for key, card in cards.items()},
    )


def practise(learning: Learning, days: int, *, first: int = 0, seed: int = 0) -> None:
    """Daily drills with some of the answers wrong."""
    rng = Random(seed)
    for number in range(first, first + days):
        moment = NOW + number * DAY
        drill_id = learning.start_daily(now=moment)
        wrong = [code for code, _ in items_of(drill_id) if rng.random() < 0.4]
        learning.run(drill_id, wrong=wrong, now=moment)


def rebuilt(session: Session, learning: Learning) -> State:
    with transaction() as writing:
        rebuild(writing, identities_of(writing, learning.actor))
    return read(session, learning)


def test_what_was_kept_in_step_is_what_a_replay_gives(session: Session, learning: Learning) -> None:
    practise(learning, 12)
    kept = read(session, learning)
    assert len(kept[0]) == len(POINTS)
    assert len(kept[1]) == 18
    assert rebuilt(session, learning) == kept


def test_merged_identities_are_read_as_one_and_a_replay_agrees(
    session: Session, learning: Learning
) -> None:
    practise(learning, 4)
    absorbed = learning.person.id
    kept = make_person(session, "王小练", organisation=learning.union)
    session.commit()
    learning.actor = actor_for(session, kept)
    practise(learning, 4, first=2, seed=1)
    session.get_one(Person, absorbed).kept_id = kept.id
    session.commit()
    learning.actor = actor_for(session, session.get_one(Person, kept.id))
    merged = read(session, learning)
    assert sum(answers for _, _, answers in merged[0].values()) == 80
    practise(learning, 3, first=8, seed=2)
    after = read(session, learning)
    assert sum(answers for _, _, answers in after[0].values()) == 110
    identities = identities_of(session, learning.actor)
    keys = {(identities[0], question_id): identities for question_id in after[1]}
    whole = {key[1]: card.state for key, card in replay_cards(session, keys).items()}
    assert after[1] == whole
    assert rebuilt(session, learning) == after


def test_an_answer_that_arrives_late_is_put_in_its_place(
    session: Session, learning: Learning
) -> None:
    practise(learning, 3)
    session.rollback()
    answer = session.scalars(select(PracticeAnswer).order_by(PracticeAnswer.id)).first()
    assert answer is not None
    late = Answered(
        person_id=PersonId(answer.person_id),
        drill_id=None,
        position=None,
        question_id=QuestionId(answer.question_id),
        version_id=QuestionVersionId(answer.version_id),
        point_id=point_of(session, QuestionVersionId(answer.version_id)),
        mode=answer.mode,
        answer=answer.answer,
        verdict=Verdict.WRONG,
        answered_at=answer.answered_at - 10 * DAY,
        offline=True,
    )
    with transaction() as writing:
        lock_learners(writing, [late.person_id])
        record_answers(writing, [late], now=NOW + 5 * DAY)
    kept = read(session, learning)
    assert sum(answers for _, _, answers in kept[0].values()) == 31
    assert rebuilt(session, learning) == kept


def test_the_ten_is_the_same_until_an_answer_changes_it(
    session: Session, learning: Learning
) -> None:
    practise(learning, 3)
    bank = get_practice_bank(session, learning.actor, learning.bank_id)
    identities = identities_of(session, learning.actor)
    moment = NOW + 10 * DAY
    ten = todays_ten(session, identities, bank, now=moment)
    assert ten == todays_ten(session, identities, bank, now=moment + timedelta(hours=3))
    drill_id = learning.start_daily(seed=5, now=moment)
    session.rollback()
    items = session.execute(
        select(DrillItem.question_id, DrillItem.reason)
        .where(DrillItem.drill_id == drill_id)
        .order_by(DrillItem.position)
    ).all()
    assert [tuple(item) for item in items] == [(each.question_id, each.reason) for each in ten]
    assert {Reason.DUE, Reason.WEAK} & {each.reason for each in ten}


def test_coming_days_begin_with_today_and_ask_nothing_twice(
    session: Session, learning: Learning
) -> None:
    practise(learning, 1)
    bank = get_practice_bank(session, learning.actor, learning.bank_id)
    identities = identities_of(session, learning.actor)
    moment = NOW + DAY
    tens = coming_days(session, identities, bank, now=moment, days=3)
    assert tens[0] == todays_ten(session, identities, bank, now=moment)
    asked = [each.question_id for ten in tens for each in ten]
    assert len(asked) == len(set(asked)) == 18


def test_begun_today_it_is_resumed_and_tomorrow_is_a_new_one(
    session: Session, learning: Learning
) -> None:
    first = learning.start_daily(now=NOW)
    assert learning.start_daily(seed=9, now=NOW + timedelta(hours=5)) == first
    second = learning.start_daily(now=NOW + timedelta(hours=20))
    assert second != first
    session.rollback()
    open_ones = session.scalars(select(Drill.id).where(Drill.open_as.is_not(None))).all()
    assert open_ones == [second]
    assert session.get_one(Drill, second).mode == DrillMode.DAILY


def test_a_second_ten_of_the_day_asks_other_questions_until_all_were_asked(
    session: Session, learning: Learning
) -> None:
    learning.run(learning.start_daily(now=NOW), now=NOW)
    second = learning.start_daily(now=NOW)
    assert len(items_of(second)) == 8
    learning.run(second, now=NOW)
    with pytest.raises(AllAskedToday):
        learning.start_daily(now=NOW + timedelta(hours=1))


def test_what_turned_exam_only_is_asked_no_more(session: Session, learning: Learning) -> None:
    practise(learning, 2)
    learning.turn_exam_only([f"A01{n:02d}" for n in range(6)])
    moment = NOW + 30 * DAY
    codes = {code for code, _ in items_of(learning.start_daily(now=moment))}
    assert len(codes) == 10
    assert not any(code.startswith("A01") for code in codes)


def test_the_weakest_point_is_the_one_answered_wrong(session: Session, learning: Learning) -> None:
    drill_id = learning.start(now=NOW, seed=3)
    learning.run(
        drill_id, wrong=[code for code, _ in items_of(drill_id) if code[:3] == "A01"], now=NOW
    )
    session.rollback()
    bank = get_practice_bank(session, learning.actor, learning.bank_id)
    identities = identities_of(session, learning.actor)
    standing = get_standing(session, identities, bank.subject_id, bank.outline_id, now=NOW)
    by_mean = min(standing.standings.values(), key=lambda each: each.estimate.mean)
    assert standing.points[by_mean.point_id].code == "A01"
    assert sum(each.share for each in standing.standings.values()) == pytest.approx(1)


def test_a_persons_learning_is_their_own(session: Session, learning: Learning) -> None:
    practise(learning, 1)
    other = make_person(session, "李旁人", organisation=learning.union)
    assert evidence_of(session, (PersonId(other.id),), now=NOW) == {}


def test_days_are_the_installations_own(session: Session, learning: Learning) -> None:
    late_evening = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
    learning.run(learning.start_daily(now=late_evening), now=late_evening)
    session.rollback()
    assert set(session.scalars(select(ReviewCard.last_on))) == {local_date(late_evening)}
    assert session.execute(update(ReviewCard).values(stability=1.0)).rowcount == 10


def test_a_bank_that_covers_few_points_is_searched_to_its_last(
    session: Session, learning: Learning, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lianbing.practice.daily.askable.LOOKED_UP_AT_ONCE", 1)
    asked = {code[:3] for code, _ in items_of(learning.start_daily(now=NOW))}
    assert asked == set(POINTS)
