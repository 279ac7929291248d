"""In which regions a node lies: its nearest territorial union, and the outermost node above it."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lianbing.kernel.ids import OrganisationId
from lianbing.people.models.organisations import Organisation, OrganisationReach
from lianbing.people.organisations.rules import OrganisationKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    """``nearest`` None where no territorial union lies above; ``outermost`` may be the node."""

    nearest: OrganisationId | None
    nearest_name: str
    outermost: OrganisationId


def regions_of(session: Session, nodes: Collection[OrganisationId]) -> dict[OrganisationId, Region]:
    """The regions of each node by today's tree, in one statement.

    The outermost is the farthest territorial union, or without one the farthest node at all.
    """
    rows = session.execute(
        select(
            OrganisationReach.descendant_id, Organisation.id, Organisation.name, Organisation.kind
        )
        .join(Organisation, Organisation.id == OrganisationReach.ancestor_id)
        .where(OrganisationReach.descendant_id.in_(sorted(set(nodes))))
        .order_by(OrganisationReach.depth, Organisation.id)
    )
    above: dict[OrganisationId, list[tuple[int, str, str]]] = {}
    for node, id_, name, kind in rows:
        above.setdefault(OrganisationId(node), []).append((id_, name, kind))
    return {node: _region(found) for node, found in above.items()}


def _region(above: list[tuple[int, str, str]]) -> Region:
    territorial = [row for row in above if row[2] == OrganisationKind.TERRITORIAL_UNION.value]
    nearest = territorial[0] if territorial else None
    return Region(
        nearest=OrganisationId(nearest[0]) if nearest else None,
        nearest_name=nearest[1] if nearest else "",
        outermost=OrganisationId((territorial or above)[-1][0]),
    )
