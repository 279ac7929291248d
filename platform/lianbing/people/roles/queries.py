"""Who holds which role where; and the actor that a person acts as."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Date, Select, bindparam, case, literal, or_, select, union_all
from sqlalchemy.orm import Session

from lianbing.infra.calendar import today
from lianbing.infra.database import BigId
from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor, Role, RoleAt
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import LoginSessionId, OrganisationId, PersonId
from lianbing.people.models.organisations import Organisation
from lianbing.people.models.persons import Membership, Person
from lianbing.people.models.roles import RoleHolding
from lianbing.people.persons.identities import kept_id, same_person_ids, valid_on

_ID = bindparam("id", type_=BigId)
_IDS = bindparam("ids", expanding=True, type_=BigId)
_DAY = bindparam("day", type_=Date)
_KEPT = select(kept_id()).where(Person.id == _ID).scalar_subquery()
_IDENTITIES = (
    select(Person.id, Person.name, Person.locale, Person.larger_text)
    .where(or_(Person.id == _KEPT, Person.kept_id == _KEPT))
    .order_by(Person.kept_id.is_not(None), Person.id)
)
_BELONGS = select(
    literal(Role.WORKER.value).label("role"),
    Membership.organisation_id,
    case((Membership.is_home, 0), else_=1).label("place"),
    Membership.id,
).where(Membership.person_id.in_(_IDS), valid_on(_DAY))
_GRANTED = select(RoleHolding.role, RoleHolding.organisation_id, literal(2), RoleHolding.id).where(
    RoleHolding.person_id.in_(_IDS),
    RoleHolding.valid_from <= _DAY,
    or_(RoleHolding.valid_to.is_(None), RoleHolding.valid_to > _DAY),
)
_HELD = union_all(_BELONGS, _GRANTED).order_by("place", "id")
"""Built once, as these two are asked at every request: homes first, then as they were granted."""


def load_actor(
    session: Session,
    person_id: PersonId,
    *,
    session_id: LoginSessionId | None = None,
    must_change_password: bool = False,
    on: date | None = None,
) -> Actor:
    """The actor a person is today, with what all its merged identities hold; raises NotFound."""
    day = on or today()
    connection = session.connection()
    rows = connection.execute(_IDENTITIES, {"id": person_id}).all()
    if not rows:
        raise NotFound
    person, identities = rows[0], tuple(PersonId(row.id) for row in rows)
    held = connection.execute(_HELD, {"ids": list(identities), "day": day}).all()
    nodes = [row.organisation_id for row in held if row.role == Role.WORKER]
    granted = [(row.role, row.organisation_id) for row in held if row.role != Role.WORKER]
    member_of = tuple(OrganisationId(node) for node in dict.fromkeys(nodes))
    return Actor(
        person_id=identities[0],
        person_ids=identities,
        name=person.name,
        roles=(
            *(RoleAt(role=Role.WORKER, organisation_id=node) for node in member_of),
            *(
                RoleAt(role=Role(role), organisation_id=OrganisationId(node))
                for role, node in dict.fromkeys(granted)
            ),
        ),
        session_id=session_id,
        locale=person.locale,
        larger_text=person.larger_text,
        must_change_password=must_change_password,
        organisation_ids=member_of,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldingRow:
    """A granted role with the names a page shows."""

    id: int
    person_id: PersonId
    person_name: str
    role: Role
    organisation_id: OrganisationId
    organisation_name: str
    valid_from: date
    valid_to: date | None


def list_holdings(session: Session, person_id: PersonId, *, on: date) -> list[HoldingRow]:
    """What a person holds on a day or will hold, with all merged identities; at most 200."""
    statement = _holdings(on).where(RoleHolding.person_id.in_(same_person_ids(session, person_id)))
    return [_holding(*row) for row in session.execute(statement.limit(200))]


def list_holders(
    session: Session, organisation_id: OrganisationId, *, on: date, page: int
) -> Page[HoldingRow]:
    """Who holds what at exactly this node, on a day or later."""
    statement = _holdings(on).where(RoleHolding.organisation_id == organisation_id)
    found = page_of(session, statement, page)
    rows = [_holding(*row) for row in found.rows]
    return found.with_rows(rows)


def _holdings(on: date) -> Select[RoleHolding, str, str]:
    return (
        select(RoleHolding, Person.name, Organisation.name)
        .join(Person, Person.id == RoleHolding.person_id)
        .join(Organisation, Organisation.id == RoleHolding.organisation_id)
        .where(or_(RoleHolding.valid_to.is_(None), RoleHolding.valid_to > on))
        .order_by(RoleHolding.role, RoleHolding.organisation_id, RoleHolding.id)
    )


def _holding(holding: RoleHolding, person_name: str, organisation_name: str) -> HoldingRow:
    return HoldingRow(
        id=holding.id,
        person_id=PersonId(holding.person_id),
        person_name=person_name,
        role=Role(holding.role),
        organisation_id=OrganisationId(holding.organisation_id),
        organisation_name=organisation_name,
        valid_from=holding.valid_from,
        valid_to=holding.valid_to,
    )
