"""What screens and other features ask of organisations, answered in frozen rows."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lianbing.infra.paging import Page, page_of
from lianbing.kernel.actor import Actor, Role
from lianbing.kernel.errors import NotFound
from lianbing.kernel.ids import OrganisationId
from lianbing.people.authority import reachable_ids
from lianbing.people.models.organisations import (
    Organisation,
    OrganisationFacts,
    OrganisationLink,
    OrganisationReach,
)
from lianbing.people.organisations.profile import Ownership, SizeClass, UnitFacts
from lianbing.people.organisations.reach import below_on
from lianbing.people.organisations.rules import Line, OrganisationKind

CHOICES = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganisationRow:
    """A node in a list; ``depth`` counts from the nearest node the list starts at."""

    id: OrganisationId
    name: str
    kind: OrganisationKind
    depth: int = 0
    code: str = ""
    children: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkRow:
    """A dated link seen from the child."""

    parent_id: OrganisationId
    parent_name: str
    line: Line
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FactsRow:
    """Facts with the day they hold from."""

    valid_from: date
    facts: UnitFacts


def organisation_names(
    session: Session, ids: Collection[OrganisationId]
) -> dict[OrganisationId, str]:
    """Names by id; unknown ids are left out."""
    rows = session.execute(
        select(Organisation.id, Organisation.name).where(Organisation.id.in_(set(ids)))
    )
    return {OrganisationId(id_): name for id_, name in rows}


def get_organisation_row(session: Session, organisation_id: OrganisationId) -> OrganisationRow:
    """One node; raises NotFound."""
    node = session.get(Organisation, organisation_id)
    if node is None:
        raise NotFound
    return OrganisationRow(
        id=OrganisationId(node.id),
        name=node.name,
        kind=OrganisationKind(node.kind),
        code=node.code or "",
    )


def list_reachable_organisations(
    session: Session, actor: Actor, *roles: Role, limit: int = CHOICES
) -> list[OrganisationRow]:
    """The nodes the roles reach, in tree order for a choice list, nearest first when cut off."""
    start = actor.nodes(*roles)
    depth = func.min(OrganisationReach.depth).label("depth")
    statement = (
        select(Organisation.id, Organisation.name, Organisation.kind, Organisation.code, depth)
        .join(OrganisationReach, OrganisationReach.descendant_id == Organisation.id)
        .group_by(Organisation.id, Organisation.name, Organisation.kind, Organisation.code)
        .order_by("depth", Organisation.name, Organisation.id)
        .limit(limit)
    )
    if actor.person_id is not None:
        statement = statement.where(OrganisationReach.ancestor_id.in_(start))
    rows = {
        row.id: OrganisationRow(
            id=OrganisationId(row.id),
            name=row.name,
            kind=OrganisationKind(row.kind),
            depth=row.depth,
            code=row.code or "",
        )
        for row in session.execute(statement)
    }
    return _in_tree_order(session, rows)


def _in_tree_order(session: Session, rows: dict[int, OrganisationRow]) -> list[OrganisationRow]:
    nearest = select(OrganisationReach.ancestor_id, OrganisationReach.descendant_id).where(
        OrganisationReach.depth == 1, OrganisationReach.descendant_id.in_(rows)
    )
    children: dict[int, list[int]] = {}
    placed: set[int] = set()
    for parent_id, child_id in session.execute(nearest):
        if parent_id in rows and rows[parent_id].depth + 1 == rows[child_id].depth:
            children.setdefault(parent_id, []).append(child_id)
    ordered: list[OrganisationRow] = []
    waiting = [id_ for id_ in reversed(rows) if rows[id_].depth == 0] or list(reversed(rows))
    position = {id_: place for place, id_ in enumerate(rows)}
    while waiting:
        id_ = waiting.pop()
        if id_ in placed:
            continue  # a node under two parents is listed once
        placed.add(id_)
        ordered.append(rows[id_])
        waiting.extend(sorted(children.get(id_, ()), key=lambda child: -position[child]))
    return ordered


def ancestor_ids(
    session: Session, ids: Collection[OrganisationId]
) -> dict[OrganisationId, frozenset[OrganisationId]]:
    """Today's ancestors of each node, itself included."""
    found: dict[OrganisationId, set[OrganisationId]] = {}
    rows = session.execute(
        select(OrganisationReach.descendant_id, OrganisationReach.ancestor_id).where(
            OrganisationReach.descendant_id.in_(set(ids))
        )
    )
    for descendant, ancestor in rows:
        found.setdefault(OrganisationId(descendant), set()).add(OrganisationId(ancestor))
    return {id_: frozenset(above) for id_, above in found.items()}


