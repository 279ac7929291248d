"""Sort keys are exact and ordered; places share and skip; masks hide what they should."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.kernel.ids import BoardId, OrganisationId, PersonId
from lianbing.leaderboards.rules import (
    KEY_LIMIT,
    LONGEST_SECONDS,
    MaskPolicy,
    decode,
    encode,
    groups_of,
    mask_name,
    number_of,
    ranks,
    tie_order,
)

MARKS = st.decimals(min_value=-40_000_000, max_value=40_000_000, places=2)
SECONDS = st.integers(min_value=0, max_value=LONGEST_SECONDS)


@given(MARKS, SECONDS)
def test_key_is_exact_below_two_to_the_53(marks: Decimal, seconds: int) -> None:
    key = encode(marks, seconds)
    assert 0 <= key < KEY_LIMIT
    assert int(float(key)) == key
    assert decode(key) == (marks, seconds)


@given(MARKS, SECONDS, MARKS, SECONDS)
def test_more_marks_then_less_time_is_higher(
    marks: Decimal, seconds: int, other_marks: Decimal, other_seconds: int
) -> None:
    ours, theirs = (marks, -seconds), (other_marks, -other_seconds)
    assert (encode(marks, seconds) > encode(other_marks, other_seconds)) == (ours > theirs)


def test_time_beyond_the_longest_counts_as_the_longest() -> None:
    assert encode(Decimal(60), LONGEST_SECONDS + 5) == encode(Decimal(60), LONGEST_SECONDS)


@pytest.mark.parametrize(
    ("marks", "seconds"), [(Decimal(50_000_000), 0), (Decimal(-50_000_000), 0), (Decimal(1), -1)]
)
def test_what_has_no_key_is_refused(marks: Decimal, seconds: int) -> None:
    with pytest.raises(ValueError, match="no sort key"):
        encode(marks, seconds)


@pytest.mark.parametrize(
    ("keys", "first_rank", "first_position", "places"),
    [
        ([], 1, 0, []),
        ([9, 9, 5], 1, 0, [1, 1, 3]),
        ([9, 5, 5, 5, 1], 1, 0, [1, 2, 2, 2, 5]),
        ([5, 5, 1], 2, 3, [2, 2, 6]),
    ],
)
def test_equal_keys_share_a_place_and_the_next_is_skipped(
    keys: list[int], first_rank: int, first_position: int, places: list[int]
) -> None:
    assert ranks(keys, first_rank=first_rank, first_position=first_position) == places


@given(st.lists(st.integers(min_value=0, max_value=5), min_size=1, max_size=30))
def test_place_is_one_more_than_those_above(keys: list[int]) -> None:
    keys.sort(reverse=True)
    expected = [1 + sum(other > key for other in keys) for key in keys]
    assert ranks(keys, first_rank=1, first_position=0) == expected


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王小明", "王**"),
        ("王明", "王*"),
        ("欧阳娜娜", "欧阳**"),
        ("欧阳修", "欧阳*"),
        ("欧阳", "欧*"),
        ("阿不都热合曼·买买提", "阿**"),
        ("买买提", "买**"),
        ("John Smith", "J**"),
        ("张", "张*"),
        ("", "004821"),
    ],
)
def test_surname_policy_shows_the_surname_only(name: str, masked: str) -> None:
    assert mask_name(name, MaskPolicy.SURNAME, number="004821") == masked


def test_other_policies_show_all_or_a_number() -> None:
    assert mask_name("王小明", MaskPolicy.FULL, number="1") == "王小明"
    assert mask_name("王小明", MaskPolicy.NONE, number="004821") == "004821"


def test_order_inside_a_tie_is_stable_and_differs_by_board() -> None:
    people = [PersonId(number) for number in range(1, 40)]

    def order(board: int) -> list[PersonId]:
        return sorted(people, key=lambda person: tie_order(BoardId(board), person))

    assert order(1) == order(1)
    assert order(1) != people
    assert order(1) != order(2)


def test_number_is_six_digits() -> None:
    assert number_of("0000000000ff") == "000255"


def test_groups_are_the_unit_and_the_team() -> None:
    unit, team = OrganisationId(12), OrganisationId(55)
    assert groups_of(unit_id=unit, team_id=team) == ("org:12", "team:55")
    assert groups_of(unit_id=unit, team_id=None) == ("org:12",)
    assert groups_of(unit_id=None, team_id=None) == ()
