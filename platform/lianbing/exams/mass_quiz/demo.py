"""The demo's quiz: 安康杯 over the safety bank, open now, with some days of tries behind it.

Who answers what is invented, but the same on every load. Loading twice changes nothing.
"""

import random
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.queries import find_bank
from lianbing.banks.rules import Answer, QuestionType
from lianbing.exams.journal import Entry
from lianbing.exams.mass_quiz.models import MassQuiz, MassQuizTry
from lianbing.exams.mass_quiz.rules import Counting, PointsFor, QuizPlan
from lianbing.exams.mass_quiz.taking_up import take_up
from lianbing.exams.mass_quiz.tries import paper_of
from lianbing.exams.mass_quiz.trying import begin_try, end_try, open_page
from lianbing.exams.mass_quiz.use_cases import NewQuiz, draft_quiz, publish_quiz
from lianbing.exams.own_result import right_answer
from lianbing.infra.calendar import local_date
from lianbing.kernel.actor import SYSTEM
from lianbing.kernel.ids import BlueprintId, PersonId
from lianbing.leaderboards.rules import MaskPolicy
from lianbing.papers.blueprints import Cell
from lianbing.papers.models import Blueprint
from lianbing.papers.use_cases import save_blueprint
from lianbing.people.demo import DemoPeople
from lianbing.people.queries import load_actor

BANK = "safety-and-health"
TITLE = "“安康杯”安全生产知识竞赛（示例）"
ABOUT = "人人讲安全、个个会应急。每天三次机会，取最好成绩，重在参与。"
BLUEPRINT_TITLE = "安康杯每次二十题"
CELLS = (
    Cell(type=QuestionType.SINGLE_CHOICE, count=10, marks=Decimal(5)),
    Cell(type=QuestionType.TRUE_FALSE, count=6, marks=Decimal(5)),
    Cell(type=QuestionType.MULTIPLE_CHOICE, count=4, marks=Decimal(5)),
)
DAYS_BEHIND, DAYS = 4, 14
KNOWS = {0: 0.85, 1: 0.75, 3: 0.9, 4: 0.6, 6: 0.8, 7: 0.7, 8: 0.95, 11: 0.8}
"""How much of a paper those who have taken part answer, by their place among the workers; of each
team of the plant somebody has not yet."""
DAY = timedelta(days=1)


def load_demo(session: Session, *, people: DemoPeople, now: datetime) -> None:
    """Open the quiz with some tries, when it is not there yet and its bank is."""
    bank = find_bank(session, organisation_id=people.city, code=BANK)
    known = session.scalar(select(MassQuiz.id).where(MassQuiz.title == TITLE))
    if bank is None or known is not None:
        return
    blueprint_id = save_blueprint(
        session, SYSTEM, bank_id=bank.id, title=BLUEPRINT_TITLE, cells=CELLS, now=now
    )
    session.get_one(Blueprint, blueprint_id).organisation_id = people.city
    began = now - DAYS_BEHIND * DAY
    organiser = load_actor(session, people.organiser)
    new = NewQuiz(
        plan=_plan(began),
        organisation_id=people.city,
        blueprint_id=BlueprintId(blueprint_id),
    )
    quiz_id = draft_quiz(session, organiser, new, now=began)
    publish_quiz(session, organiser, quiz_id, now=began)
    session.flush()
    for place, knows in KNOWS.items():
        person_id = people.workers[place]
        for day in range(DAYS_BEHIND, 0, -1 - place % 2):
            back = day * DAY - place * timedelta(minutes=7)
            _try(session, person_id, quiz_id, knows, now=now, back=back)
    take_up(session, now=now)


def _plan(began: datetime) -> QuizPlan:
    return QuizPlan(
        title=TITLE,
        about=ABOUT,
        opens_on=local_date(began),
        closes_on=local_date(began + (DAYS - 1) * DAY),
        minutes=15,
        tries=3,
        counting=Counting.BEST,
        points=5,
        points_for=PointsFor.DAY,
        names=MaskPolicy.SURNAME,
    )


def _try(
    session: Session,
    person_id: PersonId,
    quiz_id: int,
    knows: float,
    *,
    now: datetime,
    back: timedelta,
) -> None:
    """A try begun by the real path and moved back: the demo's people have joined only today."""
    actor = load_actor(session, person_id)
    seed = person_id * DAYS + back.days
    rng = random.Random(f"quiz:{seed}")  # noqa: S311 - an invented past
    try_id = begin_try(session, actor, quiz_id, seed=seed, now=now)
    seat = open_page(session, actor, try_id)
    one = session.get_one(MassQuizTry, try_id)
    one.began_at, one.due_at = now - back, one.due_at - back
    one.day = local_date(one.began_at)
    session.flush()
    used = timedelta(seconds=rng.randint(240, 780))
    end_try(session, seat, _answers(session, one, knows, rng), now=one.began_at + used)


def _answers(session: Session, one: MassQuizTry, knows: float, rng: random.Random) -> list[Entry]:
    return [
        Entry(
            seq=question.number,
            question=question.number,
            answer=_plain(right_answer(question.content.key), question.content.type),
            device_clock="",
        )
        for question in paper_of(session, one).questions
        if rng.random() < knows
    ]


def _plain(answer: Answer, kind: QuestionType) -> Answer:
    single = kind is QuestionType.SINGLE_CHOICE and isinstance(answer, list)
    return answer[0] if single and isinstance(answer, list) else answer
