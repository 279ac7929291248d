"""What administrators do to the graph: add a node, link and unlink it, state a unit's facts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.infra import audit
from lianbing.infra.calendar import local_date
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import Forbidden, NotFound
from lianbing.kernel.ids import OrganisationId
from lianbing.people.authority import require_reach
from lianbing.people.models.organisations import (
    Organisation,
    OrganisationFacts,
    OrganisationLink,
)
from lianbing.people.organisations.errors import (
    BadDates,
    BadFacts,
    LastParent,
    LinkExists,
    UnitIsFixed,
)
from lianbing.people.organisations.profile import INDUSTRIES, UnitFacts
from lianbing.people.organisations.reach import lock_tree, rebuild_below, refuse_cycle
from lianbing.people.organisations.rules import INSIDE_A_UNIT, OrganisationKind, line_between


@dataclass(frozen=True, kw_only=True, slots=True)
class NewOrganisation:
    """A node to add below ``parent_id``; None only for the installation's first root."""

    name: str
    kind: OrganisationKind
    parent_id: OrganisationId | None
    code: str = ""


def add_organisation(
    session: Session, actor: Actor, new: NewOrganisation, *, now: datetime
) -> OrganisationId:
    """Add a node under a parent; only the system adds a root. Raises LinkNotAllowed, CodeTaken."""
    return add_organisations(session, actor, [new], now=now)[0]


def add_organisations(
    session: Session, actor: Actor, news: Sequence[NewOrganisation], *, now: datetime
) -> list[OrganisationId]:
    """Add several nodes under parents that exist, with one look at the graph; ids in order."""
    on = local_date(now)
    for parent_id in {new.parent_id for new in news}:
        if parent_id is not None:
            require_reach(session, actor, Role.ADMINISTRATOR, organisation_id=parent_id)
        elif actor.person_id is not None:
            raise Forbidden
    lock_tree(session, on=on)
    made = [_insert(session, actor, new, on=on, now=now) for new in news]
    session.flush()
    rebuild_below(session, made, on=on)
    return made


def _insert(
    session: Session, actor: Actor, new: NewOrganisation, *, on: date, now: datetime
) -> OrganisationId:
    parent = get_organisation(session, new.parent_id) if new.parent_id is not None else None
    node = Organisation(
        name=new.name.strip(), kind=new.kind.value, code=new.code.strip() or None, created_at=now
    )
    if parent is not None and new.kind in INSIDE_A_UNIT:
        node.unit_id = parent.unit_id
    session.add(node)
    session.flush()
    if new.kind is OrganisationKind.UNIT:
        node.unit_id = node.id
    if parent is not None:
        _add_link(session, parent, node, valid_from=on)
    audit.record(
        session,
        actor,
        "organisation.added",
        subject=("organisation", node.id),
        now=now,
        details={"parent_id": new.parent_id, "kind": new.kind.value},
    )
    return OrganisationId(node.id)


def rename_organisation(
    session: Session,
    actor: Actor,
    organisation_id: OrganisationId,
    *,
    name: str,
    code: str,
    now: datetime,
) -> None:
    """Correct a node's name or code; raises CodeTaken by its constraint."""
    require_reach(session, actor, Role.ADMINISTRATOR, organisation_id=organisation_id)
    node = get_organisation(session, organisation_id)
    before = node.name
    node.name, node.code = name.strip(), code.strip() or None
    session.flush()
    audit.record(
        session,
        actor,
        "organisation.renamed",
        subject=("organisation", organisation_id),
        now=now,
        details={"before": before, "after": node.name},
    )


def link_organisation(
    session: Session,
    actor: Actor,
    *,
    parent_id: OrganisationId,
    child_id: OrganisationId,
    valid_from: date,
    now: datetime,
) -> None:
    """Let a node belong to one more parent from a day on; the actor must reach both."""
    for node_id in (parent_id, child_id):
        require_reach(session, actor, Role.ADMINISTRATOR, organisation_id=node_id)
    on = local_date(now)
    lock_tree(session, on=on)
    parent, child = get_organisation(session, parent_id), get_organisation(session, child_id)
    if child.kind in INSIDE_A_UNIT and parent.unit_id != child.unit_id:
        raise UnitIsFixed
    if _find_open_link(session, parent_id, child_id) is not None:
        raise LinkExists
    _add_link(session, parent, child, valid_from=valid_from)
    session.flush()
    rebuild_below(session, {child_id}, on=on)
    _refuse_future_cycle(session, child_id, valid_from=valid_from, on=on)
    audit.record(
        session,
        actor,
        "organisation.linked",
        subject=("organisation", child_id),
        now=now,
        details={"parent_id": parent_id, "valid_from": valid_from},
    )


