"""Granting and revoking roles: by an administrator of the node or above it, always audited."""

from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lianbing.infra import audit
from lianbing.infra.calendar import local_date
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.people.authority import identities_of, require_reach
from lianbing.people.models.organisations import Organisation
from lianbing.people.models.roles import RoleHolding
from lianbing.people.organisations.errors import BadDates
from lianbing.people.roles.errors import (
    OwnAdministration,
    RoleHeldAlready,
    WorkerIsByMembership,
)


def grant_role(
    session: Session,
    actor: Actor,
    *,
    person_id: PersonId,
    role: Role,
    organisation_id: OrganisationId,
    valid_from: date | None = None,
    valid_to: date | None = None,
    now: datetime,
) -> int:
    """Let a person hold a role at a node the actor administers, from a day, perhaps to another.

    Raises RoleHeldAlready, WorkerIsByMembership, BadDates.
    """
    require_reach(session, actor, Role.ADMINISTRATOR, organisation_id=organisation_id)
    if role is Role.WORKER:
        raise WorkerIsByMembership
    start = valid_from or local_date(now)
    if valid_to is not None and valid_to <= start:
        raise BadDates
    if session.get(Organisation, organisation_id) is None:
        raise NotFound
    kept = identities_of(session, person_id)[0]
    _refuse_overlap(session, kept, role, organisation_id, start)
    holding = RoleHolding(
        person_id=kept,
        organisation_id=organisation_id,
        role=role.value,
        valid_from=start,
        valid_to=valid_to,
        granted_at=now,
        granted_by=actor.person_id,
    )
    session.add(holding)
    session.flush()
    audit.record(
        session,
        actor,
        "role.granted",
        subject=("person", kept),
        now=now,
        details={"role": role.value, "organisation_id": organisation_id, "to": valid_to},
    )
    return holding.id


def _refuse_overlap(
    session: Session, kept: PersonId, role: Role, organisation_id: OrganisationId, start: date
) -> None:
    overlapping = session.scalars(
        select(RoleHolding.id).where(
            RoleHolding.person_id == kept,
            RoleHolding.organisation_id == organisation_id,
            RoleHolding.role == role.value,
            or_(RoleHolding.valid_to.is_(None), RoleHolding.valid_to > start),
        )
    ).first()
    if overlapping is not None:
        raise RoleHeldAlready


def revoke_role(
    session: Session, actor: Actor, holding_id: int, *, reason: str = "", now: datetime
) -> None:
    """End a role today; it is gone at the next request. Nobody ends their own administration."""
    holding = session.get(RoleHolding, holding_id, with_for_update=True)
    on = local_date(now)
    if holding is None or (holding.valid_to is not None and holding.valid_to <= on):
        raise NotFound
    node = OrganisationId(holding.organisation_id)
    require_reach(session, actor, Role.ADMINISTRATOR, organisation_id=node)
    if holding.role == Role.ADMINISTRATOR.value and actor.person_id in identities_of(
        session, PersonId(holding.person_id)
    ):
        raise OwnAdministration
    holding.valid_to = max(on, holding.valid_from)
    holding.ended_at, holding.ended_by = now, actor.person_id
    audit.record(
        session,
        actor,
        "role.revoked",
        subject=("person", holding.person_id),
        now=now,
        reason=reason,
        details={"role": holding.role, "organisation_id": node},
    )
