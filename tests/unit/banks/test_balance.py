"""What keeps a bank from being shipped: too small, or to be guessed by its looks."""

from dataclasses import replace
from decimal import Decimal

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from tests.banks_factory import make_bank, make_question, write_bank

from lianbing.banks.balance import guessing_by_width, shipping_problems, width
from lianbing.banks.bank_file import BankFile, QuestionEntry
from lianbing.banks.cli import banks_group
from lianbing.banks.rules import ChoiceKey, Option, QuestionType, TruthKey
from lianbing.subjects.rules import Importance, PointPlan, ScopePlan

POINTS = tuple(f"A{number:02}" for number in range(1, 16))
LETTERS = "ABCD"


def single(number: int, *, key: str, widths: tuple[int, int, int, int]) -> QuestionEntry:
    options = tuple(
        Option(letter=letter, text=f"{letter}{number:03}" + "长" * wide)
        for letter, wide in zip(LETTERS, widths, strict=True)
    )
    plain = make_question(f"Q-{number:03}", point=POINTS[number % len(POINTS)])
    return replace(plain, options=options, key=ChoiceKey(letters=(key,)))


def even_singles(count: int = 150) -> list[QuestionEntry]:
    """Keys and widths that go round, each at its own pace."""
    entries = []
    for number in range(count):
        turn = number // 4 % 4
        widths = (turn % 4, (turn + 1) % 4, (turn + 2) % 4, (turn + 3) % 4)
        entries.append(single(number, key=LETTERS[number % 4], widths=widths))
    return entries


def fit_bank(questions: list[QuestionEntry]) -> BankFile:
    points = tuple(
        PointPlan(code=code, title=code, importance=list(Importance)[index % 3])
        for index, code in enumerate(POINTS)
    )
    scope = ScopePlan(code="A", title="范围", weight=Decimal(100), points=points)
    return replace(make_bank(questions), scopes=(scope,))


def test_an_even_bank_may_ship() -> None:
    assert shipping_problems(fit_bank(even_singles())) == []


def test_a_small_bank_is_told_what_it_lacks() -> None:
    told = shipping_problems(make_bank([make_question("A01-1")]))
    assert any("1 questions" in problem for problem in told)
    assert any("4 assessment points" in problem for problem in told)
    assert any("importance Z" in problem for problem in told)
    assert any("no question asks point B02" in problem for problem in told)


@pytest.mark.parametrize("difficulty", ["0", "0.04", "0.96", "1"])
def test_a_difficulty_that_nobody_estimated_is_told(difficulty: str) -> None:
    first, *others = even_singles()
    wrong = replace(first, difficulty=Decimal(difficulty))
    assert shipping_problems(fit_bank([wrong, *others])) == [
        "Q-000: estimate the difficulty between 0.05 and 0.95"
    ]


def test_keys_that_lean_to_a_letter_are_told() -> None:
    entries = even_singles()
    for number in range(0, 80, 4):
        entries[number + 1] = replace(entries[number + 1], key=ChoiceKey(letters=("A",)))
    told = shipping_problems(fit_bank(entries))
    assert any("single choices lean to a letter (A 58, B 18, C 37, D 37)" in one for one in told)


def test_multiple_choices_that_always_take_the_first_letters_are_told() -> None:
    key = ChoiceKey(letters=("A", "B"))
    several = [
        replace(entry, type=QuestionType.MULTIPLE_CHOICE, key=key) for entry in even_singles(40)
    ]
    others = [replace(entry, code=f"S{entry.code}") for entry in even_singles()]
    told = shipping_problems(fit_bank([*several, *others]))
    assert [one[:44] for one in told] == ["the keys of the multiple choices lean to a l"]


def test_statements_that_are_mostly_right_are_told() -> None:
    statements = [
        replace(
            make_question(f"T{number}", kind=QuestionType.TRUE_FALSE),
            key=TruthKey(value=number % 5 != 0),
        )
        for number in range(30)
    ]
    told = shipping_problems(fit_bank([*even_singles(), *statements]))
    assert told == ["24 of 30 statements are right; turn some into their opposites"]


@pytest.mark.parametrize(("wide", "name"), [(9, "longest"), (-1, "shortest")])
def test_a_right_option_that_stands_out_by_its_length_is_told(wide: int, name: str) -> None:
    entries = []
    for number in range(150):
        stands_out = number % 2 == 0
        widths = [1, 2, 3, 4] if number % 4 < 2 else [4, 3, 2, 1]
        if stands_out:
            widths[number % 4] = wide if wide > 0 else 0
        first, second, third, fourth = widths
        entries.append(
            single(number, key=LETTERS[number % 4], widths=(first, second, third, fourth))
        )
    told = shipping_problems(fit_bank(entries))
    assert any(f"choosing the {name} option" in one for one in told)


@given(st.lists(st.tuples(*[st.integers(0, 9)] * 4), min_size=1, max_size=30))
def test_all_four_keys_together_earn_what_chance_earns(
    widths: list[tuple[int, int, int, int]],
) -> None:
    entries = [
        single(number * 4 + place, key=LETTERS[place], widths=wide)
        for number, wide in enumerate(widths)
        for place in range(4)
    ]
    for pick in (max, min):
        habit = guessing_by_width(entries, pick)
        assert habit.rate == pytest.approx(habit.chance) == pytest.approx(0.25)


def test_a_chinese_sign_is_as_wide_as_two_latin_ones() -> None:
    assert (width("接地"), width("PE"), width("Ａ"), width("5 mm²")) == (4, 2, 2, 5)


def test_the_command_asks_for_shipping_only_when_told(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = str(write_bank(tmp_path_factory.mktemp("banks")))
    assert CliRunner().invoke(banks_group, ["check", folder]).exit_code == 0
    refused = CliRunner().invoke(banks_group, ["check", "--shipping", folder])
    assert refused.exit_code == 1
    assert "tiny: 4 questions; a shipped bank has 150 or more" in refused.output
