"""The closure kept true: recomputed for what a link touches, under the graph's one lock."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, delete, insert, or_, select, text, update
from sqlalchemy.orm import Session

from lianbing.people.models.organisations import (
    OrganisationLink,
    OrganisationReach,
    OrganisationTree,
)
from lianbing.people.organisations.rules import Edge, ReachPair, reach_pairs

CHUNK = 5000


def lock_tree(session: Session, *, on: date) -> None:
    """Let one transaction at a time change the graph, and bring its closure up to the day."""
    session.execute(
        text(
            "INSERT INTO organisation_tree (id, built_on) VALUES (1, :on) "
            "ON CONFLICT (id) DO NOTHING"
        ).bindparams(on=on)
    )
    built_on = session.scalars(
        select(OrganisationTree.built_on).where(OrganisationTree.id == 1).with_for_update()
    ).one()
    if built_on < on:
        turned = session.scalars(
            select(OrganisationLink.child_id).where(
                or_(
                    OrganisationLink.valid_from.between(built_on, on),
                    OrganisationLink.valid_to.between(built_on, on),
                )
            )
        ).all()
        rebuild_below(session, set(turned), on=on)
        session.execute(update(OrganisationTree).values(built_on=on))


def rebuild_below(session: Session, node_ids: Collection[int], *, on: date) -> None:
    """Recompute what reaches the nodes and all below them; raises LinkMakesCycle."""
    affected = below_on(session, node_ids, on=on) | _stored_below(session, node_ids)
    wanted = reach_pairs(affected, _edges_above(session, affected, on=on))
    stored = _stored_pairs(session, affected)
    gone, new = stored - wanted, wanted - stored
    for pair in gone:
        session.execute(
            delete(OrganisationReach).where(
                OrganisationReach.ancestor_id == pair.ancestor_id,
                OrganisationReach.descendant_id == pair.descendant_id,
            )
        )
    if new:
        session.execute(
            insert(OrganisationReach),
            [
                {
                    "ancestor_id": pair.ancestor_id,
                    "descendant_id": pair.descendant_id,
                    "depth": pair.depth,
                }
                for pair in new
            ],
        )


def below_on(session: Session, node_ids: Collection[int], *, on: date) -> set[int]:
    """The nodes and everything below them by the links of a day, today or in the past."""
    found = set(node_ids)
    frontier = set(node_ids)
    while frontier:
        children: set[int] = set()
        for chunk in _chunks(frontier):
            children.update(
                session.scalars(
                    select(OrganisationLink.child_id).where(
                        OrganisationLink.parent_id.in_(chunk), _holds(on)
                    )
                )
            )
        frontier = children - found
        found |= frontier
    return found


def _edges_above(session: Session, node_ids: Collection[int], *, on: date) -> list[Edge]:
    edges: dict[tuple[int, int], Edge] = {}
    seen = set(node_ids)
    frontier = set(node_ids)
    while frontier:
        parents: set[int] = set()
        for chunk in _chunks(frontier):
            for parent_id, child_id in session.execute(
                select(OrganisationLink.parent_id, OrganisationLink.child_id).where(
                    OrganisationLink.child_id.in_(chunk), _holds(on)
                )
            ):
                edges[parent_id, child_id] = Edge(parent_id=parent_id, child_id=child_id)
                parents.add(parent_id)
        frontier = parents - seen
        seen |= frontier
    return list(edges.values())


def _stored_below(session: Session, node_ids: Collection[int]) -> set[int]:
    return {
        descendant
        for chunk in _chunks(set(node_ids))
        for descendant in session.scalars(
            select(OrganisationReach.descendant_id).where(OrganisationReach.ancestor_id.in_(chunk))
        )
    }


def _stored_pairs(session: Session, node_ids: Collection[int]) -> frozenset[ReachPair]:
    return frozenset(
        ReachPair(ancestor_id=ancestor, descendant_id=descendant, depth=depth)
        for chunk in _chunks(set(node_ids))
        for ancestor, descendant, depth in session.execute(
            select(
                OrganisationReach.ancestor_id,
                OrganisationReach.descendant_id,
                OrganisationReach.depth,
            ).where(OrganisationReach.descendant_id.in_(chunk))
        )
    )


def _holds(on: date) -> ColumnElement[bool]:
    return (OrganisationLink.valid_from <= on) & (
        OrganisationLink.valid_to.is_(None) | (OrganisationLink.valid_to > on)
    )


def _chunks(ids: Collection[int]) -> list[list[int]]:
    ordered = sorted(ids)
    return [ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK)]


def refuse_cycle(session: Session, node_id: int, *, on: date) -> None:
    """Raise LinkMakesCycle when the links of a day put the node below itself."""
    reach_pairs({node_id}, _edges_above(session, {node_id}, on=on))
