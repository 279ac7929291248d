"""How seats are dealt, who may begin, and what a ticket number tells: no database."""

import hashlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.exams.seating.rules import (
    CheckInRule,
    Dealt,
    DoorRefusal,
    Refusal,
    RoomPlan,
    SeatFacts,
    Sitter,
    TooFewSeats,
    batch_faults,
    deal_seats,
    decide_admission,
    decide_check_in,
    free_places,
    spread,
    widest_distance,
)
from lianbing.exams.seating.ticket_numbers import (
    read_ticket_code,
    read_ticket_number,
    ticket_code,
    ticket_number,
)

NINE = datetime(2026, 11, 20, 9, tzinfo=UTC)

sitters = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.booleans()), max_size=80).map(
    lambda facts: [
        Sitter(candidate_id=place, unit=unit, team=10 * unit + team, accommodated=special)
        for place, (unit, team, special) in enumerate(facts, start=1)
    ]
)
rooms = st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=5).map(
    lambda facts: [
        RoomPlan(room_id=place, seats=seats, for_accommodated=apart)
        for place, (seats, apart) in enumerate(facts, start=1)
    ]
)
batches = st.integers(1, 3).map(lambda count: list(range(1, count + 1)))


def deal(
    people: list[Sitter], places: list[RoomPlan], parts: list[int], seed: int = 1
) -> list[Dealt] | None:
    try:
        return deal_seats(people, places, parts, seed=seed)
    except TooFewSeats:
        return None


@given(people=sitters, places=rooms, parts=batches)
def test_everybody_has_one_seat_and_every_seat_one_person_in_a_batch(
    people: list[Sitter], places: list[RoomPlan], parts: list[int]
) -> None:
    dealt = deal(people, places, parts)
    if dealt is None:
        return
    assert sorted(one.candidate_id for one in dealt) == [one.candidate_id for one in people]
    assert len({(one.batch_id, one.room_id, one.number) for one in dealt}) == len(people)
    seats = {room.room_id: room.seats for room in places}
    assert all(1 <= one.number <= seats[one.room_id] for one in dealt)


@given(people=sitters, places=rooms, parts=batches)
def test_a_deal_fails_only_when_there_are_too_few_seats(
    people: list[Sitter], places: list[RoomPlan], parts: list[int]
) -> None:
    if any(room.for_accommodated for room in places):
        places = [RoomPlan(room_id=room.room_id, seats=room.seats) for room in places]
    enough = len(people) <= len(parts) * sum(room.seats for room in places)
    assert (deal(people, places, parts) is not None) == enough


@given(people=sitters, places=rooms, parts=batches)
def test_persons_with_accommodations_sit_in_the_rooms_set_apart(
    people: list[Sitter], places: list[RoomPlan], parts: list[int]
) -> None:
    dealt = deal(people, places, parts)
    apart = {room.room_id for room in places if room.for_accommodated}
    if dealt is None or not apart:
        return
    special = {one.candidate_id for one in people if one.accommodated}
    assert all(one.room_id in apart for one in dealt if one.candidate_id in special)


@given(people=sitters, places=rooms, parts=batches, seed=st.integers(0, 2**48))
def test_the_same_seed_deals_the_same_whatever_the_order_of_the_roster(
    people: list[Sitter], places: list[RoomPlan], parts: list[int], seed: int
) -> None:
    one, other = deal(people, places, parts, seed), deal(people[::-1], places, parts, seed)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert set(one) == set(other)


def test_another_seed_deals_otherwise() -> None:
    people = [Sitter(candidate_id=number) for number in range(40)]
    places = [RoomPlan(room_id=1, seats=40)]
    assert deal(people, places, [1], 1) != deal(people, places, [1], 2)


@given(groups=st.lists(st.integers(0, 5), max_size=60))
def test_equal_groups_keep_the_widest_distance_their_counts_allow(groups: list[int]) -> None:
    laid = [group for _, group in spread(list(enumerate(groups)), lambda item: item[1])]
    assert Counter(laid) == Counter(groups)
    wanted = widest_distance(list(Counter(groups).values()))
    last: dict[int, int] = {}
    for place, group in enumerate(laid):
        if group in last:
            assert place - last[group] >= wanted
        last[group] = place


def test_units_of_equal_size_never_sit_side_by_side() -> None:
    people = [Sitter(candidate_id=n, unit=n % 3, team=n % 3) for n in range(90)]
    dealt = deal(people, [RoomPlan(room_id=1, seats=50), RoomPlan(room_id=2, seats=60)], [1])
    assert dealt is not None
    units = {one.candidate_id: one.unit for one in people}
    for room_id in (1, 2):
        row = sorted((one for one in dealt if one.room_id == room_id), key=lambda one: one.number)
        assert all(
            units[left.candidate_id] != units[right.candidate_id] for left, right in pairwise(row)
        )


