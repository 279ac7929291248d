"""A small contest for tests: a city union's contest over the exam world's paper.

Everything here commits, so that a use case in its own ``transaction()`` sees it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from lianbing.contests import entering
from lianbing.contests.eligibility import Condition
from lianbing.contests.queries import get_contest
from lianbing.contests.rules import ContestKind, ContestLevel
from lianbing.contests.use_cases import (
    ContestPlan,
    create_contest,
    publish_contest,
    publish_contest_results,
)
from lianbing.exams import sitting
from lianbing.exams.use_cases import ExamPlan
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import transaction
from lianbing.kernel.actor import SYSTEM, Actor, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import (
    ContestId,
    EventId,
    ExamId,
    OrganisationId,
    PersonId,
    ResultListId,
)
from lianbing.papers.queries import get_frozen_paper
from tests.exams_factory import enter, freeze_paper, right_answers, save
from tests.people_factory import actor_for, make_organisation, make_person


@dataclass(frozen=True, kw_only=True)
class ContestWorld:
    """A contest open for registration, its exam tomorrow, two units below the host."""

    contest_id: ContestId
    event_id: EventId
    exam_id: ExamId
    city_id: int
    unit_id: int
    other_unit_id: int
    organiser_id: int
    organiser: Actor
    workers: tuple[PersonId, ...]
    plan: ContestPlan

    def actor(self, session: Session, index: int = 0) -> Actor:
        return actor_for(session, self.workers[index])


def hold_exam(session: Session, world: ContestWorld, right: Sequence[int]) -> None:
    """Every worker registers, sits and hands in with so many of ten questions right."""
    opened = world.plan.exam.opens_at
    paper = get_frozen_paper(session, world.plan.exam.paper_id)
    answers = list(right_answers(paper).items())
    for index, count in enumerate(right):
        with transaction() as writing:
            actor = world.actor(writing, index)
            entering.register(writing, actor, world.event_id, now=utc_now())
        seat = enter(world, index, at=opened + timedelta(minutes=index))
        made = [(seq, number, answer) for seq, (number, answer) in enumerate(answers[:count], 1)]
        if made:
            save(seat, made, at=opened + timedelta(minutes=10))
        with transaction() as writing:
            sitting.hand_in(writing, seat, arrived_at=opened + timedelta(minutes=30))


def publish_results(world: ContestWorld) -> ResultListId:
    """The organiser signs and publishes after the close."""
    with transaction() as writing:
        published = publish_contest_results(
            writing,
            SYSTEM,
            world.contest_id,
            sign=current_keyring().sign,
            now=world.plan.exam.closes_at + timedelta(minutes=5),
        )
    return published[0]


def _plan(
    session: Session,
    city_id: int,
    conditions: tuple[Condition, ...],
    *,
    now: datetime,
    exam_opens_in: timedelta,
) -> ContestPlan:
    paper_id = freeze_paper(session, city_id)
    exam = ExamPlan(
        title="理论考试",
        organisation_id=OrganisationId(city_id),
        paper_id=paper_id,
        opens_at=now + exam_opens_in,
        closes_at=now + exam_opens_in + timedelta(hours=3),
        duration=timedelta(minutes=60),
        pass_mark=Decimal(60),
    )
    return ContestPlan(
        title="青山市职工技能竞赛",
        organisation_id=OrganisationId(city_id),
        level=ContestLevel.CITY,
        contest_class="二类",
        kind=ContestKind.GENERAL_OCCUPATION,
        notice="第一段。\n\n第二段。",
        contact="0970-0000000",
        registration_opens_at=now - timedelta(days=1),
        registration_closes_at=now + min(timedelta(hours=12), exam_opens_in + timedelta(hours=2)),
        event_title="电工",
        conditions=conditions,
        exam=exam,
    )


def make_contest_world(
    session: Session,
    *,
    workers: int = 3,
    conditions: tuple[Condition, ...] = (),
    publish: bool = True,
    exam_opens_in: timedelta = timedelta(days=1),
    now: datetime | None = None,
) -> ContestWorld:
    """A contest with its people; the workers all belong to the first unit."""
    now = now or utc_now()
    city = make_organisation(session, "青山市总工会")
    unit = make_organisation(session, "青山重型机械有限公司", parent=city)
    other = make_organisation(session, "青山城市配送", parent=city)
    organiser = make_person(session, "宋文竹", organisation=city, roles=[(Role.ORGANISER, city)])
    people = tuple(
        PersonId(make_person(session, f"参赛{number}", organisation=unit, birth_year=1990).id)
        for number in range(workers)
    )
    plan = _plan(session, city.id, conditions, now=now, exam_opens_in=exam_opens_in)
    with transaction() as writing:
        contest_id = create_contest(writing, SYSTEM, plan, now=now)
        if publish:
            publish_contest(writing, SYSTEM, contest_id, now=now)
    event = get_contest(session, contest_id).event
    return ContestWorld(
        contest_id=contest_id,
        event_id=event.id,
        exam_id=event.exam_id,
        city_id=city.id,
        unit_id=unit.id,
        other_unit_id=other.id,
        organiser_id=organiser.id,
        organiser=actor_for(session, organiser),
        workers=people,
        plan=plan,
    )
