"""How a duel stands and who won, decided without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.practice.duel.rules import DuelState, Outcome, counts, score, state_of

END = datetime(2026, 11, 27, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SIDE = st.dictionaries(st.integers(1, 10), st.booleans())


@given(SIDE, SIDE)
def test_only_what_both_were_asked_counts_and_the_sides_agree(
    mine: dict[int, bool], theirs: dict[int, bool]
) -> None:
    seen, other = score(mine, theirs), score(theirs, mine)
    assert (seen.mine, seen.theirs, seen.asked) == (other.theirs, other.mine, other.asked)
    assert seen.asked == len(set(mine) & set(theirs))
    assert seen.mine == sum(mine[at] for at in mine if at in theirs)
    opposite = {Outcome.WON: Outcome.LOST, Outcome.LOST: Outcome.WON, Outcome.DRAWN: Outcome.DRAWN}
    assert other.outcome is opposite[seen.outcome]


@pytest.mark.parametrize(
    ("has_opponent", "both_done", "later", "state"),
    [
        (False, False, -SECOND, DuelState.INVITING),
        (True, False, -SECOND, DuelState.PLAYING),
        (True, False, SECOND, DuelState.EXPIRED),
        (False, False, SECOND, DuelState.EXPIRED),
        (True, True, timedelta(days=99), DuelState.DONE),
    ],
)
def test_a_duel_stands_where_its_sides_and_the_clock_say(
    has_opponent: bool, both_done: bool, later: timedelta, state: DuelState
) -> None:
    found = state_of(
        has_opponent=has_opponent, both_done=both_done, now=END + later, expires_at=END
    )
    assert found is state


def test_a_side_that_came_late_does_not_count() -> None:
    assert counts(END, expires_at=END)
    assert not counts(END + SECOND, expires_at=END)
    assert not counts(None, expires_at=END)
