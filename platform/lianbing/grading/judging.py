"""How right an answer is, type by type: texts, pairs and places; pure, and without marks."""

import unicodedata
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import assert_never

from lianbing.banks.rules import Blank, NumberBlank, TextBlank


def fills(blank: Blank, text: str) -> bool:
    """Whether a text fills a blank: case, width and outer spaces ignored; units optional."""
    given = _plain(text)
    match blank:
        case TextBlank(accept=accept):
            return given in {_plain(variant) for variant in accept}
        case NumberBlank(number=number, tolerance=tolerance, unit=unit):
            value = _number(given, _plain(unit))
            # Compared, not subtracted: 1e9999999 is a number, and its difference is an overflow.
            return value is not None and number - tolerance <= value <= number + tolerance
        case _ as unknown:
            assert_never(unknown)


def filled(blanks: Sequence[Blank], texts: Sequence[str]) -> int:
    """How many blanks are filled rightly."""
    return sum(fills(blank, text) for blank, text in zip(blanks, texts, strict=False))


def in_place(key: Sequence[str], letters: Sequence[str]) -> int:
    """How many letters stand where the key has them: pairs matched, steps in their place."""
    return sum(own == given for own, given in zip(key, letters, strict=False))


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _number(given: str, unit: str) -> Decimal | None:
    if unit and given.endswith(unit):
        given = given.removesuffix(unit).rstrip()
    try:
        value = Decimal(given)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
