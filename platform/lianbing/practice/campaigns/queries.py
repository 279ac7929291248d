"""Campaigns as workers and trainers see them, in frozen rows."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from lianbing.banks.models import QuestionBank
from lianbing.grading.rules import Verdict
from lianbing.infra.calendar import local_date
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.ids import BankId, OrganisationId, PersonId
from lianbing.people.authority import reachable_ids, require_reach
from lianbing.people.queries import organisation_names, person_facts, person_names
from lianbing.practice.campaigns.errors import CampaignNotFound
from lianbing.practice.campaigns.models import Campaign, CampaignMember, CampaignRun
from lianbing.practice.campaigns.rules import (
    Binding,
    CampaignForm,
    CampaignState,
    Credit,
    Plan,
    Run,
    credit_of,
    state_on,
)
from lianbing.practice.models import Drill, PracticeAnswer
from lianbing.practice.queries import identities_of, learner_of

LEADERS = (Role.TRAINER, Role.TEAM_LEADER)
PER_PAGE = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignRow:
    """A campaign with who asks for it and where."""

    id: int
    plan: Plan
    state: CampaignState
    organisation_id: OrganisationId
    organisation_name: str
    asked_by: str
    bank_id: BankId
    bank_title: str
    scope_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnCampaign:
    """A campaign as one worker sees it; ``open_drill_id`` is a try to go on with."""

    row: CampaignRow
    joined: bool
    credit: Credit
    done_now: bool
    tries_left: int
    open_drill_id: int | None

    @property
    def takes_part(self) -> bool:
        """Whether the person is asked to or has joined."""
        return self.joined or self.row.plan.binding is Binding.REQUIRED

    @property
    def is_due(self) -> bool:
        """Whether there is something to do now."""
        return self.takes_part and self.row.state is CampaignState.OPEN and not self.done_now


def plan_of(campaign: Campaign) -> Plan:
    """The plan of a stored campaign."""
    return Plan(
        title=campaign.title,
        form=CampaignForm(campaign.form),
        binding=Binding(campaign.binding),
        why=campaign.why,
        opens_on=campaign.opens_on,
        closes_on=campaign.closes_on,
        questions=campaign.questions,
        tries=campaign.tries,
        points=campaign.points,
    )


def meant_for(session: Session, actor: Actor, *, on: date) -> ColumnElement[bool]:
    """The condition that a campaign addresses the actor: asked of a node at or above theirs."""
    facts = person_facts(session, learner_of(actor), on=on)
    return Campaign.organisation_id.in_(sorted(facts.organisation_ids))


def page_of_own(session: Session, actor: Actor, number: int, *, now: datetime) -> Page[OwnCampaign]:
    """The campaigns meant for the actor, those that close last first."""
    statement = _campaigns().where(
        meant_for(session, actor, on=local_date(now)), Campaign.withdrawn_at.is_(None)
    )
    page = page_of(session, statement, number, per_page=PER_PAGE)
    return page.with_rows(_own(session, actor, _rows(session, page.rows, now=now), now=now))


def list_due(session: Session, actor: Actor, *, now: datetime) -> list[OwnCampaign]:
    """What is asked of the actor today or was joined, and not done yet; and what may be joined."""
    today = local_date(now)
    statement = _campaigns().where(
        meant_for(session, actor, on=today),
        Campaign.withdrawn_at.is_(None),
        Campaign.opens_on <= today,
        Campaign.closes_on >= today,
    )
    found = session.execute(statement.limit(PER_PAGE)).all()
    return _own(session, actor, _rows(session, found, now=now), now=now)


def get_own(session: Session, actor: Actor, campaign_id: int, *, now: datetime) -> OwnCampaign:
    """A campaign meant for the actor; raises CampaignNotFound for another's as for none."""
    statement = _campaigns().where(
        Campaign.id == campaign_id, meant_for(session, actor, on=local_date(now))
    )
    rows = _rows(session, session.execute(statement).all(), now=now)
    if not rows:
        raise CampaignNotFound
    return _own(session, actor, rows, now=now)[0]


def page_of_led(session: Session, actor: Actor, number: int, *, now: datetime) -> Page[CampaignRow]:
    """The campaigns within the reach of a leader, the newest first."""
    statement = _campaigns().where(Campaign.organisation_id.in_(reachable_ids(actor, *LEADERS)))
    page = page_of(session, statement, number, per_page=PER_PAGE)
    return page.with_rows(_rows(session, page.rows, now=now))


def get_led(session: Session, actor: Actor, campaign_id: int, *, now: datetime) -> CampaignRow:
    """A campaign in the leader's reach; raises CampaignNotFound and Forbidden."""
    found = session.execute(_campaigns().where(Campaign.id == campaign_id)).all()
    rows = _rows(session, found, now=now)
    if not rows:
        raise CampaignNotFound
    require_reach(session, actor, *LEADERS, organisation_id=rows[0].organisation_id)
    return rows[0]


