"""Offline answers merged: whatever the order, the batches and the repeats, the same is learnt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from tests.practice_factory import Learning, make_learning, mixed

from lianbing.banks.models import Question, QuestionVersion
from lianbing.infra.database import db, transaction
from lianbing.kernel.ids import QuestionId, QuestionVersionId
from lianbing.practice.daily.models import ReviewCard
from lianbing.practice.mastery.models import PointMastery
from lianbing.practice.models import PracticeAnswer, WrongBookItem
from lianbing.practice.offline.models import OfflineEntry, PracticeDevice
from lianbing.practice.offline.rules import Entry, Outcome
from lianbing.practice.offline.use_cases import issue_device, merge

BEGAN = datetime(2026, 11, 1, 1, tzinfo=UTC)
ARRIVED = BEGAN + timedelta(days=20)
QUESTIONS = 3


@dataclass(frozen=True)
class Said:
    """An answer on one of two devices: which question, right or not, how many hours in."""

    device: int
    question: int
    right: bool
    hours: int


SAID = st.builds(
    Said,
    device=st.integers(0, 1),
    question=st.integers(0, QUESTIONS - 1),
    right=st.booleans(),
    hours=st.integers(0, 200),
)


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Said], list[list[int]]]:
    """Answers, and batches of their places in which every one comes at least once.

    No two at one instant: those have no order of their own, and a thumb gives none.
    """
    said = draw(st.lists(SAID, min_size=1, max_size=8, unique_by=lambda one: one.hours))
    once = draw(st.permutations(range(len(said))))
    again = draw(st.lists(st.integers(0, len(said) - 1), max_size=4))
    order = [*once, *again]
    cuts = draw(st.lists(st.integers(1, len(order)), max_size=4))
    edges = sorted({0, len(order), *cuts})
    return said, [order[a:b] for a, b in pairwise(edges)]


@pytest.fixture
def learning(session: Session) -> Learning:
    made = make_learning(session, mixed(QUESTIONS))
    session.commit()
    return made


def clean() -> None:
    with transaction() as session:
        for model in (OfflineEntry, PracticeDevice, PracticeAnswer, WrongBookItem):
            session.execute(delete(model))
        session.execute(delete(ReviewCard))
        session.execute(delete(PointMastery))


def run(learning: Learning, said: Sequence[Said], batches: Sequence[Sequence[int]]) -> object:
    """What is known of the learner after these deliveries."""
    clean()
    rows = db.session.execute(
        select(Question.id, QuestionVersion.id, QuestionVersion.type)
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .order_by(Question.code)
    ).all()
    with transaction() as session:
        devices = [issue_device(session, learning.actor, now=BEGAN) for _ in range(2)]
    right = {
        "single_choice": "B",
        "multiple_choice": ["A", "C"],
        "true_false": True,
        "fill_blank": ["接地", "50 Hz"],
    }

    def entry(place: int) -> Entry:
        one = said[place]
        question_id, version_id, kind = rows[one.question]
        return Entry(
            sequence=place + 1,
            question_id=QuestionId(question_id),
            version_id=QuestionVersionId(version_id),
            given=right[kind] if one.right else None,
            rating="",
            gave_up=not one.right,
            mode="daily",
            stated_at=BEGAN + timedelta(hours=one.hours),
        )

    for number, batch in enumerate(batches):
        now = ARRIVED + timedelta(minutes=number)
        for device in (0, 1):
            own = [entry(place) for place in batch if said[place].device == device]
            with transaction() as session:
                outcomes = merge(session, learning.actor, devices[device], own, now=now)
            assert set(outcomes.values()) <= {Outcome.RECORDED}
    return known()


def known() -> object:
    db.session.rollback()
    answers = db.session.execute(
        select(
            PracticeAnswer.question_id,
            PracticeAnswer.answered_at,
            PracticeAnswer.verdict,
            PracticeAnswer.offline,
        )
    )
    book = db.session.execute(
        select(
            WrongBookItem.question_id,
            WrongBookItem.right_streak,
            WrongBookItem.wrong_count,
            WrongBookItem.counted_on,
            WrongBookItem.entered_at,
            WrongBookItem.left_at,
        )
    )
    cards = db.session.execute(
        select(
            ReviewCard.question_id,
            ReviewCard.stability,
            ReviewCard.difficulty,
            ReviewCard.due,
            ReviewCard.last_on,
        )
    )
    mastery = [
        (row.point_id, f"{row.right_weight:.6f}", f"{row.wrong_weight:.6f}", row.answers, row.as_of)
        for row in db.session.scalars(select(PointMastery))
    ]
    tables = (answers, book, cards, mastery)
    return tuple(sorted(tuple(map(str, row)) for row in found) for found in tables)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(delivery=deliveries())
def test_order_batches_and_repeats_do_not_matter(
    learning: Learning, delivery: tuple[list[Said], list[list[int]]]
) -> None:
    said, batches = delivery
    at_once = sorted(range(len(said)), key=lambda place: said[place].hours)
    expected = run(learning, said, [[place] for place in at_once])
    assert run(learning, said, batches) == expected
    assert len(expected[0]) == len(said)  # type: ignore[index]  # every answer once


def test_a_late_answer_takes_its_place_in_the_wrong_book(learning: Learning) -> None:
    right_later = Said(device=0, question=0, right=True, hours=48)
    wrong_first = Said(device=1, question=0, right=False, hours=0)
    in_order = run(learning, [wrong_first, right_later], [[0], [1]])
    assert run(learning, [right_later, wrong_first], [[0], [1]]) == in_order
    (item,) = db.session.scalars(select(WrongBookItem))
    assert (item.left_at, item.right_streak, item.wrong_count) == (None, 1, 1)
