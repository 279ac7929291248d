"""The demo's practice: some weeks of daily drills of the demo worker, a few of colleagues.

What is answered wrong is invented, but the same on every load. Loading twice changes nothing.
"""

import random
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.queries import contents
from lianbing.banks.rules import Answer, ChoiceKey, QuestionContent, QuestionType, TruthKey
from lianbing.exams.own_result import right_answer
from lianbing.grading.rules import Verdict
from lianbing.infra.calendar import local_date
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import PersonId, QuestionId, QuestionVersionId
from lianbing.people.demo import DemoPeople
from lianbing.people.queries import load_actor
from lianbing.practice.marking import mark_given
from lianbing.practice.models import Drill, DrillItem, PracticeAnswer
from lianbing.practice.queries import list_practice_banks, point_of
from lianbing.practice.recording import Answered, lock_learners, record_answers
from lianbing.practice.starting import start_daily_drill

WEEKS = 4
PRACTISES = 0.7
LATELY, REST_DAY = 12, 5
"""Of the last days the worker missed one only, so that there is a streak to see."""
DAYS_OF_A_COLLEAGUE = 4
EVENING = timedelta(hours=2)
IN_A_DRILL = timedelta(seconds=40)


def load_demo(session: Session, *, people: DemoPeople, now: datetime) -> None:
    """Practise what the demo's workers have not: nothing for anybody who has an answer."""
    worker, *others = people.workers
    rng = random.Random(WEEKS)  # noqa: S311 - an invented past
    days = [
        day
        for day in range(WEEKS * 7, 0, -1)
        if rng.random() < PRACTISES or (day <= LATELY and day != REST_DAY)
    ]
    days = [day for day in days if day != REST_DAY]
    if local_date(now).weekday() == 0:
        days.append(0)  # on a Monday, or nobody would stand on the new week's board
    _practise(session, worker, days, now=now)
    for place, person_id in enumerate(others):
        latest = place % 3
        own = range(latest + DAYS_OF_A_COLLEAGUE - place % 4, latest - 1, -1)
        _practise(session, person_id, list(own), now=now)


def _practise(session: Session, person_id: PersonId, days: list[int], *, now: datetime) -> None:
    any_answer = select(PracticeAnswer.id).where(PracticeAnswer.person_id == person_id).limit(1)
    if session.scalar(any_answer) is not None:
        return
    actor = load_actor(session, person_id)
    banks = list_practice_banks(session, actor)
    if not banks:
        return
    for day in days:
        moment = now - timedelta(days=day) - EVENING
        drill_id = start_daily_drill(session, actor, banks[0].id, seed=day, now=moment)
        answer_all(session, actor, drill_id, began=moment)


def answer_all(session: Session, actor: Actor, drill_id: int, *, began: datetime) -> None:
    """Answer a drill from end to end, each point as well as it is known, and end it."""
    drill = session.get_one(Drill, drill_id)
    items = session.scalars(
        select(DrillItem).where(DrillItem.drill_id == drill_id).order_by(DrillItem.position)
    ).all()
    found = contents(session, [QuestionVersionId(item.version_id) for item in items])
    person_id = PersonId(drill.person_id)
    answered = []
    for item in items:
        version_id = QuestionVersionId(item.version_id)
        point_id = point_of(session, version_id)
        answer, verdict = _answer(found[version_id], point_id, item)
        answered.append(
            Answered(
                person_id=person_id,
                drill_id=drill_id,
                position=item.position,
                question_id=QuestionId(item.question_id),
                version_id=version_id,
                point_id=point_id,
                mode=drill.mode,
                answer=answer,
                verdict=verdict,
                answered_at=began + item.position * IN_A_DRILL,
            )
        )
    lock_learners(session, [person_id])
    ended = answered[-1].answered_at
    record_answers(session, answered, now=ended)
    drill.position, drill.finished_at, drill.open_as = drill.length + 1, ended, None
    session.flush()


def _answer(content: QuestionContent, point_id: int, item: DrillItem) -> tuple[Answer, Verdict]:
    """Right or wrong as the point is known: some well, some badly, always the same."""
    known = random.Random(f"point:{point_id}").uniform(0.35, 0.95)  # noqa: S311 - invented
    luck = random.Random(f"{item.question_id}:{item.drill_id}").random()  # noqa: S311 - invented
    given = _right(content) if luck < known else _wrong(content)
    rating = Verdict.RIGHT if luck < known else Verdict.WRONG
    return mark_given(content, given, gave_up=given is None, rating=rating.value)


def _right(content: QuestionContent) -> Answer:
    answer = right_answer(content.key)
    if content.type is QuestionType.SINGLE_CHOICE and isinstance(answer, list):
        return answer[0]
    return answer


def _wrong(content: QuestionContent) -> Answer:
    """A neighbouring option, the other truth value; else no answer."""
    match content.key:
        case ChoiceKey(letters=letters):
            others = [option.letter for option in content.options if option.letter not in letters]
            single = content.type is QuestionType.SINGLE_CHOICE
            return others[0] if single else others[:1] or None
        case TruthKey(value=value):
            return not value
        case _:
            return None
