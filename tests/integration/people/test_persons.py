"""Persons on both databases: memberships, homes, merging, facts, and counting once."""

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session
from tests.people_factory import actor_for, make_account, make_organisation, make_person

from lianbing.infra.calendar import local_date
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import transaction
from lianbing.kernel.actor import SYSTEM, Role
from lianbing.kernel.clock import utc_now
from lianbing.kernel.errors import Forbidden
from lianbing.kernel.ids import PersonId
from lianbing.people.accounts.signing_in import find_credentials
from lianbing.people.models import Membership, Organisation, Person
from lianbing.people.organisations.profile import UnitFacts
from lianbing.people.organisations.rules import OrganisationKind
from lianbing.people.organisations.use_cases import state_facts
from lianbing.people.persons import claims, memberships, merging
from lianbing.people.persons.counts import participation_base
from lianbing.people.persons.errors import AlreadyMember, DifferentIdNumbers, SamePerson
from lianbing.people.persons.memberships import NewMembership
from lianbing.people.persons.registering import NewPerson, add_person
from lianbing.people.queries import (
    homes_of,
    members_of,
    person_cards,
    person_facts,
    person_names,
    same_person_ids,
)

NOW = utc_now()


class World:
    """A city, an industry union, two plants, a team in each."""

    def __init__(self, session: Session) -> None:
        self.city = make_organisation(session, "City")
        self.industry = make_organisation(
            session, "Industry", parent=self.city, kind=OrganisationKind.INDUSTRY_UNION
        )
        self.plant = make_organisation(session, "Plant", parent=self.city, also_under=self.industry)
        self.team = make_organisation(session, "Team", parent=self.plant, kind="work_team")
        self.team2 = make_organisation(session, "Team 2", parent=self.plant, kind="work_team")
        self.other = make_organisation(session, "Other", parent=self.city)


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


def members(session: Session, node: Organisation) -> list[int]:
    return sorted(session.scalars(members_of(session, node.id)))


def test_home_names_unit_and_team_and_all_above(session: Session, world: World) -> None:
    wang = make_person(
        session, "Wang", organisation=world.team, staff_number="A1", phone="13812345678"
    )
    home = homes_of(session, [wang.id])[PersonId(wang.id)]
    assert (home.unit_name, home.team_name, home.staff_number) == ("Plant", "Team", "A1")
    assert home.ancestor_ids == {
        world.team.id,
        world.plant.id,
        world.city.id,
        world.industry.id,
    }
    card = person_cards(session, [wang.id])[PersonId(wang.id)]
    assert (card.masked_phone, card.unit_name, card.team_name) == ("138****5678", "Plant", "Team")


def test_person_in_several_groups_and_units_is_counted_once(session: Session, world: World) -> None:
    wang = make_person(session, "Wang", organisation=world.team)
    with transaction() as writing:
        for node in (world.team2, world.other):
            memberships.join(writing, wang.id, NewMembership(organisation_id=node.id), now=NOW)
    for node in (world.city, world.plant, world.team, world.team2, world.other, world.industry):
        assert members(session, node) == [wang.id]
    base = participation_base(session, world.city.id, on=local_date(utc_now()))
    assert base.people == 1
    assert [unit.people for unit in base.units] == [1, 1]
    assert homes_of(session, [wang.id])[PersonId(wang.id)].team_name == "Team"


def test_participation_is_measured_against_registered_heads_of_the_day(
    session: Session, world: World
) -> None:
    today = local_date(utc_now())
    make_person(session, "Wang", organisation=world.other)
    with transaction() as writing:
        state_facts(
            writing,
            SYSTEM,
            world.plant.id,
            UnitFacts(head_count=860),
            valid_from=today - timedelta(days=5),
            now=NOW,
        )
    base = participation_base(session, world.city.id, on=today)
    assert (base.base, base.registered) == (861, 1)
    # The tree of this test is of today; by the links of a day before it there is nothing.
    assert participation_base(session, world.city.id, on=today - timedelta(days=9)).base == 0


def test_leaving_the_last_unit_leads_to_the_territorial_union(
    session: Session, world: World
) -> None:
    wang = make_person(session, "Wang", organisation=world.team, staff_number="A1")
    membership_id = session.scalars(select(Membership.id)).one()
    with transaction() as writing:
        memberships.end_membership(
            writing, SYSTEM, membership_id, valid_to=local_date(NOW), now=NOW
        )
    assert members(session, world.plant) == []
    assert members(session, world.city) == [wang.id]
    home = homes_of(session, [wang.id])[PersonId(wang.id)]
    assert home.unit_id is None
    assert home.organisation_id == world.city.id
    with transaction() as writing:
        memberships.join(
            writing, wang.id, NewMembership(organisation_id=world.other.id, is_home=True), now=NOW
        )
    assert [m.organisation_id for m in open_rows(session)] == [world.other.id]