def test_where_all_come_from_one_unit_its_teams_are_kept_apart() -> None:
    people = [Sitter(candidate_id=n, unit=1, team=n % 2) for n in range(20)]
    dealt = deal(people, [RoomPlan(room_id=1, seats=20)], [1])
    assert dealt is not None
    teams = [one.candidate_id % 2 for one in sorted(dealt, key=lambda one: one.number)]
    assert all(left != right for left, right in pairwise(teams))


def test_batches_and_rooms_fill_evenly() -> None:
    people = [Sitter(candidate_id=n) for n in range(60)]
    dealt = deal(people, [RoomPlan(room_id=1, seats=20), RoomPlan(room_id=2, seats=40)], [1, 2])
    assert dealt is not None
    assert Counter((one.batch_id, one.room_id) for one in dealt) == {
        (1, 1): 10,
        (2, 1): 10,
        (1, 2): 20,
        (2, 2): 20,
    }


def test_who_comes_late_gets_the_next_free_seat_of_the_last_batch() -> None:
    places = [RoomPlan(room_id=1, seats=1, for_accommodated=True), RoomPlan(room_id=2, seats=2)]
    taken = {(2, 2, 1)}
    free = free_places(places, [1, 2], taken, accommodated=False)
    assert list(free) == [(2, 2, 2), (2, 1, 1), (1, 2, 1), (1, 2, 2), (1, 1, 1)]
    assert next(free_places(places, [1, 2], taken, accommodated=True)) == (2, 1, 1)


def facts(**changes: object) -> SeatFacts:
    values: dict[str, object] = {
        "opens_at": NINE,
        "closes_at": NINE + timedelta(minutes=30),
        "check_in": CheckInRule.REQUIRED,
        "checked_in": True,
    }
    return SeatFacts(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seat", "minutes", "refused"),
    [
        (None, 1, Refusal.NO_SEAT),
        (facts(), -1, Refusal.BATCH_NOT_OPEN),
        (facts(), 0, None),
        (facts(), 30, Refusal.BATCH_OVER),
        (facts(checked_in=False), 1, Refusal.NOT_CHECKED_IN),
        (facts(checked_in=False, check_in=CheckInRule.RECORDED), 1, None),
    ],
)
def test_who_may_begin(seat: SeatFacts | None, minutes: int, refused: Refusal | None) -> None:
    assert decide_admission(seat, at=NINE + timedelta(minutes=minutes)) is refused


@pytest.mark.parametrize(
    ("rooms_held", "minutes", "refused"),
    [
        (None, -60, None),
        (None, -61, DoorRefusal.TOO_EARLY),
        (frozenset({1}), 0, None),
        (frozenset({2}), 0, DoorRefusal.WRONG_ROOM),
        (None, 30, DoorRefusal.BATCH_OVER),
    ],
)
def test_who_may_check_in_where(
    rooms_held: frozenset[int] | None, minutes: int, refused: DoorRefusal | None
) -> None:
    found = decide_check_in(
        rooms=rooms_held,
        room_id=1,
        opens_at=NINE,
        closes_at=NINE + timedelta(minutes=30),
        at=NINE + timedelta(minutes=minutes),
    )
    assert found is refused


def test_a_batch_lies_inside_the_exams_window_and_lasts() -> None:
    window = {"exam_opens_at": NINE, "exam_closes_at": NINE + timedelta(hours=2)}
    hour = timedelta(hours=1)
    assert batch_faults(opens_at=NINE, closes_at=NINE + hour, **window) == []
    assert batch_faults(opens_at=NINE - hour, closes_at=NINE + hour, **window)
    assert batch_faults(opens_at=NINE, closes_at=NINE + 3 * hour, **window)
    assert batch_faults(opens_at=NINE + hour, closes_at=NINE + hour, **window)


@given(exam=st.integers(1, 999_999), candidate=st.integers(1, 99_999_999), data=st.data())
def test_a_mistyped_ticket_number_is_noticed(
    exam: int, candidate: int, data: st.DataObject
) -> None:
    number = ticket_number(exam, candidate)
    assert len(number) == 16
    assert read_ticket_number(f" {number[:4]} {number[4:]}") == (exam, candidate)
    place = data.draw(st.integers(0, 15))
    digit = data.draw(st.sampled_from("0123456789"))
    wrong = number[:place] + digit + number[place + 1 :]
    assert (read_ticket_number(wrong) is None) == (wrong != number)
    swapped = number[: place - 1] + number[place] + number[place - 1] + number[place + 1 :]
    if place and swapped != number:
        assert read_ticket_number(swapped) is None


def digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), key=b"a key of this test").digest()


@given(candidate=st.integers(1, 10**12), junk=st.text(max_size=40))
def test_a_ticket_code_is_read_only_as_it_was_issued(candidate: int, junk: str) -> None:
    code = ticket_code(candidate, digest)
    assert read_ticket_code(code, digest) == candidate
    assert read_ticket_code(code + "x", digest) is None
    assert read_ticket_code(f"{candidate + 1}-" + code.partition("-")[2], digest) is None
    if junk != code:
        assert read_ticket_code(junk, digest) is None
