"""The tree over receipts: the published vectors, and proofs that only prove what is there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.exams.receipts.merkle import build_tree, proves

LEAVES = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
]
"""The inputs and roots that Certificate Transparency implementations test themselves with."""
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}

leaf_lists = st.lists(st.binary(max_size=8), min_size=1, max_size=40, unique=True)


@pytest.mark.parametrize(("size", "root"), ROOTS.items())
def test_roots_are_those_of_the_standard(size: int, root: str) -> None:
    assert build_tree(LEAVES[:size]).root.hex() == root


@given(leaf_lists)
def test_every_leaf_is_proven(leaves: list[bytes]) -> None:
    tree = build_tree(leaves)
    assert all(proves(leaf, tree.proof(at), tree.root) for at, leaf in enumerate(leaves))


@given(leaf_lists, st.data())
def test_nothing_else_is_proven(leaves: list[bytes], data: st.DataObject) -> None:
    tree = build_tree(leaves)
    at = data.draw(st.integers(0, len(leaves) - 1))
    stranger = data.draw(st.binary(max_size=8).filter(lambda leaf: leaf not in leaves))
    assert not proves(stranger, tree.proof(at), tree.root)
    other = build_tree([*leaves[:at], stranger, *leaves[at + 1 :]])
    assert not proves(leaves[at], tree.proof(at), other.root)


@given(leaf_lists, st.data())
def test_a_leaf_changed_taken_out_added_or_moved_alters_the_root(
    leaves: list[bytes], data: st.DataObject
) -> None:
    root = build_tree(leaves).root
    at = data.draw(st.integers(0, len(leaves) - 1))
    assert build_tree([*leaves[:at], leaves[at] + b"x", *leaves[at + 1 :]]).root != root
    assert build_tree(leaves[:at] + leaves[at + 1 :]).root != root
    assert build_tree([*leaves[:at], b"new leaf!", *leaves[at:]]).root != root
    if len(leaves) > 1:
        swapped = leaves[:]
        swapped[at], swapped[at - 1] = swapped[at - 1], swapped[at]
        assert build_tree(swapped).root != root
