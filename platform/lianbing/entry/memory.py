"""Memory of a process that serves for long: what it loaded at the start is never searched again."""

import gc

ALLOCATIONS = 20_000
SELDOM = 20


def settle_memory() -> None:
    """Leave everything loaded so far out of the garbage collector's rounds, and make them rarer.

    A batch of 500 scripts makes some 100,000 small tuples; at Python's own pace of a round every
    700 allocations, searching the loaded program again and again was a third of its time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS, SELDOM, SELDOM)
