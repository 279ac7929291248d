"""The demo's campaign: the trainer invited the workshop some days ago, some have joined and run.

Loading twice changes nothing.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.infra.calendar import local_date
from lianbing.people.demo import DemoPeople
from lianbing.people.queries import load_actor
from lianbing.practice.campaigns.models import Campaign
from lianbing.practice.campaigns.rules import Binding, CampaignForm, Plan
from lianbing.practice.campaigns.use_cases import NewCampaign, join, open_campaign, start
from lianbing.practice.daily.demo import answer_all
from lianbing.practice.queries import list_practice_banks
from lianbing.practice.rewards.weeks import take_up

TITLE = "接地保护练兵周（示例）"
WHY = "上月检修中接地接错了两次，大家一起把这一块练扎实。"
WORKSHOP = "DEMO-W"
DAYS = 14
BEGAN_BEFORE = 5
TRIES = {"13800000001": (4, 2, 1), "13800000011": (4, 3, 2, 1), "13800000015": (3,)}
"""Who has joined, and how many days ago each has finished a try."""
NOON_BREAK = timedelta(hours=4)


def load_demo(session: Session, *, people: DemoPeople, now: datetime) -> None:
    """Open what is missing and take the practised days up into their weeks."""
    _campaign(session, people=people, now=now)
    while take_up(session, now=now):
        pass


def _campaign(session: Session, *, people: DemoPeople, now: datetime) -> None:
    known = select(Campaign.id).where(Campaign.title == TITLE)
    trainer = load_actor(session, people.trainer)
    banks = list_practice_banks(session, load_actor(session, people.workers[0]))
    if session.scalar(known) is not None or not banks:
        return
    first = now - timedelta(days=BEGAN_BEFORE)
    plan = Plan(
        title=TITLE,
        form=CampaignForm.DAILY,
        binding=Binding.VOLUNTARY,
        why=WHY,
        opens_on=local_date(first),
        closes_on=local_date(first) + timedelta(days=DAYS - 1),
        questions=5,
        tries=2,
        points=1,
    )
    new = NewCampaign(
        plan=plan, organisation_id=people.organisations[WORKSHOP], bank_id=banks[0].id
    )
    campaign_id = open_campaign(session, trainer, new, now=first)
    for phone, days in TRIES.items():
        actor = load_actor(session, people.persons[phone])
        join(session, actor, campaign_id, now=now)
        for day in days:
            began = now - timedelta(days=day) - NOON_BREAK
            drill_id = start(session, actor, campaign_id, seed=day, now=began)
            answer_all(session, actor, drill_id, began=began)
