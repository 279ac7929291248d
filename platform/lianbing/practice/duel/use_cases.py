"""Invite to a duel, take it up, play one's side."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.banks.queries import drillable
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import BankId, QuestionId, QuestionVersionId
from lianbing.practice.duel.errors import BankNotOpen, DuelExpired, DuelTaken, DuelWithOneself
from lianbing.practice.duel.models import Duel, DuelPlay
from lianbing.practice.duel.rules import LASTS
from lianbing.practice.errors import NothingToDrill
from lianbing.practice.learners import lock_learner
from lianbing.practice.queries import get_practice_bank, identities_of, learner_of
from lianbing.practice.rules import DrillMode, pick
from lianbing.practice.starting import DrillPlan, choose_bank, open_drill, versions_of


def invite(
    session: Session, actor: Actor, bank_id: BankId, *, token: str, seed: int, now: datetime
) -> None:
    """Draw ten questions of a bank for two; ``token`` names the duel in the link to send.

    Neither has an advantage from what they have seen: chance alone draws. Raises NothingToDrill.
    """
    choose_bank(session, actor, bank_id)
    items = drillable(session, bank_id)
    versions = versions_of(items)
    picked = pick(tuple(versions), {}, seed=seed)
    if not picked:
        raise NothingToDrill
    session.add(
        Duel(
            token=token,
            challenger_id=learner_of(actor),
            bank_id=bank_id,
            questions=[[question, versions[question]] for question in picked],
            seed=seed,
            created_at=now,
            expires_at=now + LASTS,
        )
    )


def take_up(session: Session, actor: Actor, token: str, *, now: datetime) -> None:
    """Become the other side; again is harmless. All identities of a person are one side.

    Raises NotFound, DuelWithOneself, DuelTaken, DuelExpired, and BankNotOpen for whoever may not
    practise the bank: a link opens no bank.
    """
    duel = _locked(session, token)
    mine = identities_of(session, actor)
    if duel.challenger_id in mine:
        raise DuelWithOneself
    if duel.opponent_id in mine:
        return
    if duel.opponent_id is not None:
        raise DuelTaken
    if now > duel.expires_at:
        raise DuelExpired
    _require_bank(session, actor, BankId(duel.bank_id))
    duel.opponent_id = learner_of(actor)


def play(session: Session, actor: Actor, token: str, *, now: datetime) -> int:
    """The drill of the actor's side, begun or gone on with; raises NotFound for a stranger and
    DuelExpired for who has not begun in time."""
    lock_learner(session, actor)
    duel = _locked(session, token)
    mine = identities_of(session, actor)
    if duel.challenger_id not in mine and duel.opponent_id not in mine:
        raise NotFound
    by_challenger = duel.challenger_id in mine
    begun = session.scalar(
        select(DuelPlay.drill_id).where(
            DuelPlay.duel_id == duel.id, DuelPlay.by_challenger == by_challenger
        )
    )
    if begun is not None:
        return begun
    if now > duel.expires_at:
        raise DuelExpired
    _require_bank(session, actor, BankId(duel.bank_id))
    mode = DrillMode.DUEL
    plan = DrillPlan(mode=mode, open_as=f"{mode.value}:{duel.id}", bank_id=BankId(duel.bank_id))
    versions = {QuestionId(one): QuestionVersionId(version) for one, version in duel.questions}
    drill_id = open_drill(session, actor, plan, tuple(versions), versions, seed=duel.seed, now=now)
    session.add(DuelPlay(drill_id=drill_id, duel_id=duel.id, by_challenger=by_challenger))
    return drill_id


def _locked(session: Session, token: str) -> Duel:
    duel = session.scalars(select(Duel).where(Duel.token == token).with_for_update()).one_or_none()
    if duel is None:
        raise NotFound
    return duel


def _require_bank(session: Session, actor: Actor, bank_id: BankId) -> None:
    try:
        get_practice_bank(session, actor, bank_id)
    except NotFound as error:
        raise BankNotOpen from error
