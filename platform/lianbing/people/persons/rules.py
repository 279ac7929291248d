"""Rules of personal identity: ID numbers (GB 11643), phones, masks, and who a merge leaves.

Nothing here is guessed from anything else: sex and birth year can be read from an ID
number, yet they are fields of their own, since not everyone has one.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lianbing.people.persons.errors import BadIdNumber, BadPhone

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
ID_NUMBER = re.compile(r"[1-9]\d{16}[\dX]")
PHONE = re.compile(r"1[3-9]\d{9}")
SEPARATORS = re.compile(r"[\s\-–—()（）]")
FULL_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ＋", "0123456789XX+")
OLDEST_BIRTH_YEAR = 1900


class Sex(StrEnum):
    """性别, as on the ID card."""

    MALE = "male"
    FEMALE = "female"


class EmploymentForm(StrEnum):
    """就业形态: how a person earns, which is not where."""

    CONTRACT = "contract"
    DISPATCHED = "dispatched"
    PLATFORM = "platform"
    FLEXIBLE = "flexible"
    SELF_EMPLOYED = "self_employed"
    NOT_EMPLOYED = "not_employed"


@dataclass(frozen=True, kw_only=True, slots=True)
class IdNumberFacts:
    """What an ID number says of its bearer."""

    birth_date: date
    sex: Sex


def clean_id_number(text: str, *, on: date | None = None) -> str:
    """The ID number as stored and compared; raises BadIdNumber on a wrong shape, date or check.

    Given a day, a bearer born after it is refused too.
    """
    cleaned = SEPARATORS.sub("", text).translate(FULL_WIDTH).upper()
    if not ID_NUMBER.fullmatch(cleaned) or check_character(cleaned[:17]) != cleaned[17]:
        raise BadIdNumber
    facts = read_id_number(cleaned)
    if on is not None and facts.birth_date > on:
        raise BadIdNumber
    return cleaned


def check_character(first_17: str) -> str:
    """The 18th character by ISO 7064 MOD 11-2, as GB 11643-1999 prescribes."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, WEIGHTS, strict=True))
    return CHECK_CHARACTERS[total % 11]


def read_id_number(id_number: str) -> IdNumberFacts:
    """Birth date (digits 7–14) and sex (17th digit: odd is male); raises BadIdNumber."""
    try:
        birth_date = date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))
    except ValueError:
        raise BadIdNumber from None
    if birth_date.year < OLDEST_BIRTH_YEAR:
        raise BadIdNumber
    sex = Sex.MALE if int(id_number[16]) % 2 else Sex.FEMALE
    return IdNumberFacts(birth_date=birth_date, sex=sex)


def clean_phone(text: str) -> str:
    """An 11-digit mobile number of the mainland, without +86; raises BadPhone."""
    cleaned = SEPARATORS.sub("", text).translate(FULL_WIDTH)
    cleaned = re.sub(r"^(\+86|0086|86(?=1\d{10}$))", "", cleaned)
    if not PHONE.fullmatch(cleaned):
        raise BadPhone
    return cleaned


def is_personal_number(text: str) -> bool:
    """Whether a text is somebody's whole phone or ID number, by its shape."""
    for clean in (clean_phone, clean_id_number):
        try:
            clean(text)
        except (BadPhone, BadIdNumber):
            continue
        return True
    return False


def mask_phone(phone: str) -> str:
    """``138****5678``."""
    return f"{phone[:3]}****{phone[-4:]}"


def mask_id_number(id_number: str) -> str:
    """``1101**********1234``."""
    return f"{id_number[:4]}{'*' * 10}{id_number[-4:]}"


def mask_name(name: str) -> str:
    """The first character and a star for each other: ``王**``."""
    return name[:1] + "*" * (len(name) - 1)


def kept_of(person_id: int, merges: Mapping[int, int]) -> int:
    """The identity that stands for a person, following live merges (absorbed → kept)."""
    seen = {person_id}
    while person_id in merges:
        person_id = merges[person_id]
        if person_id in seen:
            raise ValueError("merges go round in a circle")
        seen.add(person_id)
    return person_id


def resolved(person_ids: Iterable[int], merges: Mapping[int, int]) -> dict[int, int | None]:
    """What ``person.kept_id`` must say of each: the kept identity, None where it is itself."""
    found: dict[int, int | None] = {}
    for person_id in person_ids:
        kept = kept_of(person_id, merges)
        found[person_id] = None if kept == person_id else kept
    return found