def list_children(
    session: Session, organisation_id: OrganisationId, *, page: int
) -> Page[OrganisationRow]:
    """Today's direct children, by kind and name, with how many each has itself."""
    below = (
        select(func.count())
        .select_from(OrganisationReach)
        .where(OrganisationReach.ancestor_id == Organisation.id, OrganisationReach.depth == 1)
        .correlate(Organisation)
        .scalar_subquery()
    )
    statement = (
        select(Organisation, below.label("children"))
        .join(OrganisationReach, OrganisationReach.descendant_id == Organisation.id)
        .where(OrganisationReach.ancestor_id == organisation_id, OrganisationReach.depth == 1)
        .order_by(Organisation.kind, Organisation.name, Organisation.id)
    )
    found = page_of(session, statement, page)
    rows = [
        OrganisationRow(
            id=OrganisationId(node.id),
            name=node.name,
            kind=OrganisationKind(node.kind),
            code=node.code or "",
            children=children,
        )
        for node, children in found.rows
    ]
    return found.with_rows(rows)


def list_links(session: Session, child_id: OrganisationId) -> list[LinkRow]:
    """Every parent a node has, had or will have, newest first."""
    rows = session.execute(
        select(OrganisationLink, Organisation.name)
        .join(Organisation, Organisation.id == OrganisationLink.parent_id)
        .where(OrganisationLink.child_id == child_id)
        .order_by(OrganisationLink.valid_from.desc(), OrganisationLink.id.desc())
    )
    return [
        LinkRow(
            parent_id=OrganisationId(link.parent_id),
            parent_name=name,
            line=Line(link.line),
            valid_from=link.valid_from,
            valid_to=link.valid_to,
        )
        for link, name in rows
    ]


def find_facts(session: Session, organisation_id: OrganisationId, *, on: date) -> UnitFacts | None:
    """What was true of a unit on a day; None when nothing had been stated by then."""
    return facts_on(session, [organisation_id], on=on).get(organisation_id)


def facts_on(
    session: Session, ids: Collection[OrganisationId], *, on: date
) -> dict[OrganisationId, UnitFacts]:
    """The facts of several units on a day; a unit without any is left out."""
    latest = (
        select(
            OrganisationFacts.organisation_id.label("unit"),
            func.max(OrganisationFacts.valid_from).label("since"),
        )
        .where(OrganisationFacts.organisation_id.in_(set(ids)), OrganisationFacts.valid_from <= on)
        .group_by(OrganisationFacts.organisation_id)
        .subquery()
    )
    rows = session.scalars(
        select(OrganisationFacts).join(
            latest,
            (OrganisationFacts.organisation_id == latest.c.unit)
            & (OrganisationFacts.valid_from == latest.c.since),
        )
    )
    return {OrganisationId(row.organisation_id): _facts(row) for row in rows}


def list_facts(session: Session, organisation_id: OrganisationId) -> list[FactsRow]:
    """All that was ever stated of a unit, newest first."""
    rows = session.scalars(
        select(OrganisationFacts)
        .where(OrganisationFacts.organisation_id == organisation_id)
        .order_by(OrganisationFacts.valid_from.desc())
    )
    return [FactsRow(valid_from=row.valid_from, facts=_facts(row)) for row in rows]


def units_on(session: Session, organisation_id: OrganisationId, *, on: date) -> set[int]:
    """The units below a node by the links of a day; one reached along two lines is one."""
    below = below_on(session, {organisation_id}, on=on)
    rows = session.scalars(
        select(Organisation.id).where(
            Organisation.id.in_(below), Organisation.kind == OrganisationKind.UNIT.value
        )
    )
    return set(rows)


def search_organisations(
    session: Session,
    text: str,
    *,
    kinds: Collection[OrganisationKind],
    actor: Actor | None = None,
    roles: tuple[Role, ...] = (),
    limit: int = 20,
) -> list[OrganisationRow]:
    """Nodes whose name contains the text or whose code equals it; within an actor's reach."""
    pattern = f"%{text.strip().replace('%', '').replace('_', '')}%"
    statement = (
        select(Organisation)
        .where(
            Organisation.kind.in_([kind.value for kind in kinds]),
            Organisation.name.like(pattern) | (Organisation.code == text.strip()),
        )
        .order_by(func.length(Organisation.name), Organisation.name, Organisation.id)
        .limit(limit)
    )
    if actor is not None:
        statement = statement.where(Organisation.id.in_(reachable_ids(actor, *roles)))
    return [
        OrganisationRow(
            id=OrganisationId(node.id),
            name=node.name,
            kind=OrganisationKind(node.kind),
            code=node.code or "",
        )
        for node in session.scalars(statement)
    ]


def _facts(row: OrganisationFacts) -> UnitFacts:
    return UnitFacts(
        industry=row.industry,
        ownership=Ownership(row.ownership) if row.ownership else None,
        size_class=SizeClass(row.size_class) if row.size_class else None,
        union_founded=row.union_founded,
        park=row.park,
        head_count=row.head_count,
    )
