"""What counts, what is kept apart, what folds, who ranks where: without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.exams.rules import (
    AttemptFacts,
    AttemptState,
    CountedEntry,
    ExamState,
    ExamWindow,
    Release,
    Scored,
    Standing,
    decide_standing,
    due_time,
    fold,
    is_released,
    needs_fold,
    plan_faults,
    rank,
)
from lianbing.kernel.ids import AttemptId, PersonId

DUE = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
GRACE = timedelta(seconds=30)
OPEN = AttemptFacts(
    attempt_id=AttemptId(1),
    state=AttemptState.OPEN,
    due_at=DUE,
    final_at=DUE + GRACE,
    device=2,
)


@pytest.mark.parametrize(
    ("state", "device", "after_due", "standing"),
    [
        (AttemptState.OPEN, 2, -1, Standing.COUNTED),
        (AttemptState.OPEN, 2, 30, Standing.COUNTED),
        (AttemptState.OPEN, 2, 30.000001, Standing.LATE),
        (AttemptState.OPEN, 1, -1, Standing.SUPERSEDED),
        (AttemptState.CLOSED, 2, 29, Standing.COUNTED),
        (AttemptState.CLOSED, 2, 31, Standing.LATE),
        (AttemptState.HANDED_IN, 2, -60, Standing.AFTER_HAND_IN),
        (AttemptState.HANDED_IN, 1, -60, Standing.AFTER_HAND_IN),
        (AttemptState.VOIDED, 2, -60, Standing.AFTER_HAND_IN),
    ],
)
def test_standing_of_an_entry(
    state: AttemptState, device: int, after_due: float, standing: Standing
) -> None:
    arrived = DUE + timedelta(seconds=after_due)
    facts = replace(OPEN, state=state)
    assert decide_standing(facts, device=device, arrived_at=arrived) is standing


def test_only_a_counted_entry_of_a_closed_attempt_needs_another_fold() -> None:
    closed = replace(OPEN, state=AttemptState.CLOSED)
    assert needs_fold(closed, Standing.COUNTED)
    assert not needs_fold(closed, Standing.LATE)
    assert not needs_fold(OPEN, Standing.COUNTED)


def entry(device: int, seq: int, question: int, answer: str | None) -> CountedEntry:
    return CountedEntry(device=device, seq=seq, question=question, answer=answer)


def test_fold_keeps_the_last_entry_of_each_question_whatever_the_order_of_arrival() -> None:
    entries = [
        entry(1, 3, 7, "C"),
        entry(1, 1, 7, "A"),
        entry(2, 1, 8, "B"),
        entry(1, 2, 8, "D"),
        entry(2, 2, 9, None),
    ]
    assert fold(entries) == {7: "C", 8: "B", 9: None}


@given(st.permutations([entry(d, s, s % 3, f"{d}{s}") for d in (1, 2) for s in range(1, 7)]))
def test_fold_does_not_depend_on_order(entries: list[CountedEntry]) -> None:
    assert fold(entries) == {0: "26", 1: "24", 2: "25"}


def test_due_time_is_cut_by_the_window() -> None:
    start = DUE - timedelta(minutes=10)
    assert due_time(started_at=start, duration=timedelta(minutes=90), closes_at=DUE) == DUE
    assert due_time(
        started_at=start, duration=timedelta(minutes=5), closes_at=DUE
    ) == start + timedelta(minutes=5)


def plan(**changes: object) -> list[str]:
    window = ExamWindow(
        opens_at=DUE - timedelta(hours=2), closes_at=DUE, duration=timedelta(hours=1), grace=GRACE
    )
    arguments: dict[str, object] = {
        "common_window": True,
        "results": Release.ON_PUBLICATION,
        "explanations": Release.AFTER_CLOSE,
        "pass_mark": Decimal(60),
        "total_marks": Decimal(100),
    }
    own = {key: value for key, value in changes.items() if key in arguments}
    times = {key: value for key, value in changes.items() if key not in arguments}
    return plan_faults(replace(window, **times), **(arguments | own))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, None),
        ({"closes_at": DUE - timedelta(hours=3)}, "the end must lie after the opening"),
        ({"duration": timedelta(seconds=30)}, "the duration must lie"),
        ({"duration": timedelta(hours=3)}, "the window is shorter"),
        ({"pass_mark": Decimal(101)}, "the pass mark must lie"),
        ({"results": Release.AT_HAND_IN}, "under a common window"),
        ({"explanations": Release.AT_HAND_IN}, "under a common window"),
        ({"results": Release.AT_HAND_IN, "common_window": False}, None),
    ],
)
def test_plan_faults(change: dict[str, object], fault: str | None) -> None:
    faults = plan(**change)
    assert bool(faults) == (fault is not None)
    assert all(text.startswith(fault or "") for text in faults[:1])


@pytest.mark.parametrize(
    ("release", "published", "closed_for_all", "ended", "seen"),
    [
        (Release.AT_HAND_IN, False, False, True, True),
        (Release.AT_HAND_IN, False, False, False, False),
        (Release.AFTER_CLOSE, False, False, True, False),
        (Release.AFTER_CLOSE, False, True, True, True),
        (Release.ON_PUBLICATION, False, True, True, False),
        (Release.ON_PUBLICATION, True, True, True, True),
        (Release.NEVER, True, True, True, False),
    ],
)
def test_release(
    release: Release, published: bool, closed_for_all: bool, ended: bool, seen: bool
) -> None:
    state = ExamState.PUBLISHED if published else ExamState.SCHEDULED
    assert (
        is_released(release, exam_state=state, closed_for_all=closed_for_all, attempt_ended=ended)
        is seen
    )


def scored(person: int, marks: str, seconds: int) -> Scored:
    return Scored(person_id=PersonId(person), marks=Decimal(marks), seconds_used=seconds)


def test_equal_marks_and_time_share_a_rank_and_the_next_is_skipped() -> None:
    ranked = rank(
        [scored(4, "80", 50), scored(1, "90", 60), scored(3, "90", 60), scored(2, "90", 61)]
    )
    assert [(place, score.person_id) for place, score in ranked] == [(1, 1), (1, 3), (3, 2), (4, 4)]
