"""What persons say of themselves: where they work, where not, and claims a unit confirms."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from lianbing.infra import audit
from lianbing.infra.calendar import local_date
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import Forbidden, NotFound
from lianbing.kernel.ids import OrganisationId, PersonId
from lianbing.people.authority import identities_of, require_reach
from lianbing.people.models.persons import Membership, MembershipRequest
from lianbing.people.persons.memberships import (
    NewMembership,
    end_on,
    get_open,
    join,
    leave_unions,
    open_memberships,
)


def choose_home(session: Session, actor: Actor, membership_id: int, *, now: datetime) -> None:
    """Say of one of one's own memberships that this is where one works."""
    membership = _get_own(session, actor, membership_id)
    held = open_memberships(session, PersonId(membership.person_id))
    for other in held:
        other.is_home = False
    if membership.unit_id is not None:
        leave_unions([other for other in held if other is not membership], local_date(now))
    session.flush()
    membership.is_home = True
    session.flush()
    audit.record(
        session,
        actor,
        "membership.home_chosen",
        subject=("person", membership.person_id),
        now=now,
        details={"organisation_id": membership.organisation_id},
    )


def decline_membership(
    session: Session, actor: Actor, membership_id: int, *, now: datetime
) -> None:
    """Say of a membership that one does not belong there; the home itself is not left so."""
    membership = _get_own(session, actor, membership_id)
    if membership.is_home:
        raise Forbidden
    end_on(membership, local_date(now))
    audit.record(
        session,
        actor,
        "membership.declined",
        subject=("person", membership.person_id),
        now=now,
        details={"organisation_id": membership.organisation_id},
    )


def request_membership(
    session: Session, person_id: PersonId, *, unit_id: OrganisationId, now: datetime
) -> None:
    """Note a person's claim to work in a unit, for its administrator to confirm."""
    session.add(MembershipRequest(person_id=person_id, unit_id=unit_id, requested_at=now))
    session.flush()


def decide_request(
    session: Session,
    actor: Actor,
    request_id: int,
    *,
    accept: bool,
    membership: NewMembership | None = None,
    now: datetime,
) -> None:
    """Confirm a claim, into the unit or a node inside it, or decline it."""
    claim = session.get(MembershipRequest, request_id, with_for_update=True)
    if claim is None or claim.decided_at is not None:
        raise NotFound
    unit_id = OrganisationId(claim.unit_id)
    require_reach(session, actor, Role.ADMINISTRATOR, organisation_id=unit_id)
    claim.decided_at, claim.decided_by, claim.accepted = now, actor.person_id, accept
    if accept:
        wanted = membership or NewMembership(organisation_id=unit_id)
        wanted = replace(wanted, is_home=True)  # the person asked for it
        require_reach(session, actor, Role.ADMINISTRATOR, organisation_id=wanted.organisation_id)
        kept = identities_of(session, PersonId(claim.person_id))[0]
        join(session, kept, wanted, now=now)
    audit.record(
        session,
        actor,
        "membership.request_decided",
        subject=("person", claim.person_id),
        now=now,
        details={"unit_id": unit_id, "accepted": accept},
    )


def _get_own(session: Session, actor: Actor, membership_id: int) -> Membership:
    membership = get_open(session, membership_id)
    if actor.person_id is None or membership.person_id not in identities_of(
        session, actor.person_id
    ):
        raise Forbidden
    return membership
