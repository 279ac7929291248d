"""Campaigns on both databases: nobody is enrolled silently, leaders see their own people only."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy.orm import Session
from tests.people_factory import actor_for, make_organisation, make_person
from tests.practice_factory import Learning, make_learning, mixed
from tests.rewards_factory import MONDAY, add_days

from lianbing.infra.database import transaction
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import Forbidden, NotFound
from lianbing.kernel.ids import OrganisationId
from lianbing.leaderboards.rules import MaskPolicy
from lianbing.people.models import Organisation, Person
from lianbing.people.organisations.rules import OrganisationKind
from lianbing.practice.campaigns import heat, queries, standings, teams, use_cases
from lianbing.practice.campaigns.errors import (
    BadCampaign,
    CampaignNotFound,
    CampaignNotOpen,
    NotJoined,
    NoTriesLeft,
)
from lianbing.practice.campaigns.rules import (
    Binding,
    CampaignForm,
    CampaignState,
    HeatMeasure,
    Plan,
)
from lianbing.practice.campaigns.use_cases import NewCampaign
from lianbing.practice.queries import list_practice_banks
from lianbing.practice.rewards import use_cases as rewards
from lianbing.practice.rewards.rules import PointsRules

NOW = datetime.combine(MONDAY, time(4), UTC)
"""Monday in every zone an installation may keep: noon in China."""
NEXT_DAY = NOW + timedelta(days=1)
PLAN = Plan(
    title="接地月",
    form=CampaignForm.DAILY,
    binding=Binding.VOLUNTARY,
    why="",
    opens_on=MONDAY,
    closes_on=MONDAY + timedelta(days=4),
    questions=6,
    tries=2,
    points=1,
)
REQUIRED = replace(PLAN, binding=Binding.REQUIRED, why="安全生产月")


@dataclass
class Desk:
    """A union with a trainer, two teams of a unit, and a worker who learns."""

    learning: Learning
    unit: Organisation
    team: Organisation
    other_team: Organisation
    trainer: Actor
    mate: Person

    def open(self, plan: Plan, place: Organisation | None = None) -> int:
        new = NewCampaign(
            plan=plan,
            organisation_id=OrganisationId((place or self.unit).id),
            bank_id=self.learning.bank_id,
        )
        with transaction() as session:
            return use_cases.open_campaign(session, self.trainer, new, now=NOW)

    def start(self, campaign_id: int, *, now: datetime = NOW) -> int:
        with transaction() as session:
            return use_cases.start(session, self.learning.actor, campaign_id, seed=1, now=now)

    def own(self, session: Session, campaign_id: int) -> queries.OwnCampaign:
        return queries.get_own(session, self.learning.actor, campaign_id, now=NOW)


@pytest.fixture
def desk(session: Session) -> Desk:
    learning = make_learning(session, mixed(12))
    unit = make_organisation(session, "第二厂", parent=learning.union)
    team = make_organisation(session, "一班", parent=unit, kind=OrganisationKind.WORK_TEAM)
    other = make_organisation(session, "二班", parent=unit, kind=OrganisationKind.WORK_TEAM)
    person = make_person(session, "王小练", organisation=team)
    trainer = make_person(
        session, "沈师傅", organisation=learning.union, roles=[(Role.TRAINER, learning.union)]
    )
    learning.person, learning.actor = person, actor_for(session, person)
    return Desk(
        learning=learning,
        unit=unit,
        team=team,
        other_team=other,
        trainer=actor_for(session, trainer),
        mate=make_person(session, "李小勤", organisation=other),
    )


def test_nobody_is_in_a_voluntary_campaign_before_joining_it(session: Session, desk: Desk) -> None:
    campaign_id = desk.open(PLAN)
    assert not desk.own(session, campaign_id).takes_part
    with pytest.raises(NotJoined):
        desk.start(campaign_id)
    row = queries.get_led(session, desk.trainer, campaign_id, now=NOW)
    assert standings.all_standings(session, row, MaskPolicy.FULL, on=MONDAY) == []
    with transaction() as writing:
        use_cases.join(writing, desk.learning.actor, campaign_id, now=NOW)
        use_cases.join(writing, desk.learning.actor, campaign_id, now=NOW)
    assert desk.own(session, campaign_id).is_due
    [line] = standings.all_standings(session, row, MaskPolicy.FULL, on=MONDAY)
    assert (line.name, line.team, line.periods) == ("王小练", "一班", 0)
    with transaction() as writing:
        use_cases.leave(writing, desk.learning.actor, campaign_id)
    session.rollback()
    assert not desk.own(session, campaign_id).takes_part


def test_who_is_asked_reads_who_asks_and_why(session: Session, desk: Desk) -> None:
    own = desk.own(session, desk.open(REQUIRED))
    assert own.takes_part
    assert (own.row.asked_by, own.row.plan.why) == ("沈师傅", "安全生产月")
    with pytest.raises(BadCampaign):
        desk.open(replace(REQUIRED, why=" "))


def test_the_best_finished_try_of_each_day_counts_and_tries_end(
    session: Session, desk: Desk
) -> None:
    campaign_id = desk.open(REQUIRED)
    first = desk.start(campaign_id)
    assert desk.start(campaign_id) == first
    desk.learning.run(first, wrong=["Q00", "Q01", "Q02", "Q03", "Q04", "Q05", "Q06"], now=NOW)
    low = desk.own(session, campaign_id)
    assert (low.done_now, low.tries_left, low.credit.periods) == (True, 1, 1)
    second = desk.start(campaign_id)
    desk.learning.run(second, now=NOW)
    session.rollback()
    best = desk.own(session, campaign_id)
    assert best.credit.points == 6 >= low.credit.points
    with pytest.raises(NoTriesLeft):
        desk.start(campaign_id)
    third = desk.start(campaign_id, now=NEXT_DAY)
    desk.learning.run(third, now=NEXT_DAY)
    session.rollback()
    row = queries.get_led(session, desk.trainer, campaign_id, now=NOW)
    lines = standings.page_of_standings(session, row, 1, MaskPolicy.FULL, on=MONDAY).rows
    assert [(line.name, line.periods, line.points) for line in lines] == [
        ("王小练", 2, 12),
        ("李小勤", 0, 0),
    ]
    shares = standings.page_of_team_standings(session, row, 1, on=MONDAY).rows
    assert {(team.name, team.people, team.finished) for team in shares} == {
        ("一班", 1, 1),
        ("二班", 1, 0),
    }


def test_a_campaign_elsewhere_is_not_to_be_seen_or_tried(session: Session, desk: Desk) -> None:
    campaign_id = desk.open(REQUIRED, place=desk.other_team)
    with pytest.raises(CampaignNotFound):
        desk.own(session, campaign_id)
    with pytest.raises(CampaignNotFound):
        desk.start(campaign_id)
    assert queries.page_of_own(session, desk.learning.actor, 1, now=NOW).total == 0


def test_a_withdrawn_campaign_asks_nobody(session: Session, desk: Desk) -> None:
    campaign_id = desk.open(REQUIRED)
    with transaction() as writing:
        use_cases.withdraw(writing, desk.trainer, campaign_id, now=NOW)
    assert queries.list_due(session, desk.learning.actor, now=NOW) == []
    with pytest.raises(CampaignNotOpen):
        desk.start(campaign_id)
    row = queries.get_led(session, desk.trainer, campaign_id, now=NOW)
    assert row.state is CampaignState.WITHDRAWN


def test_leaders_reach_their_own_subtree_only(session: Session, desk: Desk) -> None:
    leader = make_person(
        session, "班长", organisation=desk.team, roles=[(Role.TEAM_LEADER, desk.team)]
    )
    actor = actor_for(session, leader)
    campaign_id = desk.open(REQUIRED)
    with pytest.raises(Forbidden):
        queries.get_led(session, actor, campaign_id, now=NOW)
    with pytest.raises(Forbidden), transaction() as writing:
        use_cases.withdraw(writing, actor, campaign_id, now=NOW)
    with pytest.raises(Forbidden):
        teams.get_roll(session, actor, OrganisationId(desk.other_team.id), 1, now=NOW)
    new = NewCampaign(
        plan=PLAN, organisation_id=OrganisationId(desk.unit.id), bank_id=desk.learning.bank_id
    )
    with pytest.raises(Forbidden), transaction() as writing:
        use_cases.open_campaign(writing, actor, new, now=NOW)
    with pytest.raises(Forbidden), transaction() as writing:
        use_cases.open_campaign(writing, desk.learning.actor, new, now=NOW)
    own_team = replace(new, organisation_id=OrganisationId(desk.team.id))
    with transaction() as writing:
        assert use_cases.open_campaign(writing, actor, own_team, now=NOW)


def test_a_bank_that_is_not_the_leaders_cannot_be_asked(session: Session, desk: Desk) -> None:
    elsewhere = make_organisation(session, "外市总工会")
    stranger = make_person(
        session, "外人", organisation=elsewhere, roles=[(Role.TRAINER, elsewhere)]
    )
    actor = actor_for(session, stranger)
    new = NewCampaign(
        plan=PLAN, organisation_id=OrganisationId(elsewhere.id), bank_id=desk.learning.bank_id
    )
    with pytest.raises(NotFound), transaction() as writing:
        use_cases.open_campaign(writing, actor, new, now=NOW)


def test_the_roll_names_who_has_not_practised_as_the_rules_allow(
    session: Session, desk: Desk
) -> None:
    add_days(session, desk.mate, {MONDAY: 0})
    add_days(session, desk.learning.person, {MONDAY - timedelta(days=2): 5})
    place = OrganisationId(desk.unit.id)
    roll = teams.get_roll(session, desk.trainer, place, 1, now=NOW)
    assert (roll.people, roll.practised, roll.text_names) == (2, 1, ("王小练",))
    [line] = roll.missing.rows
    assert (line.name, line.team) == ("王小练", "一班")
    assert line.last_day == MONDAY - timedelta(days=2)
    for policy, shown in ((MaskPolicy.SURNAME, ("王**",)), (MaskPolicy.NONE, ())):
        with transaction() as writing:
            rules = PointsRules(roll_names=policy)
            rewards.write_rules(writing, desk.trainer, place, rules, now=NOW - timedelta(days=3))
        session.rollback()
        roll = teams.get_roll(session, desk.trainer, place, 1, now=NOW)
        assert roll.text_names == shown
        assert "王小练" not in [line.name for line in roll.missing.rows]


def test_teams_are_pictured_by_who_practised_and_what_they_covered(
    session: Session, desk: Desk
) -> None:
    mates = [make_person(session, f"周{number}", organisation=desk.team) for number in (1, 2)]
    for person in (desk.learning.person, *mates):
        desk.learning.person, desk.learning.actor = person, actor_for(session, person)
        desk.learning.run(desk.learning.start(now=NOW), wrong=["Q00", "Q04"], now=NOW)
    session.rollback()
    place, bank_id = OrganisationId(desk.unit.id), desk.learning.bank_id
    rows = {
        row.name: row for row in teams.page_of_teams(session, place, bank_id, 1, on=MONDAY).rows
    }
    assert (rows["一班"].people, rows["一班"].today, rows["一班"].week_percent) == (3, 3, 100)
    assert rows["一班"].covered == rows["一班"].points > 0
    assert (rows["二班"].today, rows["二班"].covered) == (0, 0)
    [weak] = teams.list_weak_points(session, place, bank_id, on=MONDAY)
    assert (weak.people, weak.answers) == (3, 30)
    assert 0 < weak.percent < 100
    assert (
        teams.list_weak_points(session, OrganisationId(desk.other_team.id), bank_id, on=MONDAY)
        == []
    )


def test_the_heat_map_shows_teams_by_scope_and_nobody_alone(session: Session, desk: Desk) -> None:
    mates = [make_person(session, f"周{number}", organisation=desk.team) for number in (1, 2)]
    alone = desk.mate
    for person in (desk.learning.person, *mates, alone):
        desk.learning.person, desk.learning.actor = person, actor_for(session, person)
        desk.learning.run(desk.learning.start(now=NOW), wrong=["Q00", "Q04"], now=NOW)
    session.rollback()
    [bank] = list_practice_banks(session, desk.learning.actor)
    scopes = heat.scopes_of(session, bank)
    asked = [scope for scope in scopes if scope.points]
    assert asked == scopes != []

    def picture(measure: HeatMeasure) -> dict[str, heat.HeatRow]:
        place = OrganisationId(desk.unit.id)
        page = heat.page_of_heat(session, place, scopes, 1, measure=measure, on=MONDAY)
        return {row.name: row for row in page.rows}

    right, covered = picture(HeatMeasure.RIGHT), picture(HeatMeasure.COVERED)
    assert list(right) == ["第二厂", "一班", "二班"]
    assert right["第二厂"].is_whole
    [whole], [team], [lonely] = (right[name].cells for name in right)
    assert (whole.people, team.people, lonely.people) == (4, 3, 1)
    assert team.percent == whole.percent is not None
    assert 0 < team.percent < 100
    assert (lonely.percent, lonely.step) == (None, None)
    assert (covered["一班"].cells[0].percent, covered["一班"].cells[0].step) == (100, 0)
    assert covered["二班"].cells[0].percent is None
