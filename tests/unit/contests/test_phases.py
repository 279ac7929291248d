"""What is going on in a contest at an instant, and when one may register."""

from datetime import UTC, datetime, timedelta

import pytest

from lianbing.contests.rules import (
    ContestState,
    Phase,
    Schedule,
    is_registration_open,
    phase_of,
    schedule_faults,
)

START = datetime(2026, 11, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


SCHEDULE = Schedule(
    registration_opens_at=day(1),
    registration_closes_at=day(5),
    exam_opens_at=day(7),
    exam_closes_at=day(8),
)


@pytest.mark.parametrize(
    ("moment", "phase", "is_open"),
    [
        (0, Phase.BEFORE_REGISTRATION, False),
        (1, Phase.REGISTRATION, True),
        (4.9, Phase.REGISTRATION, True),
        (5, Phase.BEFORE_EXAM, False),
        (7, Phase.EXAM, False),
        (8, Phase.MARKING, False),
    ],
)
def test_published_contest_goes_by_the_clock(moment: float, phase: Phase, is_open: bool) -> None:
    assert phase_of(ContestState.PUBLISHED, SCHEDULE, day(moment)) is phase
    assert is_registration_open(ContestState.PUBLISHED, SCHEDULE, day(moment)) is is_open


@pytest.mark.parametrize(
    ("state", "phase"),
    [
        (ContestState.DRAFT, Phase.DRAFT),
        (ContestState.CANCELLED, Phase.CANCELLED),
        (ContestState.CLOSED, Phase.FINISHED),
    ],
)
def test_other_states_stand_above_the_clock(state: ContestState, phase: Phase) -> None:
    assert phase_of(state, SCHEDULE, day(2)) is phase
    assert not is_registration_open(state, SCHEDULE, day(2))


def test_schedule_that_cannot_work_is_named() -> None:
    assert schedule_faults(SCHEDULE) == []
    backwards = Schedule(
        registration_opens_at=day(9),
        registration_closes_at=day(8.5),
        exam_opens_at=day(7),
        exam_closes_at=day(8),
    )
    assert len(schedule_faults(backwards)) == 3
