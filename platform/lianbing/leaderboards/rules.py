"""Sort keys, ranks, ties, groups and masks: what a board means, without a database.

A sort key is one exact integer below 2**53, so that a Redis score (a double) holds it
without loss. Higher is better; equal keys share a place and the next place is skipped
(1, 1, 3).
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from lianbing.kernel.ids import BoardId, OrganisationId, PersonId
from lianbing.kernel.marks import to_mark

SECONDS_BITS = 20
LONGEST_SECONDS = (1 << SECONDS_BITS) - 1
MARKS_OFFSET = 2**32
KEY_LIMIT = 2**53
ALL = "all"


class TieRule(StrEnum):
    """What settles equal marks; what is still equal after it shares a place."""

    MARKS_THEN_TIME = "marks_then_time"
    MARKS_ONLY = "marks_only"


class MaskPolicy(StrEnum):
    """How names stand on a board: whole, surname only, or a number instead."""

    FULL = "full"
    SURNAME = "surname"
    NONE = "none"


class Measure(StrEnum):
    """What a board counts: marks of one exam, points gathered day by day, or a mass quiz's marks.

    A board of points or of a quiz shows its top and the reader's neighbours only, so that it
    shames nobody, and who wants to stands on neither.
    """

    MARKS = "marks"
    POINTS = "points"
    QUIZ = "quiz"


MOST_SHOWN = {Measure.MARKS: 50, Measure.POINTS: 10, Measure.QUIZ: 10}
NEIGHBOURS = {Measure.MARKS: 3, Measure.POINTS: 2, Measure.QUIZ: 2}
MAY_BE_LEFT = (Measure.POINTS, Measure.QUIZ)
"""The boards that a person may stay off."""


def shown_top(measure: Measure, count: int) -> int:
    """How many a board shows from the top; of points or a quiz never more than its upper half."""
    most = MOST_SHOWN[measure]
    return most if measure is Measure.MARKS else min(most, -(-count // 2))


def encode(marks: Decimal, seconds_used: int) -> int:
    """The sort key: marks to the hundredth first, then less time; time is capped at 12 days.

    Under ``TieRule.MARKS_ONLY`` pass 0 seconds. Raises ValueError outside ±42 million marks.
    """
    hundredths = int(to_mark(marks) * 100) + MARKS_OFFSET
    if not 0 <= hundredths < KEY_LIMIT >> SECONDS_BITS or seconds_used < 0:
        raise ValueError(f"no sort key for {marks} marks in {seconds_used} s")
    unused = LONGEST_SECONDS - min(seconds_used, LONGEST_SECONDS)
    return (hundredths << SECONDS_BITS) + unused


def decode(sort_key: int) -> tuple[Decimal, int]:
    """Marks and seconds used of a sort key."""
    hundredths = (sort_key >> SECONDS_BITS) - MARKS_OFFSET
    return Decimal(hundredths) / 100, LONGEST_SECONDS - (sort_key & LONGEST_SECONDS)


def ranks(sort_keys: Sequence[int], *, first_rank: int, first_position: int) -> list[int]:
    """Places of consecutive rows; ``first_position`` counts from 0 over the whole board."""
    places: list[int] = []
    for index, key in enumerate(sort_keys):
        if index == 0:
            places.append(first_rank)
        elif key == sort_keys[index - 1]:
            places.append(places[-1])
        else:
            places.append(first_position + index + 1)
    return places


def tie_order(board_id: BoardId, person_id: PersonId) -> str:
    """The order of those who share a place: stable, and favours neither early nor late ids."""
    return hashlib.blake2b(f"{board_id}:{person_id}".encode(), digest_size=6).hexdigest()


def groups_of(
    *,
    unit_id: OrganisationId | None,
    team_id: OrganisationId | None,
    region_id: OrganisationId | None = None,
) -> tuple[str, ...]:
    """The groups a person stands in beside ``ALL``: region, organisation and work team."""
    region = (region_group(region_id),) if region_id is not None else ()
    unit = (organisation_group(unit_id),) if unit_id is not None else ()
    team = (team_group(team_id),) if team_id is not None else ()
    return region + unit + team


def region_group(organisation_id: OrganisationId) -> str:
    """The group of the people below a union that is not the board's own."""
    return f"region:{organisation_id}"


def organisation_group(organisation_id: OrganisationId) -> str:
    """The group of an organisation's people."""
    return f"org:{organisation_id}"


def team_group(organisation_id: OrganisationId) -> str:
    """The group of a work team's people."""
    return f"team:{organisation_id}"


def is_visible(visible_from: datetime | None, now: datetime) -> bool:
    """Whether a board shows anything yet; without an instant it waits for the organiser."""
    return visible_from is not None and visible_from <= now


TWO_CHARACTER_SURNAMES = """
欧阳 太史 上官 端木 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳
公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙
壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘
东门 西门 第五 完颜 纳兰 叶赫
"""
COMPOUND_SURNAMES = frozenset(TWO_CHARACTER_SURNAMES.split())


def mask_name(name: str, policy: MaskPolicy, *, number: str) -> str:
    """A name as the policy lets others read it; ``number`` stands in where no name may.

    王小明 → 王**, 欧阳娜娜 → 欧阳**. A name with a middle dot or in another script shows its
    first character only, with two stars whatever its length.
    """
    if policy is MaskPolicy.FULL:
        return name
    if policy is MaskPolicy.NONE or not name.strip():
        return number
    name = name.strip()
    if not _is_han(name):
        return f"{name[0]}**"
    surname = 2 if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else 1
    return name[:surname] + "*" * max(1, len(name) - surname)


def _is_han(name: str) -> bool:
    return len(name) <= 5 and all(
        "\u3400" <= character <= "\u9fff" or character == "〇" or character >= "\U00020000"
        for character in name
    )


def number_of(order: str) -> str:
    """Six digits that stand for a person on one board; a label, not an identity."""
    return f"{int(order, 16) % 1_000_000:06d}"


def show_seconds(seconds: int) -> str:
    """Time used as minutes and seconds: ``66:18``."""
    return f"{seconds // 60}:{seconds % 60:02d}"
