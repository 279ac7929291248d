"""Rules of the organisation graph: what may hang under what, and what reaches what.

A unit may belong to a territorial union and to an industry union at once; below it,
departments and work teams hang on internal lines. The graph has no cycle. What a node
reaches (its closure) is derived here and stored beside the links, so that a subtree is one
join, and a node reached along two lines is one row: it counts once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lianbing.people.organisations.errors import LinkMakesCycle, LinkNotAllowed


class OrganisationKind(StrEnum):
    """What a node is."""

    TERRITORIAL_UNION = "territorial_union"
    INDUSTRY_UNION = "industry_union"
    UNIT = "unit"
    DEPARTMENT = "department"
    WORK_TEAM = "work_team"


class Line(StrEnum):
    """Along which line a child belongs to its parent."""

    TERRITORIAL = "territorial"
    INDUSTRIAL = "industrial"
    INTERNAL = "internal"


UNIONS = frozenset({OrganisationKind.TERRITORIAL_UNION, OrganisationKind.INDUSTRY_UNION})
INSIDE_A_UNIT = frozenset({OrganisationKind.DEPARTMENT, OrganisationKind.WORK_TEAM})

CHILDREN: Mapping[OrganisationKind, tuple[OrganisationKind, ...]] = {
    OrganisationKind.TERRITORIAL_UNION: (
        OrganisationKind.TERRITORIAL_UNION,
        OrganisationKind.INDUSTRY_UNION,
        OrganisationKind.UNIT,
    ),
    OrganisationKind.INDUSTRY_UNION: (OrganisationKind.INDUSTRY_UNION, OrganisationKind.UNIT),
    OrganisationKind.UNIT: (
        OrganisationKind.UNIT,
        OrganisationKind.DEPARTMENT,
        OrganisationKind.WORK_TEAM,
    ),
    OrganisationKind.DEPARTMENT: (OrganisationKind.DEPARTMENT, OrganisationKind.WORK_TEAM),
    OrganisationKind.WORK_TEAM: (),
}


def line_between(parent: OrganisationKind, child: OrganisationKind) -> Line:
    """The line a link of these kinds runs along; raises LinkNotAllowed for a senseless pair."""
    if child not in CHILDREN[parent]:
        raise LinkNotAllowed
    if parent is OrganisationKind.TERRITORIAL_UNION:
        return Line.TERRITORIAL
    return Line.INDUSTRIAL if parent is OrganisationKind.INDUSTRY_UNION else Line.INTERNAL


@dataclass(frozen=True, kw_only=True, slots=True)
class Edge:
    """A link that holds on the day in question."""

    parent_id: int
    child_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReachPair:
    """``ancestor_id`` reaches ``descendant_id``; ``depth`` is the shortest way, 0 for itself."""

    ancestor_id: int
    descendant_id: int
    depth: int


def reach_pairs(nodes: Iterable[int], edges: Iterable[Edge]) -> frozenset[ReachPair]:
    """All pairs whose descendant is one of ``nodes``, each pair once, itself included.

    ``edges`` must hold every link above the nodes. Raises LinkMakesCycle.
    """
    parents: dict[int, set[int]] = {}
    for edge in edges:
        parents.setdefault(edge.child_id, set()).add(edge.parent_id)
    above: dict[int, dict[int, int]] = {}
    pairs = set()
    for node in nodes:
        _climb(node, parents, above)
        for ancestor, depth in above[node].items():
            pairs.add(ReachPair(ancestor_id=ancestor, descendant_id=node, depth=depth))
    return frozenset(pairs)


def _climb(start: int, parents: Mapping[int, set[int]], above: dict[int, dict[int, int]]) -> None:
    """Fill ``above`` for a node after all its parents; iterative, since depth is not bounded."""
    path = [start]
    on_path = {start}
    while path:
        node = path[-1]
        waiting = [parent for parent in parents.get(node, ()) if parent not in above]
        if waiting:
            if waiting[0] in on_path:
                raise LinkMakesCycle
            path.append(waiting[0])
            on_path.add(waiting[0])
            continue
        reached = {node: 0}
        for parent in parents.get(node, ()):
            for ancestor, depth in above[parent].items():
                reached[ancestor] = min(depth + 1, reached.get(ancestor, depth + 1))
        above[node] = reached
        on_path.discard(path.pop())
