"""A Merkle tree over receipts, as RFC 9162 section 2.1 builds it, so that other tools agree.

The order of the leaves is stated where the tree is made: by attempt, then by script version.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Side = Literal["left", "right"]
Proof = tuple[tuple[Side, bytes], ...]
"""Neighbours from the leaf upwards, each with the side it stands on."""

LEAF = b"\x00"
NODE = b"\x01"


@dataclass(frozen=True, kw_only=True, slots=True)
class MerkleTree:
    """``levels[0]`` are the leaves' hashes, the last level is the root alone."""

    levels: tuple[tuple[bytes, ...], ...]

    @property
    def root(self) -> bytes:
        return self.levels[-1][0]

    def proof(self, index: int) -> Proof:
        """What leads from a leaf to the root."""
        steps: list[tuple[Side, bytes]] = []
        for level in self.levels[:-1]:
            neighbour = index ^ 1
            if neighbour < len(level):
                steps.append(("left" if neighbour < index else "right", level[neighbour]))
            index //= 2
        return tuple(steps)


def build_tree(leaves: Iterable[bytes]) -> MerkleTree:
    """The tree of leaves in the order given; a lone node moves up as it is."""
    levels = [tuple(leaf_hash(leaf) for leaf in leaves) or (EMPTY,)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = [node_hash(*below[at : at + 2]) for at in range(0, len(below) - 1, 2)]
        levels.append(tuple(pairs + list(below[len(pairs) * 2 :])))
    return MerkleTree(levels=tuple(levels))


def proves(leaf: bytes, proof: Proof, root: bytes) -> bool:
    """Whether a proof leads from the leaf to the root."""
    found = leaf_hash(leaf)
    for side, neighbour in proof:
        found = node_hash(neighbour, found) if side == "left" else node_hash(found, neighbour)
    return found == root


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf; its prefix keeps a leaf from passing for a node."""
    return hashlib.sha256(LEAF + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbours."""
    return hashlib.sha256(NODE + left + right).digest()


EMPTY = hashlib.sha256().digest()
"""The root of no leaves."""
