"""When the questions of an exam are out."""

from datetime import UTC, datetime, timedelta

from lianbing.exams.release.rules import PaperRelease, ReleaseFacts, first_release, release_time

OPENS = datetime(2026, 11, 20, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def facts(mode: PaperRelease, released_at: datetime | None = None) -> ReleaseFacts:
    return ReleaseFacts(mode=mode, opens_at=OPENS, released_at=released_at)


def test_the_clock_releases_at_the_opening() -> None:
    assert release_time(facts(PaperRelease.BY_CLOCK)) == OPENS


def test_two_persons_release_when_both_have_and_never_before_the_opening() -> None:
    two = PaperRelease.TWO_PERSONS
    assert release_time(facts(two)) is None
    assert release_time(facts(two, OPENS - MINUTE)) == OPENS
    assert release_time(facts(two, OPENS + MINUTE)) == OPENS + MINUTE


def test_a_shared_paper_is_out_with_the_first_of_its_exams() -> None:
    pending, late = facts(PaperRelease.TWO_PERSONS), facts(PaperRelease.TWO_PERSONS, OPENS + MINUTE)
    assert first_release([]) is None
    assert first_release([pending]) is None
    assert first_release([pending, late]) == OPENS + MINUTE
    assert first_release([late, facts(PaperRelease.BY_CLOCK)]) == OPENS
