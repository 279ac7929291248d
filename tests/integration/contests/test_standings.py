"""A theory round's standing takes the make-up's result; a person counts once."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.contests_factory import ContestWorld, hold_exam, make_contest_world, publish_results
from tests.exams_factory import TEST_DOOR, right_answers, save

from lianbing.contests.queries import find_contest_of_exam
from lianbing.contests.standings import find_line, find_sittings, list_standing
from lianbing.exams import sitting
from lianbing.exams.invigilation.use_cases import void_attempt
from lianbing.exams.queries import get_exam
from lianbing.exams.seating.make_up import MakeUpPlan, make_up
from lianbing.exams.use_cases import publish_results as publish_exam
from lianbing.infra import outbox
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import SYSTEM
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import ExamId, PersonId, ResultListId
from lianbing.papers.queries import get_frozen_paper
from lianbing.people.persons.merging import merge_persons
from lianbing.people.queries import same_person_ids
from lianbing.qualifications.models import QualificationRecord
from lianbing.qualifications.rules import RecordState

DAY = timedelta(days=1)


def void(world: ContestWorld, index: int) -> None:
    with transaction() as writing:
        void_attempt(
            writing,
            world.organiser,
            world.exam_id,
            world.workers[index],
            reason="停电",
            now=world.plan.exam.opens_at + timedelta(minutes=50),
        )


def schedule(world: ContestWorld, people: tuple[PersonId, ...], exam_id: ExamId) -> ExamId:
    opens_at = world.plan.exam.opens_at + DAY
    plan = MakeUpPlan(
        title="补考",
        opens_at=opens_at,
        closes_at=opens_at + timedelta(hours=2),
        person_ids=people,
        reason="停电",
    )
    with transaction() as writing:
        now = world.plan.exam.closes_at
        return make_up(writing, world.organiser, exam_id, plan, now=now)


def sit(session: Session, world: ContestWorld, exam_id: ExamId, index: int, right: int) -> None:
    exam = get_exam(session, exam_id)
    answers = right_answers(get_frozen_paper(session, exam.paper_id))
    with transaction() as writing:
        actor = world.actor(writing, index)
        seat = sitting.enter(writing, actor, exam_id, TEST_DOOR, arrived_at=exam.opens_at)
    made = [(seq, number, answer) for seq, (number, answer) in enumerate(answers.items(), 1)]
    save(seat, made[:right], at=exam.opens_at + timedelta(minutes=10))
    with transaction() as writing:
        sitting.hand_in(writing, seat, arrived_at=exam.opens_at + timedelta(minutes=30))


def publish(world: ContestWorld, exam_id: ExamId) -> ResultListId:
    after = world.plan.exam.closes_at + 2 * DAY
    with transaction() as writing:
        return publish_exam(
            writing, world.organiser, exam_id, sign=current_keyring().sign, now=after
        )


def deliver() -> list[QualificationRecord]:
    outbox.deliver_due(now=utc_now() + timedelta(days=30))
    db.session.rollback()
    return list(
        db.session.scalars(
            select(QualificationRecord)
            .where(QualificationRecord.state == RecordState.VALID.value)
            .order_by(QualificationRecord.rank)
        )
    )


def made_up(session: Session, *, right: int) -> tuple[ContestWorld, ExamId]:
    """Nine, seven and two right; the last was voided and sat the make-up with so many right."""
    world = make_contest_world(session)
    hold_exam(session, world, (9, 7, 2))
    void(world, 2)
    publish_results(world)
    exam_id = schedule(world, world.workers[2:], world.exam_id)
    sit(session, world, exam_id, 2, right)
    return world, exam_id


def places(session: Session, world: ContestWorld) -> list[tuple[int, int]]:
    """Rank and number of the worker, in the round's order."""
    rows = list_standing(session, find_sittings(session, world.exam_id)).rows
    return [(row.rank, world.workers.index(row.person_id)) for row in rows]


def test_who_sat_the_make_up_is_ranked_by_it_among_all(session: Session) -> None:
    world, exam_id = made_up(session, right=8)
    assert places(session, world) == [(1, 0), (2, 1)]
    assert find_sittings(session, world.exam_id).unpublished == 1
    list_id = publish(world, exam_id)
    assert places(session, world) == [(1, 0), (2, 2), (3, 1)]
    sittings = find_sittings(session, exam_id)
    assert sittings.unpublished == 0
    line = find_line(session, sittings, [world.workers[2]])
    assert line is not None
    assert (line.result_list_id, line.marks) == (list_id, 80)


def test_record_of_the_make_up_names_its_list_and_the_place_in_the_round(
    session: Session,
) -> None:
    world, exam_id = made_up(session, right=8)
    assert len(deliver()) == 2
    list_id = publish(world, exam_id)
    found = {row.person_id: row for row in deliver()}
    assert set(found) == set(world.workers)
    record = found[world.workers[2]]
    assert (record.result_list_id, record.exam_id, record.rank) == (list_id, exam_id, 2)
    assert record.title == "青山市职工技能竞赛 · 补考"
    contest = find_contest_of_exam(session, exam_id)
    assert contest is not None
    assert contest.id == world.contest_id


@pytest.mark.parametrize("right", [10, 2])
def test_merged_identities_count_once_by_the_later_sitting(session: Session, right: int) -> None:
    world, exam_id = made_up(session, right=right)
    assert len(deliver()) == 2
    with transaction() as writing:
        merge_persons(
            writing,
            SYSTEM,
            kept_id=world.workers[0],
            absorbed_id=world.workers[2],
            reason="同一人",
            now=utc_now(),
        )
    list_id = publish(world, exam_id)
    assert places(session, world) == ([(1, 2), (2, 1)] if right == 10 else [(1, 1), (2, 2)])
    one = find_line(
        session, find_sittings(session, exam_id), same_person_ids(session, world.workers[0])
    )
    assert one is not None
    assert one.result_list_id == list_id
    holders = [row.person_id for row in deliver()]
    assert holders == ([world.workers[2]] if right == 10 else []) + [world.workers[1]]


def test_make_up_of_a_make_up_counts_and_a_cancelled_one_does_not(session: Session) -> None:
    world, exam_id = made_up(session, right=8)
    with transaction() as writing:
        void_attempt(
            writing,
            world.organiser,
            exam_id,
            world.workers[2],
            reason="停电",
            now=get_exam(writing, exam_id).opens_at + timedelta(minutes=40),
        )
    publish(world, exam_id)
    again = schedule(world, world.workers[2:], exam_id)
    sit(session, world, again, 2, 10)
    publish(world, again)
    assert places(session, world) == [(1, 2), (2, 0), (3, 1)]


def test_nothing_published_is_an_empty_standing(session: Session) -> None:
    world = make_contest_world(session)
    assert places(session, world) == []
