"""What completes a class: hours by share, and the closing exam's published word."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.training.classes.rules import (
    ExamOutcome,
    Presence,
    hours_wanted,
    progress,
    read_presence,
)

HOURS = {1: Decimal("4"), 2: Decimal("2.5"), 3: Decimal("3.5")}

hours = st.dictionaries(
    st.integers(1, 20), st.decimals("0.1", "24", places=1), min_size=1, max_size=8
)


def test_leave_and_absence_earn_no_hours() -> None:
    attended = {1: Presence.PRESENT, 2: Presence.LEAVE, 3: Presence.ABSENT}
    made = progress(HOURS, attended, percent=40, exam=ExamOutcome.NONE)
    assert (made.hours, made.of, made.wanted) == (4, 10, 4)
    assert made.is_complete
    assert not progress(HOURS, attended, percent=41, exam=ExamOutcome.NONE).is_complete


@pytest.mark.parametrize("exam", list(ExamOutcome))
def test_where_there_is_an_exam_only_passing_it_completes(exam: ExamOutcome) -> None:
    everywhere = dict.fromkeys(HOURS, Presence.PRESENT)
    made = progress(HOURS, everywhere, percent=100, exam=exam)
    assert made.is_complete is (exam in (ExamOutcome.NONE, ExamOutcome.PASSED))


@given(hours, st.integers(0, 100), st.data())
def test_attending_one_session_more_never_loses(
    sessions: dict[int, Decimal], percent: int, data: st.DataObject
) -> None:
    ids = sorted(sessions)
    before = {id_: data.draw(st.sampled_from(list(Presence))) for id_ in ids}
    after = before | {data.draw(st.sampled_from(ids)): Presence.PRESENT}
    was = progress(sessions, before, percent=percent, exam=ExamOutcome.NONE)
    now = progress(sessions, after, percent=percent, exam=ExamOutcome.NONE)
    assert was.hours <= now.hours <= now.of
    assert now.is_complete or not was.is_complete


@given(st.decimals("0", "500", places=1), st.integers(0, 100))
def test_the_hours_wanted_lie_within_a_tenth_above_the_share(of: Decimal, percent: int) -> None:
    share = of * percent / 100
    assert share <= hours_wanted(of, percent) < share + Decimal("0.1")


@pytest.mark.parametrize(
    ("cell", "state"),
    [
        ("出勤", "present"),
        (" √ ", "present"),
        ("Present", "present"),
        ("缺 勤", "absent"),
        ("×", "absent"),
        ("事假", "leave"),
        ("", None),
        ("迟到", None),
    ],
)
def test_cells_of_attendance_lists_are_understood(cell: str, state: str | None) -> None:
    assert read_presence(cell) == state