def end_link(
    session: Session,
    actor: Actor,
    *,
    parent_id: OrganisationId,
    child_id: OrganisationId,
    valid_to: date,
    now: datetime,
) -> None:
    """Let a node stop belonging to a parent on a day; its last parent stays (LastParent)."""
    for node_id in (parent_id, child_id):
        require_reach(session, actor, Role.ADMINISTRATOR, organisation_id=node_id)
    on = local_date(now)
    lock_tree(session, on=on)
    link = _find_open_link(session, parent_id, child_id)
    if link is None:
        raise NotFound
    if valid_to < link.valid_from:
        raise BadDates
    others = session.scalars(
        select(OrganisationLink.id).where(
            OrganisationLink.child_id == child_id,
            OrganisationLink.valid_to.is_(None),
            OrganisationLink.id != link.id,
            OrganisationLink.valid_from <= valid_to,
        )
    ).first()
    if others is None:
        raise LastParent
    link.valid_to = valid_to
    session.flush()
    rebuild_below(session, {child_id}, on=on)
    audit.record(
        session,
        actor,
        "organisation.link_ended",
        subject=("organisation", child_id),
        now=now,
        details={"parent_id": parent_id, "valid_to": valid_to},
    )


def state_facts(
    session: Session,
    actor: Actor,
    organisation_id: OrganisationId,
    facts: UnitFacts,
    *,
    valid_from: date,
    now: datetime,
) -> None:
    """Say what is true of a unit from a day on; stating the same day again corrects that row."""
    require_reach(session, actor, Role.ADMINISTRATOR, organisation_id=organisation_id)
    if facts.industry and facts.industry[0] not in INDUSTRIES:
        raise BadFacts
    if facts.head_count is not None and facts.head_count < 0:
        raise BadFacts
    row = session.scalars(
        select(OrganisationFacts)
        .where(
            OrganisationFacts.organisation_id == organisation_id,
            OrganisationFacts.valid_from == valid_from,
        )
        .with_for_update()
    ).one_or_none()
    if row is None:
        row = OrganisationFacts(organisation_id=organisation_id, valid_from=valid_from)
        session.add(row)
    for name, value in asdict(facts).items():
        setattr(row, name, value)
    row.recorded_at, row.recorded_by = now, actor.person_id
    audit.record(
        session,
        actor,
        "organisation.facts_stated",
        subject=("organisation", organisation_id),
        now=now,
        details={"valid_from": valid_from, **asdict(facts)},
    )


def refresh_reach(session: Session, *, now: datetime) -> None:
    """Let dated links take effect when their day comes; run by the clock, harmless to repeat."""
    lock_tree(session, on=local_date(now))


def get_organisation(session: Session, organisation_id: OrganisationId) -> Organisation:
    """The node's row; raises NotFound."""
    node = session.get(Organisation, organisation_id)
    if node is None:
        raise NotFound
    return node


def _find_open_link(
    session: Session, parent_id: OrganisationId, child_id: OrganisationId
) -> OrganisationLink | None:
    return session.scalars(
        select(OrganisationLink).where(
            OrganisationLink.parent_id == parent_id,
            OrganisationLink.child_id == child_id,
            OrganisationLink.valid_to.is_(None),
        )
    ).one_or_none()


def _add_link(
    session: Session, parent: Organisation, child: Organisation, *, valid_from: date
) -> None:
    line = line_between(OrganisationKind(parent.kind), OrganisationKind(child.kind))
    session.add(
        OrganisationLink(
            parent_id=parent.id, child_id=child.id, line=line.value, valid_from=valid_from
        )
    )


def _refuse_future_cycle(
    session: Session, child_id: OrganisationId, *, valid_from: date, on: date
) -> None:
    # A link that starts later must be refused now, not by the clock on the day it starts.
    if valid_from > on:
        refuse_cycle(session, child_id, on=valid_from)
