"""Where persons belong on a day: the team, unit and territory each is counted at."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.infra.calendar import today
from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.people.models.organisations import Organisation, OrganisationReach
from lianbing.people.models.persons import Membership, Person
from lianbing.people.organisations.rules import OrganisationKind
from lianbing.people.persons.identities import chunks, kept_among, kept_id, kept_ids, valid_on


@dataclass(frozen=True, kw_only=True, slots=True)
class Home:
    """Where a person counts today; ``ancestor_ids`` holds the home node and all above it."""

    organisation_id: OrganisationId
    organisation_name: str
    unit_id: OrganisationId | None
    unit_name: str
    team_id: OrganisationId | None
    team_name: str
    staff_number: str
    ancestor_ids: frozenset[OrganisationId]


def homes_of(
    session: Session, person_ids: Collection[PersonId], *, on: date | None = None
) -> dict[PersonId, Home]:
    """Where each person counts on a day (today); one without any membership is left out.

    The home of the kept identity comes first, then the newest home of an absorbed one, then
    the newest other membership.
    """
    kept = kept_ids(session, person_ids)
    day = on or today()
    chosen: dict[int, Membership] = {}
    for chunk in chunks(kept.values()):
        rows = session.execute(
            select(kept_id(), Membership)
            .join(Person, Person.id == Membership.person_id)
            .where(kept_among(chunk), valid_on(day))
            .order_by(
                Membership.is_home.desc(),
                Person.kept_id.is_not(None),
                Membership.valid_from.desc(),
                Membership.id.desc(),
            )
        )
        for kept_, membership in rows:
            chosen.setdefault(kept_, membership)
    homes = _homes(session, chosen)
    return {id_: homes[kept_] for id_, kept_ in kept.items() if kept_ in homes}


def _homes(session: Session, chosen: dict[int, Membership]) -> dict[PersonId, Home]:
    nodes = {membership.organisation_id for membership in chosen.values()}
    above: dict[int, list[tuple[int, Organisation]]] = {node: [] for node in nodes}
    for chunk in chunks(nodes):
        rows = session.execute(
            select(OrganisationReach.descendant_id, OrganisationReach.depth, Organisation)
            .join(Organisation, Organisation.id == OrganisationReach.ancestor_id)
            .where(OrganisationReach.descendant_id.in_(chunk))
            .order_by(OrganisationReach.depth)
        )
        for node, depth, organisation in rows:
            above[node].append((depth, organisation))
    return {
        PersonId(person_id): _home(membership, above[membership.organisation_id])
        for person_id, membership in chosen.items()
    }


def _home(membership: Membership, above: list[tuple[int, Organisation]]) -> Home:
    unit = next((org for _, org in above if org.id == membership.unit_id), None)
    team = next((org for _, org in above if org.kind == OrganisationKind.WORK_TEAM.value), None)
    return Home(
        organisation_id=OrganisationId(membership.organisation_id),
        organisation_name=above[0][1].name,  # depth 0 comes first: the node itself
        unit_id=OrganisationId(unit.id) if unit else None,
        unit_name=unit.name if unit else "",
        team_id=OrganisationId(team.id) if team else None,
        team_name=team.name if team else "",
        staff_number=membership.staff_number or "",
        ancestor_ids=frozenset(OrganisationId(org.id) for _, org in above),
    )
