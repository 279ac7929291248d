"""Begin a run, show its questions against the server's clock, take answers, end it."""

from datetime import datetime

from sqlalchemy.orm import Session

from lianbing.banks.queries import drillable
from lianbing.infra.calendar import local_date
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import BankId
from lianbing.practice.challenge.errors import NoRunsLeft
from lianbing.practice.challenge.models import ChallengeRun
from lianbing.practice.challenge.queries import find_open, get_standing
from lianbing.practice.challenge.rules import QUICK_TYPES, Clock, Ending, draw_run, ending_after
from lianbing.practice.learners import lock_learner
from lianbing.practice.models import Drill, DrillItem
from lianbing.practice.queries import is_drillable_now, learner_of
from lianbing.practice.rules import DrillMode, Given
from lianbing.practice.starting import DrillPlan, choose_bank, open_drill, versions_of
from lianbing.practice.use_cases import finish, own_drill, record_item


def begin_run(session: Session, actor: Actor, bank_id: BankId, *, seed: int, now: datetime) -> int:
    """Begin a run over a bank, or go on with the one under way; raises NoRunsLeft.

    No clock runs before the first question is asked for.
    """
    choose_bank(session, actor, bank_id)
    under_way = find_open(session, actor)
    if under_way is not None:
        settle(session, actor, under_way, now=now)
        if session.get_one(ChallengeRun, under_way).ended_at is None:
            return under_way
    day = local_date(now)
    if not get_standing(session, actor, bank_id, on=day).left:
        raise NoRunsLeft
    items = [item for item in drillable(session, bank_id) if item.type in QUICK_TYPES]
    picked = draw_run([item.question_id for item in items], seed=seed)
    mode = DrillMode.CHALLENGE
    plan = DrillPlan(mode=mode, open_as=mode.value, bank_id=bank_id)
    drill_id = open_drill(session, actor, plan, picked, versions_of(items), seed=seed, now=now)
    session.add(
        ChallengeRun(
            drill_id=drill_id,
            person_id=learner_of(actor),
            bank_id=bank_id,
            day=day,
            score=0,
            began_at=now,
        )
    )
    return drill_id


def ask(session: Session, actor: Actor, drill_id: int, *, now: datetime) -> None:
    """Show the question the run stands at: its clock starts, once. Questions withdrawn from
    practice meanwhile are passed over."""
    run, drill = _locked(session, actor, drill_id)
    if run.ended_at is not None:
        return
    while drill.position <= drill.length:
        item = session.get_one(DrillItem, (drill.id, drill.position))
        if is_drillable_now(session, item.question_id):
            run.asked_at = run.asked_at or now
            return
        _pass_over(run, drill, item, now=now)
    _end(run, drill, Ending.ALL, now=now)


def answer_run(
    session: Session, actor: Actor, drill_id: int, position: int, given: Given, *, now: datetime
) -> None:
    """Take an answer that arrived ``now``: too late or not right ends the run.

    A retry, an answer to a question that was not shown or to a run that is over changes nothing.
    Raises NothingChosen and AnswerMisshapen, with the clock running on.
    """
    run, drill = _locked(session, actor, drill_id)
    if run.ended_at is not None or run.asked_at is None or position != drill.position:
        return
    if _time_is_up(run, drill, now=now):
        return
    item = session.get_one(DrillItem, (drill.id, position))
    if not is_drillable_now(session, item.question_id):
        _pass_over(run, drill, item, now=now)
        if drill.position > drill.length:
            _end(run, drill, Ending.ALL, now=now)
        return
    verdict = record_item(session, drill, item, given, now=now)
    drill.position, run.asked_at = position + 1, None
    ending = ending_after(verdict, position=position, length=drill.length)
    if ending is not Ending.WRONG:
        run.score += 1
    if ending is not None:
        _end(run, drill, ending, now=now)


def settle(session: Session, actor: Actor, drill_id: int, *, now: datetime) -> None:
    """End the run if the time of its question is up: what the clock has decided already."""
    run, drill = _locked(session, actor, drill_id)
    if run.ended_at is None:
        _time_is_up(run, drill, now=now)


def _time_is_up(run: ChallengeRun, drill: Drill, *, now: datetime) -> bool:
    """Whether it is, and then the run is ended. The question is no answer: it was not given up,
    the time was; so it neither enters the wrong book nor counts for what is mastered."""
    if not Clock(asked_at=run.asked_at).is_over(now):
        return False
    _end(run, drill, Ending.TIME, now=now)
    return True


def _pass_over(run: ChallengeRun, drill: Drill, item: DrillItem, *, now: datetime) -> None:
    item.skipped_at = now
    drill.position, run.asked_at = drill.position + 1, None


def _end(run: ChallengeRun, drill: Drill, ending: Ending, *, now: datetime) -> None:
    run.ended_at, run.ending = now, ending.value
    finish(drill, now=now)


def _locked(session: Session, actor: Actor, drill_id: int) -> tuple[ChallengeRun, Drill]:
    lock_learner(session, actor)
    drill = own_drill(session, actor, drill_id)
    run = session.get(ChallengeRun, drill.id)
    if run is None:
        raise NotFound
    return run, drill
