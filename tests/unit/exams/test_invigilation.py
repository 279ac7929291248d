"""What the live screen says, and how decisions about late entries fold: without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.exams.invigilation.rules import (
    OFFLINE_AFTER,
    LiveState,
    changed_since,
    live_state,
)
from lianbing.exams.rules import AttemptState, CountedEntry, accepted_entries, fold

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LATER = NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("state", "contact", "break_ends_at", "final_at", "shown"),
    [
        (None, None, None, None, LiveState.NOT_STARTED),
        (AttemptState.OPEN, NOW - OFFLINE_AFTER, None, LATER, LiveState.WORKING),
        (AttemptState.OPEN, NOW - OFFLINE_AFTER - SECOND, None, LATER, LiveState.OFFLINE),
        (AttemptState.OPEN, None, None, LATER, LiveState.OFFLINE),
        (AttemptState.OPEN, NOW, NOW + SECOND, LATER, LiveState.ON_BREAK),
        (AttemptState.OPEN, NOW, NOW, LATER, LiveState.WORKING),
        (AttemptState.OPEN, NOW, None, NOW - SECOND, LiveState.CLOSED),
        (AttemptState.CLOSED, NOW, None, LATER, LiveState.CLOSED),
        (AttemptState.HANDED_IN, NOW, None, LATER, LiveState.HANDED_IN),
        (AttemptState.VOIDED, NOW, None, LATER, LiveState.VOIDED),
    ],
)
def test_state_of_a_candidate(
    state: AttemptState | None,
    contact: datetime | None,
    break_ends_at: datetime | None,
    final_at: datetime | None,
    shown: LiveState,
) -> None:
    found = live_state(
        state, last_contact=contact, break_ends_at=break_ends_at, final_at=final_at, now=NOW
    )
    assert found is shown


def test_falling_silent_is_a_change_too() -> None:
    contact = NOW - OFFLINE_AFTER - SECOND
    assert changed_since(NOW - 5 * SECOND, last_contact=contact, now=NOW)
    assert not changed_since(NOW, last_contact=contact, now=NOW)
    assert changed_since(NOW - SECOND, NOW, last_contact=None, now=NOW)
    assert not changed_since(NOW - SECOND, LATER, last_contact=None, now=NOW)
    assert changed_since(None, last_contact=None, now=NOW)


entries = st.lists(
    st.builds(
        CountedEntry,
        st.integers(1, 3),
        st.integers(1, 8),
        st.integers(1, 4),
        st.sampled_from(["A", "B", None]),
    ),
    unique_by=lambda entry: (entry.device, entry.seq),
    max_size=12,
)
verdicts = st.lists(st.tuples(st.integers(0, 11), st.booleans()), max_size=8)


@given(journal=entries, uncounted=st.sets(st.integers(0, 11)), verdicts=verdicts)
def test_folding_counts_what_counted_and_what_the_last_word_accepted(
    journal: list[CountedEntry[str | None]],
    uncounted: set[int],
    verdicts: list[tuple[int, bool]],
) -> None:
    counted = [entry for place, entry in enumerate(journal) if place not in uncounted]
    decided = [
        (journal[place], accepted)
        for place, accepted in verdicts
        if place in uncounted and place < len(journal)
    ]
    last_word = {place: accepted for place, accepted in verdicts if place in uncounted}
    expected: dict[int, str | None] = {}
    for entry in sorted(journal, key=lambda entry: (entry.device, entry.seq)):
        place = journal.index(entry)
        if place not in uncounted or last_word.get(place, False):
            expected[entry.question] = entry.answer
    late = accepted_entries(decided)
    assert fold([*counted, *late]) == fold([*reversed(late), *counted]) == expected
    assert fold([*counted, *accepted_entries([])]) == fold(counted)
