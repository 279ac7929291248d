"""The demo's campaign: the trainer invites the workshop for two weeks, the worker has joined.

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
from lianbing.practice.campaigns.use_cases import NewCampaign, join, open_campaign
from lianbing.practice.queries import list_practice_banks
from lianbing.practice.rewards.weeks import take_up

TITLE = "接地保护练兵周（示例）"
WHY = "上月检修中接地接错了两次，大家一起把这一块练扎实。"
WORKSHOP = "DEMO-W"
DAYS = 14


def load_demo(session: Session, *, people: DemoPeople, now: datetime) -> None:
    """Open what is missing and take the practised days up into their weeks."""
    while take_up(session, now=now):
        pass
    known = select(Campaign.id).where(Campaign.title == TITLE)
    trainer = load_actor(session, people.trainer)
    worker = load_actor(session, people.workers[0])
    banks = list_practice_banks(session, worker)
    if session.scalar(known) is not None or not banks:
        return
    today = local_date(now)
    plan = Plan(
        title=TITLE,
        form=CampaignForm.DAILY,
        binding=Binding.VOLUNTARY,
        why=WHY,
        opens_on=today,
        closes_on=today + timedelta(days=DAYS - 1),
        questions=5,
        tries=2,
        points=1,
    )
    new = NewCampaign(
        plan=plan, organisation_id=people.organisations[WORKSHOP], bank_id=banks[0].id
    )
    campaign_id = open_campaign(session, trainer, new, now=now)
    join(session, worker, campaign_id, now=now)
