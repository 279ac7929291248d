"""Near duplicates: what counts as the same, what does not, and how many are found at once."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz
from tests.banks_factory import make_bank, make_question

from lianbing.banks.bank_reader import read_bank
from lianbing.banks.duplicates.rules import (
    Asked,
    asked_of,
    near_pairs,
    near_to,
    normal,
)


def texts(*stems: str) -> tuple[Asked, ...]:
    return tuple(
        Asked(name=str(number), text=normal(stem), right="") for number, stem in enumerate(stems)
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("保护接地，的作用是（ ）。", "保护接地的作用是____"),
        ("ＡＢＣ 三相电源的线电压为{{1}}V", "abc三相电源的线电压为{{2}} V。"),
        ("“安全第一”的方针", "《安全第一》的方针！"),
        ("**严禁**带电作业", "严禁带电作业"),
    ],
)
def test_width_punctuation_spaces_and_blanks_make_no_difference(one: str, other: str) -> None:
    assert normal(one) == normal(other)
    assert [pair.score for pair in near_pairs(texts(one, other))] == [100]


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        (
            "触电者脱离电源后应立即进行的急救措施是",
            "触电者脱离电源之后应立即采取的急救措施是",
            True,
        ),
        ("停电检修时最先应当做的安全措施是", "停电检修时，应当最先做的安全措施是", True),
        ("氧气瓶的瓶体颜色为", "灭火器的检查周期为", False),
        ("三相异步电动机的转向由什么决定", "单相变压器的变比由什么决定", False),
    ],
)
def test_near_is_what_a_trainer_calls_near(one: str, other: str, near: bool) -> None:
    assert bool(near_pairs(texts(one, other))) is near


def test_the_same_right_answer_is_told() -> None:
    bank = make_bank(
        [
            make_question("A", stem="同一个问题问两次吗"),
            make_question("B", stem="同一个问题问两次呢"),
        ]
    )
    (pair,) = near_pairs(asked_of(bank))
    assert not pair.same_answer  # each option carries the question's own code
    twice = make_bank(
        [make_question("A", stem="一样的问题"), make_question("A", stem="一样的问题")]
    )
    (pair,) = near_pairs(asked_of(twice))
    assert pair.same_answer


@given(st.lists(st.text(alphabet="甲乙丙丁戊己", min_size=4, max_size=12), max_size=12))
def test_pairs_are_each_told_once_with_the_first_first(stems: list[str]) -> None:
    pairs = near_pairs(texts(*stems))
    assert all(pair.first < pair.second for pair in pairs)
    assert len({(pair.first, pair.second) for pair in pairs}) == len(pairs)
    assert [pair.score for pair in pairs] == sorted((pair.score for pair in pairs), reverse=True)
    found = {(pair.first, pair.second) for pair in pairs}
    for first, one in enumerate(stems):
        near = {index for index, _score in near_to(one, stems, most=99)} - {first}
        assert near == {sum(pair) - first for pair in found if first in pair}


@given(
    st.lists(st.text(alphabet="甲乙丙丁戊己庚辛", max_size=14), max_size=10),
    st.sampled_from([50, 70, 80, 95, 100]),
)
def test_no_pair_is_missed(stems: list[str], alike_from: int) -> None:
    compared = texts(*stems)
    every = {
        (one, other)
        for one in range(len(stems))
        for other in range(one + 1, len(stems))
        if fuzz.ratio(compared[one].text, compared[other].text) >= alike_from and compared[one].text
    }
    pairs = near_pairs(compared, alike_from=alike_from)
    assert {(pair.first, pair.second) for pair in pairs} >= every


def test_of_a_bank_of_one_template_the_most_alike_pairs_are_kept() -> None:
    stems = [f"第{number}号设备运行前应当检查哪些项目" for number in range(100, 160)]
    stems[50] = stems[10]
    pairs = near_pairs(texts(*stems), most=7)
    assert len(pairs) == 7
    assert (pairs[0].first, pairs[0].second, pairs[0].score) == (10, 50, 100)


def test_pairs_are_found_across_blocks_of_rows() -> None:
    stems = [
        f"第{number:04d}号设备{number * 7919 % 10007}的{chr(0x4E00 + number)}"
        for number in range(1203)
    ]
    stems[1202] = stems[3]
    stems[700] = stems[650]
    found = {(pair.first, pair.second) for pair in near_pairs(texts(*stems), alike_from=100)}
    assert found == {(3, 1202), (650, 700)}


def test_a_stem_hardly_begun_is_near_to_nothing() -> None:
    assert near_to("接地", ["接地"]) == []


@pytest.mark.slow
def test_no_shipped_bank_has_near_duplicates(project_root: Path) -> None:
    for path in sorted((project_root / "question_banks").glob("*/bank.yaml")):
        compared = asked_of(read_bank(path.parent).bank)
        pairs = [
            (compared[one.first].name, compared[one.second].name) for one in near_pairs(compared)
        ]
        assert pairs == [], path.parent.name
