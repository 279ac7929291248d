"""The organisation graph: reach, counting once, dated links and facts, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.people_factory import actor_for, make_organisation, make_person

from lianbing.infra.calendar import local_date
from lianbing.infra.database import transaction
from lianbing.kernel.actor import SYSTEM, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.people.authority import reachable_ids, reaches
from lianbing.people.models.organisations import Organisation, OrganisationReach
from lianbing.people.organisations import use_cases
from lianbing.people.organisations.errors import (
    LastParent,
    LinkExists,
    LinkMakesCycle,
    LinkNotAllowed,
    UnitIsFixed,
)
from lianbing.people.organisations.profile import Ownership, UnitFacts
from lianbing.people.organisations.queries import (
    find_facts,
    list_reachable_organisations,
    units_on,
)
from lianbing.people.organisations.rules import OrganisationKind
from lianbing.people.queries import members_of


@pytest.fixture
def diamond(session: Session) -> dict[str, Organisation]:
    province = make_organisation(session, "Province")
    city = make_organisation(
        session, "City", parent=province, kind=OrganisationKind.TERRITORIAL_UNION
    )
    industry = make_organisation(
        session, "Metal", parent=province, kind=OrganisationKind.INDUSTRY_UNION
    )
    plant = make_organisation(session, "Plant", parent=city, also_under=industry)
    shop = make_organisation(session, "Shop", parent=plant)
    team = make_organisation(session, "Team 1", parent=shop)
    return {
        "province": province,
        "city": city,
        "industry": industry,
        "plant": plant,
        "shop": shop,
        "team": team,
    }


def count_reached(session: Session, ancestor: Organisation) -> int:
    return session.scalars(
        select(func.count())
        .select_from(OrganisationReach)
        .where(OrganisationReach.ancestor_id == ancestor.id)
    ).one()


def test_unit_under_two_unions_is_counted_once(
    session: Session, diamond: dict[str, Organisation]
) -> None:
    make_person(session, "Wang", organisation=diamond["team"])
    assert count_reached(session, diamond["province"]) == 6
    for node in ("province", "city", "industry", "plant"):
        members = session.scalars(members_of(session, diamond[node].id)).all()
        assert len(members) == 1
    today = local_date(utc_now())
    assert units_on(session, diamond["province"].id, on=today) == {diamond["plant"].id}


def test_role_reaches_the_subtree_and_nothing_above_or_beside(
    session: Session, diamond: dict[str, Organisation]
) -> None:
    other = make_organisation(session, "Other plant", parent=diamond["city"])
    trainer = make_person(session, "T", roles=[(Role.TRAINER, diamond["plant"])])
    actor = actor_for(session, trainer)
    reached = set(session.scalars(reachable_ids(actor, Role.TRAINER)))
    assert reached == {diamond[name].id for name in ("plant", "shop", "team")}
    assert not reaches(session, actor, Role.TRAINER, organisation_id=other.id)
    assert not reaches(session, actor, Role.ORGANISER, organisation_id=diamond["team"].id)
    assert [row.depth for row in list_reachable_organisations(session, actor, Role.TRAINER)] == [
        0,
        1,
        2,
    ]


def test_industry_union_reaches_through_its_own_line(
    session: Session, diamond: dict[str, Organisation]
) -> None:
    overseer = make_person(session, "O", roles=[(Role.OVERSEER, diamond["industry"])])
    actor = actor_for(session, overseer)
    assert reaches(session, actor, Role.OVERSEER, organisation_id=diamond["team"].id)
    assert not reaches(session, actor, Role.OVERSEER, organisation_id=diamond["city"].id)


def test_link_that_makes_a_cycle_is_refused(session: Session) -> None:
    upper = make_organisation(session, "Upper")
    lower = make_organisation(
        session, "Lower", parent=upper, kind=OrganisationKind.TERRITORIAL_UNION
    )
    upper_id, lower_id = upper.id, lower.id
    now = utc_now()
    for start in (local_date(now), local_date(now) + timedelta(days=30)):
        with pytest.raises(LinkMakesCycle), transaction() as writing:
            use_cases.link_organisation(
                writing, SYSTEM, parent_id=lower_id, child_id=upper_id, valid_from=start, now=now
            )


def test_links_take_effect_and_end_on_their_days(
    session: Session, diamond: dict[str, Organisation]
) -> None:
    now = utc_now()
    today = local_date(now)
    service = make_organisation(
        session, "Service", parent=diamond["province"], kind=OrganisationKind.INDUSTRY_UNION
    )
    with transaction() as writing:
        use_cases.link_organisation(
            writing,
            SYSTEM,
            parent_id=service.id,
            child_id=diamond["plant"].id,
            valid_from=today + timedelta(days=10),
            now=now,
        )
        use_cases.end_link(
            writing,
            SYSTEM,
            parent_id=diamond["industry"].id,
            child_id=diamond["plant"].id,
            valid_to=today + timedelta(days=10),
            now=now,
        )
    assert count_reached(session, service) == 1
    assert count_reached(session, diamond["industry"]) == 4
    with transaction() as writing:
        use_cases.refresh_reach(writing, now=now + timedelta(days=10))
    assert count_reached(session, service) == 4
    assert count_reached(session, diamond["industry"]) == 1
    assert units_on(session, service.id, on=today) == set()
    assert units_on(session, diamond["industry"].id, on=today) == {diamond["plant"].id}


def test_senseless_links_are_refused(session: Session, diamond: dict[str, Organisation]) -> None:
    now = utc_now()
    other = make_organisation(session, "Other plant", parent=diamond["city"])

    def link(parent: Organisation, child: Organisation) -> None:
        with transaction() as writing:
            use_cases.link_organisation(
                writing,
                SYSTEM,
                parent_id=parent.id,
                child_id=child.id,
                valid_from=local_date(now),
                now=now,
            )

    with pytest.raises(LinkExists):
        link(diamond["city"], diamond["plant"])
    with pytest.raises(LinkNotAllowed):
        link(diamond["industry"], diamond["city"])
    with pytest.raises(UnitIsFixed):
        link(other, diamond["team"])


def test_last_parent_cannot_be_ended(session: Session, diamond: dict[str, Organisation]) -> None:
    now = utc_now()
    with pytest.raises(LastParent), transaction() as writing:
        use_cases.end_link(
            writing,
            SYSTEM,
            parent_id=diamond["plant"].id,
            child_id=diamond["shop"].id,
            valid_to=local_date(now),
            now=now,
        )


def test_facts_are_those_of_the_day_asked_for(
    session: Session, diamond: dict[str, Organisation]
) -> None:
    now = utc_now()
    today = local_date(now)
    plant_id = diamond["plant"].id
    for days_ago, heads in ((400, 700), (30, 860)):
        with transaction() as writing:
            use_cases.state_facts(
                writing,
                SYSTEM,
                plant_id,
                UnitFacts(industry="C", ownership=Ownership.STATE_OWNED, head_count=heads),
                valid_from=today - timedelta(days=days_ago),
                now=now,
            )

    def heads_on(days_ago: int) -> int | None:
        facts = find_facts(session, plant_id, on=today - timedelta(days=days_ago))
        return facts.head_count if facts else None

    assert [heads_on(days) for days in (401, 400, 31, 30, 0)] == [None, 700, 700, 860, 860]


def test_administrator_changes_nothing_outside_the_subtree(
    session: Session, diamond: dict[str, Organisation]
) -> None:
    admin = make_person(session, "A", roles=[(Role.ADMINISTRATOR, diamond["plant"])])
    actor = actor_for(session, admin)
    now = utc_now()
    new = use_cases.NewOrganisation(
        name="X", kind=OrganisationKind.UNIT, parent_id=diamond["city"].id
    )
    with pytest.raises(Forbidden), transaction() as writing:
        use_cases.add_organisation(writing, actor, new, now=now)
    with pytest.raises(Forbidden), transaction() as writing:
        use_cases.link_organisation(
            writing,
            actor,
            parent_id=diamond["plant"].id,
            child_id=diamond["city"].id,
            valid_from=local_date(now),
            now=now,
        )
