"""The line at the door, without a database: order, pace, places that are missed, tickets."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import SECRETS

from lianbing.infra.crypto import Keyring
from lianbing.infra.settings import Settings
from lianbing.people.accounts.line.rules import (
    CALLED_SECONDS,
    LEAST_CALLED_PER_SECOND,
    LONGEST_PAUSE_SECONDS,
    SHORTEST_PAUSE_SECONDS,
    TICKET_LIFETIME,
    Place,
    Sight,
    Standing,
    is_called,
    is_expired,
    number_of,
    pace,
    pause,
    seconds_left,
)
from lianbing.people.accounts.line.tickets import LARGEST, Ticket, open_ticket, seal_ticket

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
SIGHTS = st.builds(
    Sight,
    standing=st.just(Standing.WAIT),
    ahead=st.integers(0, 20_000),
    per_second=st.floats(0, 500),
)


def place(number: int = number_of(NOW), nonce: str = "n", name_key: str = "k") -> Place:
    return Place(number=number, nonce=nonce, name_key=name_key)


@given(SIGHTS)
def test_nobody_is_told_to_come_back_sooner_or_later_than_is_bearable(sight: Sight) -> None:
    assert SHORTEST_PAUSE_SECONDS <= pause(sight) <= LONGEST_PAUSE_SECONDS
    assert seconds_left(sight) >= 1


@given(SIGHTS, st.integers(0, 20_000))
def test_who_is_nearer_never_waits_longer(sight: Sight, fewer: int) -> None:
    ahead = min(sight.ahead, fewer)
    nearer = Sight(standing=Standing.WAIT, ahead=ahead, per_second=sight.per_second)
    assert seconds_left(nearer) <= seconds_left(sight)
    assert is_called(nearer) or not is_called(sight)


def test_a_door_that_stood_still_calls_people_all_the_same() -> None:
    stopped = pace(0)
    called = int(LEAST_CALLED_PER_SECOND * CALLED_SECONDS)
    assert is_called(Sight(standing=Standing.WAIT, ahead=called - 1, per_second=stopped))
    assert not is_called(Sight(standing=Standing.WAIT, ahead=called, per_second=stopped))


@pytest.mark.parametrize(
    ("age", "expired"),
    [
        (timedelta(0), False),
        (TICKET_LIFETIME, False),
        (TICKET_LIFETIME + timedelta(seconds=1), True),
        (-timedelta(seconds=1), True),
    ],
)
def test_tickets_end_and_none_comes_from_the_future(age: timedelta, expired: bool) -> None:
    assert is_expired(place(), now=NOW + age) is expired


@pytest.fixture(scope="module")
def keyring() -> Keyring:
    return Keyring(Settings(**SECRETS))


def ticket() -> Ticket:
    return Ticket(place=place(), name="A17", unit="青山重机", password="correct horse")


def test_a_ticket_comes_back_as_it_was_and_shows_nothing_on_the_way(keyring: Keyring) -> None:
    sealed = seal_ticket(ticket(), keyring)
    assert open_ticket(sealed, keyring, now=NOW) == ticket()
    assert "A17" not in sealed
    assert seal_ticket(ticket(), keyring) != sealed
    assert "correct horse" not in repr(ticket())


def test_a_forged_altered_old_or_huge_ticket_is_none(keyring: Keyring) -> None:
    sealed = seal_ticket(ticket(), keyring)
    other = Keyring(Settings(**{**SECRETS, "field_key": "44" * 32}))
    swapped = sealed[:30] + ("A" if sealed[30] != "A" else "B") + sealed[31:]
    for forged in ("", "x", "中文", sealed[:-4], swapped, "A" * (LARGEST + 1)):
        assert open_ticket(forged, keyring, now=NOW) is None
    assert open_ticket(sealed, other, now=NOW) is None
    assert open_ticket(sealed, keyring, now=NOW + timedelta(hours=1)) is None


def test_the_longest_form_fits_into_a_ticket(keyring: Keyring) -> None:
    longest = Ticket(place=place(), name="名" * 60, unit="厂" * 120, password="密" * 128)
    sealed = seal_ticket(longest, keyring)
    assert len(sealed) <= LARGEST
    assert open_ticket(sealed, keyring, now=NOW) == longest
