"""The demo's contests: one open for registration with its exam running, one long finished.

Titles, places and results are invented. Loading twice changes nothing.
"""

import json
import random
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.rules import Answer, ChoiceKey, TruthKey
from lianbing.contests import entering
from lianbing.contests.eligibility import AgeRange, EmployedOnly, WithinOrganisations
from lianbing.contests.models import Contest
from lianbing.contests.queries import get_contest
from lianbing.contests.rules import ContestKind, ContestLevel
from lianbing.contests.use_cases import (
    ContestPlan,
    create_contest,
    publish_contest,
    publish_contest_results,
)
from lianbing.exams import sitting
from lianbing.exams.conduct.admission import Doorway
from lianbing.exams.models import AnswerEntry
from lianbing.exams.own_result import right_answer
from lianbing.exams.rules import Release, Standing
from lianbing.exams.use_cases import ExamPlan
from lianbing.infra.crypto import current_keyring
from lianbing.kernel.actor import SYSTEM
from lianbing.kernel.ids import ContestId, ExamId, OrganisationId, PaperId, PersonId
from lianbing.papers.queries import get_frozen_paper
from lianbing.papers.rules import FrozenPaper, PaperQuestion
from lianbing.people.demo import DemoPeople
from lianbing.people.queries import load_actor

OPEN_TITLE = "青山市职工职业技能竞赛（示例）"
PAST_TITLE = "青山重型机械有限公司春季电工比武（示例）"
OPEN_NOTICE = "\n\n".join(
    (
        "各单位、各位职工：",
        "为以赛促训、以赛促学，市总工会举办电工项目职业技能竞赛，先进行网上理论考试。"
        "凡在我市就业的职工均可自愿报名，新就业形态劳动者同样欢迎。",
        "理论考试 90 分钟，满分 100 分，及格线 60 分。考试期间可随时进入，一次作答；"
        "断网后重新进入可以继续，已保存的答案不会丢失。",
        "成绩实时上榜，同分者用时少的在前。考试结束后公布成绩单，合格成绩记入技能档案。",
    )
)
PAST_NOTICE = "\n\n".join(
    (
        "各车间、各班组：",
        "公司工会组织春季电工比武，以理论考试检验岗位练兵成果。合格成绩记入技能档案。",
    )
)
WINDOW = timedelta(days=7)
SOON = timedelta(minutes=2)
LONG_AGO = timedelta(days=60)
DEMO_SEED = 20261120
CONTEST_CLASS = "二类"
CONTACT = "示例工会职工技能竞赛办公室 0970-0000000"


def load_demo(session: Session, *, people: DemoPeople, paper_id: PaperId, now: datetime) -> None:
    """Load what is missing of the two contests, the finished one with its published results."""
    if not _is_loaded(session, OPEN_TITLE, people.city):
        plan = _open_plan(people, paper_id, now)
        contest_id = create_contest(session, SYSTEM, plan, now=now)
        publish_contest(session, SYSTEM, contest_id, now=now)
    if not _is_loaded(session, PAST_TITLE, people.plant):
        _hold_past_contest(session, people, paper_id, now - LONG_AGO)


def _is_loaded(session: Session, title: str, host: OrganisationId) -> bool:
    found = session.scalar(
        select(Contest.id).where(Contest.title == title, Contest.organisation_id == host)
    )
    return found is not None


def _open_plan(people: DemoPeople, paper_id: PaperId, now: datetime) -> ContestPlan:
    # No common window: people come when their shift allows, so results may show at once,
    # while keys and explanations wait for the close.
    exam = ExamPlan(
        title=f"{OPEN_TITLE} · 电工理论",
        organisation_id=people.city,
        paper_id=paper_id,
        opens_at=now + SOON,
        closes_at=now + WINDOW,
        duration=timedelta(minutes=90),
        pass_mark=Decimal(60),
        common_window=False,
        results_release=Release.AT_HAND_IN,
        explanations_release=Release.AFTER_CLOSE,
    )
    return ContestPlan(
        title=OPEN_TITLE,
        organisation_id=people.city,
        level=ContestLevel.CITY,
        contest_class=CONTEST_CLASS,
        kind=ContestKind.GENERAL_OCCUPATION,
        notice=OPEN_NOTICE,
        contact=CONTACT,
        registration_opens_at=now,
        registration_closes_at=now + WINDOW - timedelta(hours=2),
        event_title="电工",
        conditions=(
            WithinOrganisations(organisation_ids=(people.city,)),
            AgeRange(lowest=16, highest=60),
            EmployedOnly(),
        ),
        exam=exam,
    )