def open_rows(session: Session) -> list[Membership]:
    return list(
        session.scalars(
            select(Membership).where(Membership.valid_to.is_(None)).order_by(Membership.id)
        )
    )


def test_move_within_the_unit_keeps_the_staff_number(session: Session, world: World) -> None:
    make_person(session, "Wang", organisation=world.team, staff_number="A1")
    membership_id = session.scalars(select(Membership.id)).one()
    with transaction() as writing:
        memberships.move_member(
            writing, SYSTEM, membership_id, organisation_id=world.team2.id, now=NOW
        )
    [row] = open_rows(session)
    assert (row.organisation_id, row.staff_number, row.is_home) == (world.team2.id, "A1", True)
    with transaction() as writing:
        memberships.move_member(writing, SYSTEM, row.id, organisation_id=world.other.id, now=NOW)
    [row] = open_rows(session)
    assert (row.organisation_id, row.staff_number) == (world.other.id, None)


def test_second_membership_in_the_same_place_is_refused(session: Session, world: World) -> None:
    wang = make_person(session, "Wang", organisation=world.team)
    with pytest.raises(AlreadyMember), transaction() as writing:
        memberships.join(writing, wang.id, NewMembership(organisation_id=world.team.id), now=NOW)


def test_claim_is_confirmed_into_a_team_by_the_units_administrator_only(
    session: Session, world: World
) -> None:
    wang = make_person(session, "Wang", organisation=world.city)
    own = make_person(session, "Own", roles=[(Role.ADMINISTRATOR, world.plant)])
    foreign = make_person(session, "Foreign", roles=[(Role.ADMINISTRATOR, world.other)])
    with transaction() as writing:
        claims.request_membership(writing, wang.id, unit_id=world.plant.id, now=NOW)
    request_id = session.execute(select(claims.MembershipRequest.id)).scalar_one()
    place = NewMembership(organisation_id=world.team.id, staff_number="A9")
    with pytest.raises(Forbidden), transaction() as writing:
        claims.decide_request(
            writing, actor_for(session, foreign), request_id, accept=True, membership=place, now=NOW
        )
    actor = actor_for(session, own)
    with transaction() as writing:
        claims.decide_request(writing, actor, request_id, accept=True, membership=place, now=NOW)
    assert [(m.organisation_id, m.is_home) for m in open_rows(session)] == [(world.team.id, True)]


def merge(session: Session, kept: Person, absorbed: Person) -> int:
    with transaction() as writing:
        return merging.merge_persons(
            writing,
            SYSTEM,
            kept_id=kept.id,
            absorbed_id=absorbed.id,
            reason="entered twice",
            now=NOW,
        )


def undo(session: Session, merge_id: int) -> None:
    with transaction() as writing:
        merging.undo_merge(writing, SYSTEM, merge_id, reason="", now=NOW)
    session.expire_all()


def test_merge_counts_once_acts_with_both_and_is_undone_without_a_trace(
    session: Session, world: World
) -> None:
    kept = make_person(session, "Wang Ming", organisation=world.team, phone="13812345678")
    absorbed = make_person(
        session,
        "Wang M.",
        organisation=world.other,
        phone="13912345678",
        roles=[(Role.TRAINER, world.other)],
    )
    merge_id = merge(session, kept, absorbed)
    ids = (PersonId(kept.id), PersonId(absorbed.id))
    assert same_person_ids(session, ids[1]) == ids
    assert person_names(session, ids) == dict.fromkeys(ids, "Wang Ming")
    assert members(session, world.city) == [kept.id]
    assert homes_of(session, ids)[ids[1]].team_name == "Team"
    facts = person_facts(session, ids[1], on=local_date(NOW))
    assert facts.person_id == kept.id
    assert {world.team.id, world.other.id} <= facts.organisation_ids
    actor = actor_for(session, absorbed)
    assert (actor.person_id, actor.name) == (kept.id, "Wang Ming")
    assert actor.holds(Role.TRAINER)

    undo(session, merge_id)
    assert same_person_ids(session, ids[1]) == (ids[1],)
    assert members(session, world.city) == sorted(ids)
    assert not actor_for(session, kept).holds(Role.TRAINER)
    assert actor_for(session, absorbed).name == "Wang M."


