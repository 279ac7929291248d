"""The demo's ways to practise, alive: a duel that waits and one decided, a challenge's record,
favourites with notes, a blueprint offered for mocks.

Invented, the same on every load; loading twice changes nothing.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.queries import contents
from lianbing.banks.rules import ChoiceKey, TruthKey
from lianbing.kernel.actor import Actor
from lianbing.kernel.ids import BankId, BlueprintId, PersonId, QuestionId, QuestionVersionId
from lianbing.papers.models import Blueprint
from lianbing.people.demo import DemoPeople
from lianbing.people.queries import load_actor
from lianbing.practice.challenge.models import ChallengeRun
from lianbing.practice.challenge.use_cases import answer_run, ask, begin_run
from lianbing.practice.daily.demo import answer_all
from lianbing.practice.duel import use_cases as duel
from lianbing.practice.duel.models import Duel
from lianbing.practice.favourites.models import KeptQuestion
from lianbing.practice.favourites.use_cases import mark_favourite, write_note
from lianbing.practice.mock.models import MockOffer
from lianbing.practice.mock.use_cases import offer_blueprint
from lianbing.practice.models import DrillItem, WrongBookItem
from lianbing.practice.queries import list_practice_banks
from lianbing.practice.rules import Given

WORKER, LEADER, COLLEAGUE = "13800000001", "13800000002", "13800000011"
RECORD = 6
MINUTES = 90
NOTES = ("这题错过，周五问师傅。", "别凭感觉选，先想清楚为什么。", "", "")
WAITING, DECIDED = "demo-duel-waits", "demo-duel-decided"
A_QUESTION = timedelta(seconds=20)


def load_demo(session: Session, *, people: DemoPeople, now: datetime) -> None:
    """Load what is missing of each way to practise, over the bank the worker practises."""
    worker, leader, colleague = (
        load_actor(session, people.persons[phone]) for phone in (WORKER, LEADER, COLLEAGUE)
    )
    banks = list_practice_banks(session, worker)
    if not banks:
        return
    bank_id = banks[0].id
    began = now - timedelta(days=2)
    decided = _duel(session, worker, colleague, bank_id, DECIDED, began=began)
    if decided:
        _play(session, colleague, DECIDED, began=began + timedelta(hours=1))
    _duel(session, leader, worker, bank_id, WAITING, began=now - timedelta(hours=3))
    _challenge(session, worker, bank_id, began=now - timedelta(days=1, hours=1))
    _favourites(session, worker, now=now - timedelta(hours=20))
    _offer(session, load_actor(session, people.trainer), bank_id, now=now)


def _duel(
    session: Session,
    challenger: Actor,
    opponent: Actor,
    bank_id: BankId,
    token: str,
    *,
    began: datetime,
) -> bool:
    """One has invited and played, the other has taken it up; False when it is there already."""
    if session.scalar(select(Duel.id).where(Duel.token == token)) is not None:
        return False
    duel.invite(session, challenger, bank_id, token=token, seed=len(token), now=began)
    session.flush()
    duel.take_up(session, opponent, token, now=began)
    _play(session, challenger, token, began=began)
    return True


def _play(session: Session, actor: Actor, token: str, *, began: datetime) -> None:
    drill_id = duel.play(session, actor, token, now=began)
    answer_all(session, actor, drill_id, began=began)


def _challenge(session: Session, worker: Actor, bank_id: BankId, *, began: datetime) -> None:
    mine = ChallengeRun.person_id == worker.person_id
    if session.scalar(select(ChallengeRun.drill_id).where(mine).limit(1)) is not None:
        return
    drill_id = begin_run(session, worker, bank_id, seed=RECORD, now=began)
    for position in range(1, RECORD + 2):
        moment = began + position * A_QUESTION
        ask(session, worker, drill_id, now=moment)
        given = _given(session, drill_id, position, right=position <= RECORD)
        answer_run(session, worker, drill_id, position, given, now=moment + A_QUESTION / 2)


def _given(session: Session, drill_id: int, position: int, *, right: bool) -> Given:
    version_id = QuestionVersionId(session.get_one(DrillItem, (drill_id, position)).version_id)
    content = contents(session, [version_id])[version_id]
    match content.key:
        case ChoiceKey(letters=letters) if right:
            return Given(choices=tuple(letters))
        case TruthKey(value=value):
            return Given(choices=("true" if value is right else "false",))
        case _:
            return Given(gave_up=True)


def _favourites(session: Session, worker: Actor, *, now: datetime) -> None:
    """The oldest mistakes are what one keeps; two of them have a note."""
    person_id = worker.person_id
    kept = select(KeptQuestion.question_id).where(KeptQuestion.person_id == person_id).limit(1)
    if person_id is None or session.scalar(kept) is not None:
        return
    mistakes = session.scalars(
        select(WrongBookItem.question_id)
        .where(WrongBookItem.person_id == PersonId(person_id))
        .order_by(WrongBookItem.question_id)
        .limit(len(NOTES))
    ).all()
    for question_id, note in zip(mistakes, NOTES, strict=False):
        mark_favourite(session, worker, QuestionId(question_id), on=True, now=now)
        if note:
            session.flush()
            write_note(session, worker, QuestionId(question_id), note, now=now)


def _offer(session: Session, trainer: Actor, bank_id: BankId, *, now: datetime) -> None:
    blueprint_id = session.scalar(
        select(Blueprint.id).where(Blueprint.bank_id == bank_id).order_by(Blueprint.id).limit(1)
    )
    if blueprint_id is not None and session.get(MockOffer, blueprint_id) is None:
        offer_blueprint(session, trainer, BlueprintId(blueprint_id), MINUTES, now=now)