def runs_of(
    session: Session, campaign_ids: Collection[int], people: Collection[PersonId] | None = None
) -> dict[tuple[int, PersonId], list[Run]]:
    """The tries by campaign and person; a drill's right answers are counted from the record."""
    statement = (
        select(
            CampaignRun.campaign_id,
            CampaignRun.person_id,
            CampaignRun.period,
            Drill.finished_at,
            func.count(PracticeAnswer.id).filter(PracticeAnswer.verdict == Verdict.RIGHT.value),
        )
        .join(Drill, Drill.id == CampaignRun.drill_id)
        .outerjoin(PracticeAnswer, PracticeAnswer.drill_id == Drill.id)
        .where(CampaignRun.campaign_id.in_(campaign_ids))
        .group_by(
            CampaignRun.drill_id,
            CampaignRun.campaign_id,
            CampaignRun.person_id,
            CampaignRun.period,
            Drill.finished_at,
        )
    )
    if people is not None:
        statement = statement.where(CampaignRun.person_id.in_(people))
    runs: dict[tuple[int, PersonId], list[Run]] = defaultdict(list)
    for campaign_id, person_id, period, finished_at, right in session.execute(statement):
        run = Run(period=period, right=right, finished=finished_at is not None)
        runs[campaign_id, PersonId(person_id)].append(run)
    return runs


def _campaigns() -> Select[Campaign, str]:
    return (
        select(Campaign, QuestionBank.title)
        .join(QuestionBank, QuestionBank.id == Campaign.bank_id)
        .order_by(Campaign.closes_on.desc(), Campaign.id.desc())
    )


def _rows(session: Session, found: Sequence[Any], *, now: datetime) -> list[CampaignRow]:
    pairs: list[tuple[Campaign, str]] = [(row[0], row[1]) for row in found]
    places = organisation_names(
        session, [OrganisationId(campaign.organisation_id) for campaign, _ in pairs]
    )
    names = person_names(session, [PersonId(campaign.created_by) for campaign, _ in pairs])
    today = local_date(now)
    rows = []
    for campaign, bank_title in pairs:
        plan = plan_of(campaign)
        rows.append(
            CampaignRow(
                id=campaign.id,
                plan=plan,
                state=state_on(plan, today, withdrawn=campaign.withdrawn_at is not None),
                organisation_id=OrganisationId(campaign.organisation_id),
                organisation_name=places.get(OrganisationId(campaign.organisation_id), ""),
                asked_by=names.get(PersonId(campaign.created_by), ""),
                bank_id=BankId(campaign.bank_id),
                bank_title=bank_title,
                scope_id=campaign.scope_id,
            )
        )
    return rows


def _own(
    session: Session, actor: Actor, rows: Sequence[CampaignRow], *, now: datetime
) -> list[OwnCampaign]:
    identities, ids = identities_of(session, actor), [row.id for row in rows]
    joined = set(
        session.scalars(
            select(CampaignMember.campaign_id).where(
                CampaignMember.campaign_id.in_(ids), CampaignMember.person_id.in_(identities)
            )
        )
    )
    runs: dict[int, list[Run]] = defaultdict(list)
    for (campaign_id, _), tries in runs_of(session, ids, identities).items():
        runs[campaign_id] += tries
    begun = session.execute(
        select(CampaignRun.campaign_id, CampaignRun.period, CampaignRun.drill_id)
        .join(Drill, Drill.id == CampaignRun.drill_id)
        .where(
            CampaignRun.campaign_id.in_(ids),
            CampaignRun.person_id.in_(identities),
            Drill.finished_at.is_(None),
        )
        .order_by(CampaignRun.drill_id)
    )
    unfinished = {(campaign_id, period): drill_id for campaign_id, period, drill_id in begun}
    today = local_date(now)
    return [
        _own_row(row, runs[row.id], unfinished, joined=row.id in joined, today=today)
        for row in rows
    ]


def _own_row(
    row: CampaignRow,
    runs: Sequence[Run],
    unfinished: dict[tuple[int, date], int],
    *,
    joined: bool,
    today: date,
) -> OwnCampaign:
    period = row.plan.period_of(today)
    now_runs = [run for run in runs if run.period == period]
    return OwnCampaign(
        row=row,
        joined=joined,
        credit=credit_of(row.plan, runs),
        done_now=any(run.finished for run in now_runs),
        tries_left=max(0, row.plan.tries - len(now_runs)),
        open_drill_id=unfinished.get((row.id, period)),
    )
