"""Which texts could be alike at all, told without comparing their letters in order; pure.

rapidfuzz's ratio of two texts is ``100 * (1 - d / (a + b))``: ``d`` letters have to be taken out
or put in, ``a`` and ``b`` are their lengths. Each letter that only one of them has is one of
those ``d``, and so many of these are known for all pairs at once. Hardly any pair of different
questions passes: all pairs of 6,000 take 0.3 s of a core instead of 2.
"""

from collections.abc import Iterator, Sequence

import numpy
from numpy.typing import NDArray

BITS = 256
"""Letters are told apart by so many signs; two that share one hide a difference, never make one."""
WORDS = BITS // 64
ROWS_AT_ONCE = 128
"""So many texts against all longer ones keep within the caches of a processor."""

Signs = NDArray[numpy.uint64]
Indices = NDArray[numpy.int64]


def could_be_alike(texts: Sequence[str], *, alike_from: int) -> Iterator[tuple[Indices, Indices]]:
    """The pairs that may reach a ratio of ``alike_from`` of 100, some at a time.

    Two arrays of the same length hold the pairs' earlier and later texts by index.
    """
    lengths = numpy.array([len(text) for text in texts], dtype=numpy.int64)
    order = numpy.argsort(lengths, kind="stable")
    by_length, signs = lengths[order], _signs(texts)[:, order]
    for start in range(0, len(texts), ROWS_AT_ONCE):
        stop = min(start + ROWS_AT_ONCE, len(texts))
        # 100 * 2a / (a + b) is the most that a text can reach with a longer one.
        longest = by_length[stop - 1] * (200 - alike_from) // max(alike_from, 1)
        end = int(numpy.searchsorted(by_length, longest, side="right"))
        rows, columns = numpy.nonzero(_passing(signs, by_length, start, stop, end, alike_from))
        later = rows < columns  # each pair once, and nothing with itself
        ones, others = order[start + rows[later]], order[start + columns[later]]
        yield numpy.minimum(ones, others), numpy.maximum(ones, others)


def _passing(
    signs: Signs, lengths: Indices, start: int, stop: int, end: int, alike_from: int
) -> NDArray[numpy.bool_]:
    """Of the texts from ``start`` to ``stop`` against those from ``start`` to ``end``."""
    unlike = numpy.zeros((stop - start, end - start), dtype=numpy.uint16)
    for word in signs:
        unlike += numpy.bitwise_count(word[start:stop, None] ^ word[None, start:end])
    both = lengths[start:stop, None] + lengths[None, start:end]
    return unlike.astype(numpy.int64) * 100 <= both * (100 - alike_from)


def _signs(texts: Sequence[str]) -> Signs:
    """For each text (column) the letters it has, as bits of ``WORDS`` numbers (rows)."""
    signs = numpy.zeros((WORDS, len(texts)), dtype=numpy.uint64)
    for column, text in enumerate(texts):
        has = 0
        for letter in set(text):
            has |= 1 << (ord(letter) % BITS)
        for row in range(WORDS):
            signs[row, column] = has >> (64 * row) & 0xFFFF_FFFF_FFFF_FFFF
    return signs
