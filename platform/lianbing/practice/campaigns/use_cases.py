"""Open and withdraw a campaign; join, leave and try it."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, delete, func, select
from sqlalchemy.orm import Session

from lianbing.banks.queries import drillable
from lianbing.infra import audit
from lianbing.infra.calendar import local_date
from lianbing.infra.upsert import insert_for
from lianbing.kernel.actor import Actor
from lianbing.kernel.errors import Forbidden, NotFound
from lianbing.kernel.ids import BankId, OrganisationId
from lianbing.people.authority import require_reach
from lianbing.practice.campaigns import queries
from lianbing.practice.campaigns.errors import (
    BadCampaign,
    CampaignNotFound,
    CampaignNotOpen,
    NotJoined,
    NoTriesLeft,
)
from lianbing.practice.campaigns.models import Campaign, CampaignMember, CampaignRun
from lianbing.practice.campaigns.rules import CampaignState, Plan, find_fault
from lianbing.practice.errors import NothingToDrill
from lianbing.practice.learners import lock_learner
from lianbing.practice.queries import (
    identities_of,
    last_seen_days,
    learner_of,
    list_practice_banks,
)
from lianbing.practice.rules import DrillMode, pick
from lianbing.practice.starting import DrillPlan, open_drill, versions_of


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCampaign:
    """A plan with where it is asked and what it is drawn from."""

    plan: Plan
    organisation_id: OrganisationId
    bank_id: BankId
    scope_id: int | None = None


def open_campaign(session: Session, actor: Actor, new: NewCampaign, *, now: datetime) -> int:
    """Ask a subtree within the leader's reach to practise; enrols nobody. The campaign's id.

    Raises BadCampaign, NotFound for a bank that is not the leader's to practise, and
    NothingToDrill for a scope without questions.
    """
    require_reach(session, actor, *queries.LEADERS, organisation_id=new.organisation_id)
    if actor.person_id is None:
        raise Forbidden
    if find_fault(new.plan, today=local_date(now)) is not None:
        raise BadCampaign
    if new.bank_id not in {bank.id for bank in list_practice_banks(session, actor)}:
        raise NotFound
    if not drillable(session, new.bank_id, scope_id=new.scope_id):
        raise NothingToDrill
    plan = new.plan
    campaign = Campaign(
        organisation_id=new.organisation_id,
        title=plan.title.strip(),
        form=plan.form.value,
        binding=plan.binding.value,
        why=plan.why.strip(),
        bank_id=new.bank_id,
        scope_id=new.scope_id,
        opens_on=plan.opens_on,
        closes_on=plan.closes_on,
        questions=plan.questions,
        tries=plan.tries,
        points=plan.points,
        created_by=actor.person_id,
        created_at=now,
    )
    session.add(campaign)
    session.flush()
    audit.record(
        session,
        actor,
        "practice.open_campaign",
        subject=("campaign", campaign.id),
        now=now,
        reason=plan.why,
        details={"organisation_id": new.organisation_id, "binding": plan.binding.value},
    )
    return campaign.id


def withdraw(session: Session, actor: Actor, campaign_id: int, *, now: datetime) -> None:
    """Take a campaign back; what was practised stays practised."""
    campaign = session.get(Campaign, campaign_id, with_for_update=True)
    if campaign is None:
        raise CampaignNotFound
    place = OrganisationId(campaign.organisation_id)
    require_reach(session, actor, *queries.LEADERS, organisation_id=place)
    if campaign.withdrawn_at is None:
        campaign.withdrawn_at = now
        audit.record(
            session, actor, "practice.withdraw_campaign", subject=("campaign", campaign_id), now=now
        )


def join(session: Session, actor: Actor, campaign_id: int, *, now: datetime) -> None:
    """Take part in a voluntary campaign; joining again changes nothing."""
    own = queries.get_own(session, actor, campaign_id, now=now)
    if own.row.state not in (CampaignState.OPEN, CampaignState.PLANNED):
        raise CampaignNotOpen
    table = cast(Table, CampaignMember.__table__)
    session.execute(
        insert_for(session, table)
        .values(campaign_id=campaign_id, person_id=learner_of(actor), joined_at=now)
        .on_conflict_do_nothing()
    )


def leave(session: Session, actor: Actor, campaign_id: int) -> None:
    """Take part no longer; what was practised stays the person's own."""
    session.execute(
        delete(CampaignMember).where(
            CampaignMember.campaign_id == campaign_id,
            CampaignMember.person_id.in_(identities_of(session, actor)),
        )
    )


def start(session: Session, actor: Actor, campaign_id: int, *, seed: int, now: datetime) -> int:
    """Begin a try of today's period, or go on with the one begun; the drill's id.

    Raises CampaignNotFound, CampaignNotOpen, NotJoined, NoTriesLeft and NothingToDrill.
    """
    lock_learner(session, actor)
    own = queries.get_own(session, actor, campaign_id, now=now)
    row, plan = own.row, own.row.plan
    if row.state is not CampaignState.OPEN:
        raise CampaignNotOpen
    if not own.takes_part:
        raise NotJoined
    if own.open_drill_id is not None:
        return own.open_drill_id
    if not own.tries_left:
        raise NoTriesLeft
    identities, period = identities_of(session, actor), plan.period_of(local_date(now))
    versions = versions_of(drillable(session, row.bank_id, scope_id=row.scope_id))
    seen = last_seen_days(session, identities)
    picked = pick(tuple(versions), seen, seed=seed, count=plan.questions)
    number = 1 + _last_try(session, actor, campaign_id, period)
    name = f"{DrillMode.CAMPAIGN.value}:{campaign_id}:{period}:{number}"
    drill_plan = DrillPlan(
        mode=DrillMode.CAMPAIGN, open_as=name, bank_id=row.bank_id, scope_id=row.scope_id
    )
    drill_id = open_drill(session, actor, drill_plan, picked, versions, seed=seed, now=now)
    session.add(
        CampaignRun(
            drill_id=drill_id,
            campaign_id=campaign_id,
            person_id=learner_of(actor),
            period=period,
            try_no=number,
        )
    )
    session.flush()
    return drill_id


def _last_try(session: Session, actor: Actor, campaign_id: int, period: object) -> int:
    found = session.scalar(
        select(func.max(CampaignRun.try_no)).where(
            CampaignRun.campaign_id == campaign_id,
            CampaignRun.person_id == learner_of(actor),
            CampaignRun.period == period,
        )
    )
    return found or 0
