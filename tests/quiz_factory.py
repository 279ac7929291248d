"""A mass quiz over a small bank for two teams of a unit, and its tries by the real path."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from lianbing.banks.queries import find_bank
from lianbing.banks.rules import Answer, QuestionType, QuestionUse
from lianbing.exams.journal import Entry
from lianbing.exams.mass_quiz import tries, trying, use_cases
from lianbing.exams.mass_quiz.models import MassQuizStanding, MassQuizTry
from lianbing.exams.mass_quiz.rules import Counting, PointsFor, QuizPlan
from lianbing.exams.mass_quiz.taking_up import take_up
from lianbing.exams.mass_quiz.use_cases import NewQuiz
from lianbing.exams.own_result import right_answer
from lianbing.exams.scratch import Seat
from lianbing.infra.database import transaction
from lianbing.infra.redis_client import current_settings
from lianbing.kernel.actor import SYSTEM, Actor, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import BankId, BlueprintId, OrganisationId
from lianbing.leaderboards.rules import MaskPolicy
from lianbing.papers.blueprints import Cell
from lianbing.papers.use_cases import save_blueprint
from lianbing.people.models import Organisation, Person
from tests.banks_factory import load, make_bank, make_question
from tests.people_factory import actor_for, make_organisation, make_person

DAY = date(2035, 11, 19)
"""The quiz's first day, far ahead: every membership made today holds on it."""
QUESTIONS, MARKS = 4, Decimal(5)
PLAN = QuizPlan(
    title="安康杯",
    about="重在参与",
    opens_on=DAY,
    closes_on=DAY + timedelta(days=6),
    minutes=10,
    tries=2,
    counting=Counting.BEST,
    points=5,
    points_for=PointsFor.DAY,
    names=MaskPolicy.SURNAME,
)


def at(hour: int, minute: int = 0, second: int = 0, *, day: int = 0) -> datetime:
    """An instant of the quiz by the installation's clock, ``day`` days after its first."""
    clock = time(hour, minute, second)
    return datetime.combine(DAY + timedelta(days=day), clock, current_settings().zone)


@dataclass
class QuizWorld:
    """A union with a unit of two teams, its bank and blueprint, an organiser and a worker."""

    session: Session
    union: Organisation
    unit: Organisation
    team: Organisation
    organiser: Actor
    worker: Person
    bank_id: BankId
    blueprint_id: BlueprintId
    quiz_id: int = 0

    @property
    def actor(self) -> Actor:
        return actor_for(self.session, self.worker)

    def new(self, plan: QuizPlan) -> NewQuiz:
        return NewQuiz(
            plan=plan,
            organisation_id=OrganisationId(self.union.id),
            blueprint_id=self.blueprint_id,
        )

    def draft(self, plan: QuizPlan = PLAN, *, now: datetime | None = None) -> int:
        with transaction() as session:
            self.quiz_id = use_cases.draft_quiz(
                session, self.organiser, self.new(plan), now=now or at(0)
            )
        return self.quiz_id

    def publish(self, *, now: datetime | None = None) -> None:
        with transaction() as session:
            use_cases.publish_quiz(session, self.organiser, self.quiz_id, now=now or at(0))

    def begin(self, now: datetime, *, person: Person | None = None, seed: int = 7) -> int:
        actor = actor_for(self.session, person or self.worker)
        self.session.rollback()
        with transaction() as session:
            return trying.begin_try(session, actor, self.quiz_id, seed=seed, now=now)

    def seat(self, try_id: int, *, person: Person | None = None) -> Seat:
        actor = actor_for(self.session, person or self.worker)
        self.session.rollback()
        with transaction() as session:
            return trying.open_page(session, actor, try_id)

    def right(self, try_id: int, *, count: int = QUESTIONS) -> list[Entry]:
        """Right answers to the first so many questions."""
        paper = tries.paper_of(self.session, self.row(try_id))
        return [
            Entry(
                seq=one.number,
                question=one.number,
                answer=_plain(right_answer(one.content.key)),
                device_clock="",
            )
            for one in paper.questions[:count]
        ]

    def end(self, seat: Seat, entries: list[Entry], *, now: datetime) -> None:
        self.session.rollback()
        with transaction() as session:
            trying.end_try(session, seat, entries, now=now)

    def sit(
        self,
        now: datetime,
        *,
        right: int = QUESTIONS,
        seconds: int = 60,
        person: Person | None = None,
    ) -> int:
        """A whole try with so many right answers in so many seconds; its id."""
        try_id = self.begin(now, person=person)
        seat = self.seat(try_id, person=person)
        entries = self.right(try_id, count=right)
        self.end(seat, entries, now=now + timedelta(seconds=seconds))
        return try_id

    def take_up(self, now: datetime) -> None:
        self.session.rollback()
        with transaction() as session:
            take_up(session, now=now)

    def row(self, try_id: int) -> MassQuizTry:
        self.session.rollback()
        return self.session.get_one(MassQuizTry, try_id, populate_existing=True)

    def standing(self, person: Person | None = None) -> MassQuizStanding:
        self.session.rollback()
        key = (self.quiz_id, (person or self.worker).id)
        return self.session.get_one(MassQuizStanding, key, populate_existing=True)

    def colleague(self, name: str, *, team: Organisation | None = None) -> Person:
        self.session.rollback()
        return make_person(self.session, name, organisation=team or self.team)


def _plain(answer: Answer) -> Answer:
    return answer[0] if isinstance(answer, list) else answer


def make_quiz_world(
    session: Session, *, publish: bool = True, plan: QuizPlan = PLAN, reserved: int = 0
) -> QuizWorld:
    """The world with a published quiz of four single choices, five marks each, unless not.

    Of the bank's twelve questions ``reserved`` are for exams alone.
    """
    union = make_organisation(session, "市总工会")
    unit = make_organisation(session, "机械厂", parent=union)
    workshop = make_organisation(session, "车间", parent=unit)
    team = make_organisation(session, "一班", parent=workshop)
    make_organisation(session, "二班", parent=workshop)
    organiser = make_person(session, "宋组织", organisation=union, roles=[(Role.ORGANISER, union)])
    worker = make_person(session, "程立新", organisation=team)
    file = make_bank(
        [
            make_question(
                f"Q{number:02d}", use=QuestionUse.EXAM if number < reserved else QuestionUse.BOTH
            )
            for number in range(12)
        ]
    )
    load(file, union.id)
    bank = find_bank(session, organisation_id=OrganisationId(union.id), code=file.code)
    assert bank is not None
    bank_id = bank.id
    cell = Cell(type=QuestionType.SINGLE_CHOICE, count=QUESTIONS, marks=MARKS)
    session.rollback()
    with transaction() as writing:
        blueprint_id = save_blueprint(
            writing, SYSTEM, bank_id=bank_id, title="四题", cells=[cell], now=utc_now()
        )
    world = QuizWorld(
        session=session,
        union=union,
        unit=unit,
        team=team,
        organiser=actor_for(session, organiser),
        worker=worker,
        bank_id=bank_id,
        blueprint_id=BlueprintId(blueprint_id),
    )
    session.rollback()
    if publish:
        world.draft(plan)
        world.publish()
    return world


def open_now(plan: QuizPlan = PLAN, **changes: object) -> QuizPlan:
    """The plan with days around the present one, for tests over HTTP."""
    from_day = utc_now().astimezone(current_settings().zone).date()
    days = {"opens_on": from_day, "closes_on": from_day + timedelta(days=6)}
    return replace(plan, **{**days, **changes})  # type: ignore[arg-type]