def _past_plan(people: DemoPeople, paper_id: PaperId, then: datetime) -> ContestPlan:
    opens_at = then + timedelta(days=7)
    exam = ExamPlan(
        title=f"{PAST_TITLE} · 理论",
        organisation_id=people.plant,
        paper_id=paper_id,
        opens_at=opens_at,
        closes_at=opens_at + timedelta(hours=2),
        duration=timedelta(minutes=90),
        pass_mark=Decimal(60),
        explanations_release=Release.NEVER,
    )
    return ContestPlan(
        title=PAST_TITLE,
        organisation_id=people.plant,
        level=ContestLevel.ENTERPRISE,
        contest_class="",
        kind=ContestKind.GENERAL_OCCUPATION,
        notice=PAST_NOTICE,
        contact=CONTACT,
        registration_opens_at=then,
        registration_closes_at=then + timedelta(days=5),
        event_title="电工",
        conditions=(),
        exam=exam,
    )


def _hold_past_contest(
    session: Session,
    people: DemoPeople,
    paper_id: PaperId,
    then: datetime,
) -> None:
    plan = _past_plan(people, paper_id, then)
    contest_id = create_contest(session, SYSTEM, plan, now=then)
    publish_contest(session, SYSTEM, contest_id, now=then)
    paper = get_frozen_paper(session, paper_id)
    rng = random.Random(DEMO_SEED)  # noqa: S311 - invented results, the same at each load
    for person_id in people.workers[:-1]:
        _sit(session, contest_id, person_id, paper, rng, plan.exam.opens_at)
    publish_contest_results(
        session,
        SYSTEM,
        contest_id,
        sign=current_keyring().sign,
        now=plan.exam.closes_at + timedelta(hours=1),
    )


def _sit(
    session: Session,
    contest_id: ContestId,
    person_id: PersonId,
    paper: FrozenPaper,
    rng: random.Random,
    opened: datetime,
) -> None:
    actor = load_actor(session, person_id)
    event = get_contest(session, contest_id).event
    entering.register(
        session, actor, event.id, now=event.schedule.registration_opens_at + timedelta(hours=1)
    )
    started = opened + timedelta(minutes=rng.randint(0, 5))
    seat = sitting.enter(session, actor, ExamId(event.exam_id), Doorway(), arrived_at=started)
    skill = rng.uniform(0.5, 0.97)
    ended = started + timedelta(minutes=rng.randint(42, 85), seconds=rng.randint(0, 59))
    # Written beside the journal's writer, which commits on a connection of its own and would
    # wait for this very transaction on SQLite.
    session.add_all(
        AnswerEntry(
            attempt_id=seat.attempt_id,
            device=seat.device,
            seq=question.number,
            question=question.number,
            answer=json.dumps(_answer(question, rng.random() < skill), ensure_ascii=False),
            standing=Standing.COUNTED.value,
            arrived_at=ended - timedelta(minutes=1),
            device_clock="",
        )
        for question in paper.questions
    )
    session.flush()
    sitting.hand_in(session, seat, arrived_at=ended)


def _answer(question: PaperQuestion, is_right: bool) -> Answer:
    key = question.content.key
    if isinstance(key, TruthKey):
        return key.value if is_right else not key.value
    if isinstance(key, ChoiceKey):
        letters = [option.letter for option in question.content.options]
        wrong = [letter for letter in letters if letter not in key.letters]
        chosen = sorted(key.letters) if is_right else wrong[:1]
        return chosen[0] if len(key.letters) == 1 else chosen
    return right_answer(key) if is_right else None