def test_sign_in_of_the_absorbed_account_lands_on_the_kept_person(
    session: Session, world: World
) -> None:
    kept = make_person(session, "Kept", organisation=world.team, phone="13812345678")
    absorbed = make_person(session, "Absorbed", organisation=world.other, phone="13912345678")
    own = make_account(session, kept, password_hash="a")
    gone = make_account(session, absorbed, password_hash="b")
    merge(session, kept, absorbed)

    def account(name: str) -> int | None:
        found = find_credentials(session, name, keyring=current_keyring(), now=NOW)
        return found.account_id

    assert account("13912345678") == gone.id
    assert account("13812345678") == own.id


def test_merges_in_a_chain_are_undone_in_any_order(session: Session, world: World) -> None:
    a, b, c = (make_person(session, name, organisation=world.team) for name in "ABC")
    first = merge(session, b, a)
    merge(session, c, a)  # a stands for b now, so b is absorbed into c
    assert same_person_ids(session, PersonId(a.id)) == (c.id, a.id, b.id)
    undo(session, first)
    assert same_person_ids(session, PersonId(a.id)) == (a.id,)
    assert same_person_ids(session, PersonId(b.id)) == (c.id, b.id)


def test_merge_that_cannot_be_is_refused(session: Session, world: World) -> None:
    keyring = current_keyring()
    a, b = (
        make_person(
            session, name, organisation=world.team, id_number_digest=keyring.digest("x", name)
        )
        for name in "AB"
    )
    with pytest.raises(DifferentIdNumbers):
        merge(session, a, b)
    c = make_person(session, "C", organisation=world.team)
    merge(session, a, c)
    with pytest.raises(SamePerson):
        merge(session, a, c)


def test_administrator_merges_nobody_who_also_acts_beyond_their_reach(
    session: Session, world: World
) -> None:
    admin = make_person(session, "Admin", roles=[(Role.ADMINISTRATOR, world.plant)])
    plain = make_person(session, "Plain", organisation=world.team)
    boss = make_person(
        session, "Boss", organisation=world.team, roles=[(Role.ADMINISTRATOR, world.city)]
    )
    actor = actor_for(session, admin)
    with pytest.raises(Forbidden), transaction() as writing:
        merging.merge_persons(
            writing, actor, kept_id=plain.id, absorbed_id=boss.id, reason="", now=NOW
        )


def test_numbers_are_stored_sealed_and_found_by_digest(session: Session, world: World) -> None:
    keyring = current_keyring()
    with transaction() as writing:
        person_id = add_person(
            writing,
            SYSTEM,
            NewPerson(name="Wang", phone="138 1234 5678", id_number="11010519491231002x"),
            NewMembership(organisation_id=world.team.id),
            keyring=keyring,
            now=NOW,
        )
    person = session.get_one(Person, person_id)
    assert b"13812345678" not in (person.phone_sealed or b"")
    assert keyring.decrypt(person.phone_sealed or b"") == "13812345678"
    assert keyring.decrypt(person.id_number_sealed or b"") == "11010519491231002X"
    assert (person.birth_year, person.sex) == (1949, "female")


def test_lists_of_many_people_cost_a_fixed_number_of_statements(
    session: Session, world: World
) -> None:
    ids = [make_person(session, f"P{n}", organisation=world.team).id for n in range(12)]
    assert statements_of(session, ids[:2]) == statements_of(session, ids)


def statements_of(session: Session, ids: list[int]) -> int:
    counted = 0

    def count(*_args: object) -> None:
        nonlocal counted
        counted += 1

    session.expunge_all()
    session.execute(select(1))  # the transaction begins uncounted
    engine = session.get_bind()
    from_event = "before_cursor_execute"
    event.listen(engine, from_event, count)
    try:
        person_cards(session, [PersonId(id_) for id_ in ids])
    finally:
        event.remove(engine, from_event, count)
    return counted


def test_released_phone_may_be_another_persons(session: Session, world: World) -> None:
    first = make_person(session, "First", organisation=world.team, phone="13812345678")
    first.phone_active = False
    session.commit()
    second = make_person(session, "Second", organisation=world.team, phone="13812345678")
    count = session.scalar(select(func.count()).select_from(Person))
    assert count == 2
    assert person_cards(session, [first.id])[PersonId(first.id)].masked_phone == ""
    assert person_cards(session, [second.id])[PersonId(second.id)].masked_phone
