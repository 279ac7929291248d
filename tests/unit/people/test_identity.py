"""ID numbers, phones, masks, and whom merges leave standing."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianbing.people.persons.errors import BadIdNumber, BadPhone
from lianbing.people.persons.rules import (
    Sex,
    check_character,
    clean_id_number,
    clean_phone,
    is_personal_number,
    kept_of,
    mask_id_number,
    mask_name,
    mask_phone,
    read_id_number,
    resolved,
)

GOOD = "11010519491231002X"  # the example printed in GB 11643-1999


def test_the_standards_own_example_is_right() -> None:
    assert clean_id_number(" 110105 19491231 002x ") == GOOD
    assert clean_id_number("１１０１０５１９４９１２３１００２Ｘ") == GOOD
    facts = read_id_number(GOOD)
    assert (facts.birth_date, facts.sex) == (date(1949, 12, 31), Sex.FEMALE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "110105194912310021",
        "11010519491231002",
        "11010519491231002XX",
        "010105194912310026",
        "1101051949123100aX",
        "110105491231002",
    ],
)
def test_wrong_number_is_refused(text: str) -> None:
    with pytest.raises(BadIdNumber):
        clean_id_number(text)


@pytest.mark.parametrize("born", ["19490231", "19491301", "18991231", "00000000"])
def test_impossible_birth_date_is_refused_though_the_check_fits(born: str) -> None:
    first = f"110105{born}002"
    with pytest.raises(BadIdNumber):
        clean_id_number(first + check_character(first))


def test_nobody_is_born_tomorrow() -> None:
    assert clean_id_number(GOOD, on=date(1949, 12, 31)) == GOOD
    with pytest.raises(BadIdNumber):
        clean_id_number(GOOD, on=date(1949, 12, 30))


digits = st.text("0123456789", min_size=3, max_size=3)


@given(st.dates(date(1900, 1, 1), date(2020, 12, 31)), digits, st.data())
def test_any_one_wrong_digit_is_noticed(born: date, order: str, data: st.DataObject) -> None:
    first = f"110105{born:%Y%m%d}{order}"
    number = first + check_character(first)
    assert clean_id_number(number) == number
    place = data.draw(st.integers(0, 16))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    with pytest.raises(BadIdNumber):
        clean_id_number(number[:place] + other + number[place + 1 :])


@pytest.mark.parametrize(
    "text",
    ["13812345678", "138 1234 5678", "+86 138-1234-5678", "８６13812345678", "008613812345678"],
)
def test_phone_is_one_number_however_written(text: str) -> None:
    assert clean_phone(text) == "13812345678"


@pytest.mark.parametrize("text", ["", "12812345678", "1381234567", "138123456789", "0571-8888888"])
def test_what_is_no_mobile_number_is_refused(text: str) -> None:
    with pytest.raises(BadPhone):
        clean_phone(text)


def test_masks_show_as_much_as_they_may() -> None:
    assert mask_phone("13812345678") == "138****5678"
    assert mask_id_number(GOOD) == "1101**********002X"
    assert mask_name("王小明") == "王**"
    assert len(mask_id_number(GOOD)) == 18


def test_personal_numbers_are_known_by_their_shape() -> None:
    assert is_personal_number("138 1234 5678")
    assert is_personal_number(GOOD)
    assert not is_personal_number("A17")
    assert not is_personal_number("王小明")


def test_merges_are_followed_to_the_end_and_undone_one_by_one() -> None:
    merges = {1: 2, 2: 3}
    assert kept_of(1, merges) == 3
    assert resolved([1, 2, 3, 4], merges) == {1: 3, 2: 3, 3: None, 4: None}
    assert resolved([1, 2, 3], {1: 2}) == {1: 2, 2: None, 3: None}
    with pytest.raises(ValueError, match="circle"):
        kept_of(1, {1: 2, 2: 1})
