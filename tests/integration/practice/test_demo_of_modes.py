"""A visitor of the demo finds the ways to practise alive, and a second load adds nothing."""

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lianbing.entry.demo import load_all
from lianbing.kernel.clock import utc_now
from lianbing.kernel.ids import PersonId
from lianbing.people.queries import load_actor
from lianbing.practice.campaigns import queries as campaigns
from lianbing.practice.campaigns.models import CampaignRun
from lianbing.practice.challenge.models import ChallengeRun
from lianbing.practice.demo import DECIDED, RECORD, WAITING
from lianbing.practice.duel import queries as duels
from lianbing.practice.duel.models import Duel
from lianbing.practice.duel.rules import DuelState
from lianbing.practice.favourites.models import KeptQuestion
from lianbing.practice.mock.models import MockOffer

TABLES = (Duel, ChallengeRun, KeptQuestion, MockOffer, CampaignRun)


def counts(session: Session) -> list[int | None]:
    session.rollback()
    return [session.scalar(select(func.count()).select_from(table)) for table in TABLES]


def test_the_demo_shows_every_way_to_practise_once(app: Flask, session: Session) -> None:
    load_all(app)
    once = counts(session)
    assert once == [2, 1, 4, 1, 8]
    load_all(app)
    assert counts(session) == once
    worker = select(Duel.opponent_id).where(Duel.token == WAITING)
    actor = load_actor(session, PersonId(session.scalars(worker).one() or 0))
    waiting = duels.get_duel(session, actor, WAITING, now=utc_now())
    assert waiting.state is DuelState.PLAYING
    assert waiting.own is None or not waiting.own.finished
    decided = duels.get_duel(session, actor, DECIDED, now=utc_now())
    assert decided.state is DuelState.DONE
    assert session.scalar(select(ChallengeRun.score)) == RECORD
    [due] = campaigns.list_due(session, actor, now=utc_now())
    assert due.takes_part
    assert due.credit.periods > 0
