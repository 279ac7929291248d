"""A candidate's form: derived again years later, it is the same."""

import random

from hypothesis import given
from hypothesis import strategies as st

from lianbing.banks.dealing import shuffle


@given(st.integers(0, 2**48), st.integers(0, 40))
def test_the_pinned_shuffle_draws_as_the_library_did(seed: int, count: int) -> None:
    ours, theirs = list(range(count)), list(range(count))
    shuffle(ours, random.Random(seed))
    random.Random(seed).shuffle(theirs)
    assert ours == theirs
