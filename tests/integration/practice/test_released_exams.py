"""Exam answers reach the map only when their results, question by question, are out."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.exams_factory import ExamWorld, enter, make_exam_world, right_answers, save

from lianbing.exams.models import Attempt, Exam
from lianbing.exams.released import list_released_answers
from lianbing.exams.rules import AttemptState, ExamState, Release
from lianbing.exams.sitting import hand_in
from lianbing.exams.use_cases import publish_results
from lianbing.grading.rules import Verdict
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import transaction
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import PersonId
from lianbing.papers.tasks import list_due
from lianbing.practice.mastery.models import PointMastery
from lianbing.practice.mastery.queries import evidence_of

QUESTIONS = 10
RIGHT = 4
AT_HAND_IN, CLOSED, PUBLISHED = range(3)
"""How far an exam has come."""
RULES = [
    (Release.AT_HAND_IN, Release.AT_HAND_IN, AT_HAND_IN),
    (Release.AT_HAND_IN, Release.AFTER_CLOSE, CLOSED),
    (Release.AT_HAND_IN, Release.NEVER, CLOSED),
    (Release.AFTER_CLOSE, Release.AFTER_CLOSE, CLOSED),
    (Release.AFTER_CLOSE, Release.ON_PUBLICATION, PUBLISHED),
    (Release.ON_PUBLICATION, Release.NEVER, PUBLISHED),
    (Release.ON_PUBLICATION, Release.ON_PUBLICATION, PUBLISHED),
    (Release.NEVER, Release.NEVER, None),
]


def rules_of(results: Release, explanations: Release) -> dict[str, object]:
    return {
        "results_release": results,
        "explanations_release": explanations,
        "common_window": False,
    }


def sit(session: Session, world: ExamWorld) -> Attempt:
    """The first candidate answers some questions right and hands in."""
    seat = enter(world)
    answers = right_answers(world.paper(session))
    session.rollback()
    save(seat, [(number, number, answers[number]) for number in range(1, RIGHT + 1)])
    with transaction() as writing:
        hand_in(writing, seat, arrived_at=utc_now())
    list_due()
    session.rollback()
    return session.get_one(Attempt, seat.attempt_id)


def publish(world: ExamWorld, now: datetime) -> None:
    with transaction() as writing:
        publish_results(
            writing, world.organiser, world.exam_id, sign=current_keyring().sign, now=now
        )


def answers_known(session: Session, person_id: PersonId, now: datetime) -> int:
    session.rollback()
    evidence = evidence_of(session, (person_id,), now=now)
    return sum(each.answers for each in evidence.values())


@pytest.mark.parametrize(("results", "explanations", "since"), RULES)
def test_an_exam_counts_from_its_release_on(
    session: Session, results: Release, explanations: Release, since: int | None
) -> None:
    world = make_exam_world(session, **rules_of(results, explanations))
    attempt = sit(session, world)
    during, after = utc_now(), world.plan.closes_at + timedelta(hours=2)
    known = [
        answers_known(session, world.candidates[0], during),
        answers_known(session, world.candidates[0], after),
    ]
    publish(world, after)
    known.append(answers_known(session, world.candidates[0], after))
    expected = [since is not None and since <= stage for stage in (AT_HAND_IN, CLOSED, PUBLISHED)]
    assert known == [QUESTIONS if counts else 0 for counts in expected]
    assert answers_known(session, world.candidates[1], after) == 0
    if since is None:
        return
    answers = list_released_answers(session, (world.candidates[0],), now=after)
    assert [answer.verdict for answer in answers].count(Verdict.RIGHT) == RIGHT
    assert {answer.answered_at for answer in answers} == {attempt.ended_at}


def test_nothing_of_an_exam_is_stored_beside_it(session: Session) -> None:
    world = make_exam_world(session, **rules_of(Release.AT_HAND_IN, Release.AT_HAND_IN))
    sit(session, world)
    assert session.scalars(select(PointMastery)).all() == []


@pytest.mark.parametrize("state", [AttemptState.VOIDED, AttemptState.OPEN])
def test_an_attempt_that_does_not_stand_does_not_count(
    session: Session, state: AttemptState
) -> None:
    world = make_exam_world(session, **rules_of(Release.AT_HAND_IN, Release.AT_HAND_IN))
    attempt = sit(session, world)
    assert answers_known(session, world.candidates[0], utc_now()) == QUESTIONS
    session.get_one(Attempt, attempt.id).state = state.value
    session.commit()
    assert answers_known(session, world.candidates[0], utc_now()) == 0


def test_a_paused_or_cancelled_exam_is_not_closed_for_all(session: Session) -> None:
    world = make_exam_world(session, **rules_of(Release.AFTER_CLOSE, Release.AFTER_CLOSE))
    sit(session, world)
    after = world.plan.closes_at + timedelta(hours=2)
    exam = session.get_one(Exam, world.exam_id)
    exam.paused_at = utc_now()
    session.commit()
    assert answers_known(session, world.candidates[0], after) == 0
    exam = session.get_one(Exam, world.exam_id)
    exam.paused_at = None
    session.commit()
    assert answers_known(session, world.candidates[0], after) == QUESTIONS
    exam = session.get_one(Exam, world.exam_id)
    exam.state = ExamState.CANCELLED.value
    session.commit()
    assert answers_known(session, world.candidates[0], after) == 0
