"""Dealing options in a seeded order that never gives a key away; pure."""

import random
from collections.abc import Sequence
from typing import TypeVar

from lianbing.banks.rules import Key, MatchingKey, OrderingKey

Item = TypeVar("Item")


def deal(letters: Sequence[str], key: Key, rng: random.Random) -> tuple[str, ...]:
    """The letters shuffled; never in the order that would solve a matching or an ordering."""
    dealt = list(letters)
    shuffle(dealt, rng)
    return keep_off(dealt, key)


def keep_off(letters: Sequence[str], key: Key) -> tuple[str, ...]:
    """The letters as they are, turned by one place where they would stand in the key's order."""
    solved = key.letters if isinstance(key, MatchingKey | OrderingKey) else ()
    if solved and tuple(letters[: len(solved)]) == solved:
        return (*letters[1:], letters[0])
    return tuple(letters)


def shuffle(items: list[Item], rng: random.Random) -> None:
    """``rng.shuffle``, draw for draw, written out: twice as fast, and pinned for good.

    A form is derived again years later, and Python promises no version the same shuffle.
    """
    draw = rng.getrandbits
    for place in range(len(items) - 1, 0, -1):
        bits = (place + 1).bit_length()
        other = draw(bits)
        while other > place:
            other = draw(bits)
        items[place], items[other] = items[other], items[place]
