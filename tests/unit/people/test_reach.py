"""The closure of the organisation graph, against a walk that believes nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.people.organisations.errors import LinkMakesCycle, LinkNotAllowed
from lianbing.people.organisations.rules import (
    Edge,
    Line,
    OrganisationKind,
    ReachPair,
    line_between,
    reach_pairs,
)


def edges(*pairs: tuple[int, int]) -> list[Edge]:
    return [Edge(parent_id=parent, child_id=child) for parent, child in pairs]


def pair(ancestor: int, descendant: int, depth: int) -> ReachPair:
    return ReachPair(ancestor_id=ancestor, descendant_id=descendant, depth=depth)


def test_diamond_is_reached_once_by_the_shortest_way() -> None:
    found = reach_pairs({4}, edges((1, 2), (1, 3), (2, 4), (3, 4), (1, 4)))
    assert found == {pair(4, 4, 0), pair(2, 4, 1), pair(3, 4, 1), pair(1, 4, 1)}


@pytest.mark.parametrize("loop", [[(1, 1)], [(1, 2), (2, 1)], [(1, 2), (2, 3), (3, 1), (9, 1)]])
def test_cycle_is_refused(loop: list[tuple[int, int]]) -> None:
    with pytest.raises(LinkMakesCycle):
        reach_pairs({1, 2, 3}, edges(*loop))


@pytest.mark.slow
def test_depth_is_not_bounded_by_the_interpreter() -> None:
    chain = edges(*((number, number + 1) for number in range(5000)))
    assert pair(0, 5000, 5000) in reach_pairs({5000}, chain)


forward = st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1])


@given(st.lists(forward, max_size=30))
def test_closure_is_what_a_plain_walk_finds(links: list[tuple[int, int]]) -> None:
    found = reach_pairs(range(10), edges(*links))
    walked: dict[tuple[int, int], int] = {(node, node): 0 for node in range(10)}
    for depth in range(1, 10):
        for parent, child in links:
            for (above, below), known in list(walked.items()):
                if below == parent and known == depth - 1:
                    walked.setdefault((above, child), depth)
    assert {(p.ancestor_id, p.descendant_id): p.depth for p in found} == walked


def test_line_follows_the_parent() -> None:
    kinds = OrganisationKind
    assert line_between(kinds.TERRITORIAL_UNION, kinds.UNIT) is Line.TERRITORIAL
    assert line_between(kinds.INDUSTRY_UNION, kinds.UNIT) is Line.INDUSTRIAL
    assert line_between(kinds.UNIT, kinds.WORK_TEAM) is Line.INTERNAL
    for parent, child in (
        (kinds.WORK_TEAM, kinds.WORK_TEAM),
        (kinds.UNIT, kinds.TERRITORIAL_UNION),
        (kinds.TERRITORIAL_UNION, kinds.WORK_TEAM),
    ):
        with pytest.raises(LinkNotAllowed):
            line_between(parent, child)
