"""Weeks on both databases: who stands where follows from the days, whoever takes them up when."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.people_factory import actor_for, make_organisation, make_person
from tests.rewards_factory import MONDAY, add_days, noon_of, take_up

from lianbing.infra.database import db, transaction
from lianbing.kernel.actor import SYSTEM, Role
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import OrganisationId
from lianbing.leaderboards import queries as boards
from lianbing.leaderboards import reading
from lianbing.leaderboards.rules import organisation_group, region_group, team_group
from lianbing.people.models import Organisation, Person
from lianbing.people.organisations.profile import UnitFacts
from lianbing.people.organisations.rules import OrganisationKind
from lianbing.people.organisations.use_cases import state_facts
from lianbing.practice.rewards import participation, queries, use_cases, weeks
from lianbing.practice.rewards.errors import BadPointsRules
from lianbing.practice.rewards.leagues import Outcome
from lianbing.practice.rewards.models import PracticeWeek
from lianbing.practice.rewards.rules import PointsRules

TUESDAY = MONDAY + timedelta(days=1)
NEXT_MONDAY = MONDAY + timedelta(days=7)


class Place:
    """A province with a city, a unit and a team."""

    def __init__(self, session: Session) -> None:
        self.province = make_organisation(session, "某省总工会")
        self.city = make_organisation(
            session, "某市总工会", parent=self.province, kind=OrganisationKind.TERRITORIAL_UNION
        )
        self.unit = make_organisation(session, "某厂", parent=self.city)
        self.team = make_organisation(
            session, "一班", parent=self.unit, kind=OrganisationKind.WORK_TEAM
        )

    def people(self, session: Session, count: int, at: Organisation | None = None) -> list[Person]:
        return [
            make_person(session, f"赵{number}", organisation=at or self.team)
            for number in range(count)
        ]


@pytest.fixture
def place(session: Session) -> Place:
    return Place(session)


def week_rows(week: date) -> dict[int, PracticeWeek]:
    db.session.rollback()
    rows = db.session.scalars(select(PracticeWeek).where(PracticeWeek.week == week))
    return {row.person_id: row for row in rows}


def board_names(session: Session, person: Person, group: str) -> list[tuple[int, str]]:
    actor = actor_for(session, person)
    board_id = queries.find_own_board(session, actor, now=noon_of(TUESDAY))
    assert board_id is not None
    board = boards.get_board(session, actor, board_id, now=noon_of(TUESDAY))
    view = reading.read_board(session, actor, board, group=group, now=noon_of(TUESDAY))
    assert view is not None
    return sorted({(line.rank, line.name) for line in (*view.top, *view.around)})


def test_points_of_the_week_put_people_on_boards_of_team_unit_and_region(
    session: Session, place: Place
) -> None:
    one, two = place.people(session, 2)
    other_unit = make_organisation(session, "另一厂", parent=place.city)
    far = make_person(session, "钱多", organisation=other_unit)
    add_days(session, one, {MONDAY: 10, TUESDAY: 20})
    add_days(session, two, {MONDAY: 12})
    add_days(session, far, {MONDAY: 40})
    assert take_up(TUESDAY) == 4
    assert take_up(TUESDAY) == 0
    assert board_names(session, one, team_group(OrganisationId(place.team.id))) == [(1, "赵0")]
    assert board_names(session, two, organisation_group(OrganisationId(place.unit.id))) == [
        (1, "赵**"),
        (2, "赵1"),
    ]
    region = region_group(OrganisationId(place.city.id))
    assert board_names(session, one, region) == [(1, "钱*"), (2, "赵0")]
    assert board_names(session, two, "all")[0] == (1, "钱*")


def test_a_board_shows_its_top_and_the_neighbours_and_nobody_else(
    session: Session, place: Place
) -> None:
    people = place.people(session, 30)
    for number, person in enumerate(people):
        add_days(session, person, {MONDAY: 40 - number})
    take_up(TUESDAY)
    last = board_names(session, people[-1], "all")
    assert [rank for rank, _ in last] == [*range(1, 11), 28, 29, 30]
    first = board_names(session, people[0], "all")
    assert [rank for rank, _ in first] == list(range(1, 11))
    league = queries.find_league(session, actor_for(session, people[20]), now=noon_of(TUESDAY))
    assert league is not None
    assert [line.rank for line in league.top] == [1, 2, 3]
    assert [line.rank for line in league.around] == [19, 20, 21, 22, 23]
    assert {line.name for line in league.around} == {"赵20", "赵**"}


def test_more_points_move_a_person_up_without_a_second_line(session: Session, place: Place) -> None:
    one, two = place.people(session, 2)
    add_days(session, one, {MONDAY: 10})
    add_days(session, two, {MONDAY: 12})
    take_up(MONDAY)
    add_days(session, one, {TUESDAY: 5})
    take_up(TUESDAY)
    assert board_names(session, one, "all") == [(1, "赵0")]
    rows = week_rows(MONDAY)
    assert (rows[one.id].points, rows[one.id].days) == (15, 2)


def test_leaving_the_boards_is_immediate_and_coming_back_is_possible(
    session: Session, place: Place
) -> None:
    one, two, three = place.people(session, 3)
    for person in (one, two, three):
        add_days(session, person, {MONDAY: 10 + person.id % 3})
    take_up(MONDAY)
    actor = actor_for(session, one)
    with transaction() as writing:
        use_cases.leave_boards(writing, actor, now=noon_of(TUESDAY))
    assert queries.find_own_board(session, actor, now=noon_of(TUESDAY)) is None
    assert queries.find_league(session, actor, now=noon_of(TUESDAY)) is None
    assert not queries.get_own_rewards(session, actor, now=noon_of(TUESDAY)).on_boards
    league = queries.find_league(session, actor_for(session, two), now=noon_of(TUESDAY))
    assert league is not None
    assert league.size == 2
    add_days(session, one, {TUESDAY: 30})
    take_up(TUESDAY)
    assert queries.find_own_board(session, actor, now=noon_of(TUESDAY)) is None
    with transaction() as writing:
        use_cases.return_to_boards(writing, actor, now=noon_of(TUESDAY))
    take_up(TUESDAY)
    league = queries.find_league(session, actor, now=noon_of(TUESDAY))
    assert league is not None
    assert (league.rank, league.size) == (1, 3)


def test_who_left_the_boards_still_counts_for_the_unit(session: Session, place: Place) -> None:
    one, two, _idle = place.people(session, 3)
    with transaction() as writing:
        state_facts(
            writing,
            SYSTEM,
            OrganisationId(place.unit.id),
            UnitFacts(head_count=8),
            valid_from=date(2026, 1, 1),
            now=noon_of(MONDAY),
        )
        use_cases.leave_boards(writing, actor_for(session, one), now=noon_of(MONDAY))
    add_days(session, one, {MONDAY: 10, TUESDAY: 4})
    add_days(session, two, {MONDAY: 0})
    take_up(TUESDAY)
    rates = participation.find_region_rates(session, actor_for(session, two), now=noon_of(TUESDAY))
    assert rates is not None
    [rate] = rates.top
    assert (rate.people, rate.days, rate.base, rate.percent) == (2, 3, 8, 25)
    assert rate.is_mine
    assert rate.registered


def test_a_weeks_turn_settles_and_forms_once_whoever_comes_first(
    session: Session, place: Place
) -> None:
    people = place.people(session, 10)
    for number, person in enumerate(people):
        add_days(session, person, {MONDAY: 4 * number + 1})
    take_up(TUESDAY)
    take_up(NEXT_MONDAY)
    settled = week_rows(MONDAY)
    risen = {one.id for one in people[8:]}
    assert {id_ for id_, row in settled.items() if row.outcome == Outcome.PROMOTED} == risen
    assert settled[people[9].id].rank == 1
    before = {
        id_: (row.tier, row.group_no) for id_, row in week_rows(NEXT_MONDAY).items() if row.tier
    }
    assert {id_ for id_, (tier, _) in before.items() if tier == 2} == risen
    assert len(before) == 10
    take_up(NEXT_MONDAY)
    after = {
        id_: (row.tier, row.group_no) for id_, row in week_rows(NEXT_MONDAY).items() if row.tier
    }
    assert after == before


def test_nothing_is_lost_when_no_worker_ran_for_a_whole_week(
    session: Session, place: Place
) -> None:
    people = place.people(session, 4)
    for number, person in enumerate(people):
        add_days(session, person, {MONDAY: 10 * number})
    take_up(NEXT_MONDAY)
    settled = week_rows(MONDAY)
    assert settled[people[3].id].outcome == Outcome.PROMOTED
    assert week_rows(NEXT_MONDAY)[people[3].id].tier == 2


def test_a_latecomer_joins_the_last_group_of_the_tier_they_had(
    session: Session, place: Place
) -> None:
    people = place.people(session, 4)
    for number, person in enumerate(people):
        add_days(session, person, {MONDAY: 10 * number})
    take_up(MONDAY)
    later = MONDAY + timedelta(days=21)
    add_days(session, people[3], {later: 6})
    add_days(session, people[0], {later: 6})
    take_up(later)
    rows = week_rows(later)
    assert rows[people[3].id].tier == 2
    assert rows[people[0].id].tier == 1


def test_the_old_week_goes_on_until_its_last_answers_are_in(place: Place) -> None:
    midnight = noon_of(NEXT_MONDAY) - timedelta(hours=12)
    assert weeks.current_week(midnight + timedelta(minutes=4)) == MONDAY
    assert weeks.current_week(midnight + timedelta(minutes=6)) == NEXT_MONDAY


def test_rules_are_written_by_those_who_reach_the_place_and_hold_from_tomorrow(
    session: Session, place: Place
) -> None:
    elsewhere = make_organisation(session, "外市总工会")
    admin = make_person(
        session, "管某", organisation=place.city, roles=[(Role.ADMINISTRATOR, place.city)]
    )
    [worker] = place.people(session, 1)
    actor = actor_for(session, admin)
    unit = OrganisationId(place.unit.id)
    rules = PointsRules(right=3, daily_cap=60)
    with transaction() as writing:
        assert use_cases.write_rules(writing, actor, unit, rules, now=noon_of(MONDAY)) == 1
        assert use_cases.write_rules(writing, actor, unit, rules, now=noon_of(MONDAY)) == 2
    own = actor_for(session, worker)
    assert queries.get_own_rewards(session, own, now=noon_of(MONDAY)).rules == PointsRules()
    assert queries.get_own_rewards(session, own, now=noon_of(TUESDAY)).rules == rules
    with pytest.raises(BadPointsRules), transaction() as writing:
        use_cases.write_rules(
            writing, actor, unit, PointsRules(right=3, daily_cap=2), now=noon_of(MONDAY)
        )
    far = OrganisationId(elsewhere.id)
    with pytest.raises(Forbidden), transaction() as writing:
        use_cases.write_rules(writing, actor, far, rules, now=noon_of(MONDAY))
    assert [row.version for row in queries.page_of_rules(session, unit, 1).rows] == [2, 1]
