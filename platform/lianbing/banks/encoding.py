"""Options and keys as JSON: what question versions and frozen papers store and hash.

Numbers travel as plain decimal strings, so equal content has one spelling and one hash.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, assert_never

from lianbing.banks.rules import (
    Blank,
    BlanksKey,
    CaseKey,
    CasePart,
    ChoiceKey,
    Key,
    MatchingKey,
    ModelKey,
    NumberBlank,
    Option,
    OrderingKey,
    PartKey,
    QuestionType,
    TextBlank,
    TruthKey,
)


def plain_decimal(value: Decimal) -> str:
    """The shortest plain spelling: ``0.5`` for 0.50, ``200`` for 2E+2."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def options_to_json(options: Iterable[Option]) -> list[list[str]]:
    """Letters and texts in order, and why an option is wrong where that is said."""
    return [
        [option.letter, option.text, option.why] if option.why else [option.letter, option.text]
        for option in options
    ]


def options_from_json(stored: Iterable[Sequence[str]]) -> tuple[Option, ...]:
    """The options again."""
    return tuple(Option(letter=one[0], text=one[1], why="".join(one[2:])) for one in stored)


def parts_to_json(parts: Iterable[CasePart]) -> list[dict[str, Any]]:
    """The parts of a case, without their keys."""
    return [
        {
            "type": part.type.value,
            "stem": part.stem,
            "options": options_to_json(part.options),
            "weight": part.weight,
        }
        for part in parts
    ]


def parts_from_json(stored: Iterable[Mapping[str, Any]]) -> tuple[CasePart, ...]:
    """The parts again."""
    return tuple(
        CasePart(
            type=QuestionType(part["type"]),
            stem=part["stem"],
            options=options_from_json(part["options"]),
            weight=part["weight"],
        )
        for part in stored
    )


def key_to_json(key: Key) -> dict[str, Any]:
    """A key under the name of its kind, such as ``letters``, ``value`` or ``blanks``."""
    match key:
        case MatchingKey():
            return {"matches": list(key.letters)}
        case OrderingKey():
            return {"sequence": list(key.letters)}
        case ModelKey():
            return {"model": key.text}
        case CaseKey():
            return {"parts": [key_to_json(part) for part in key.keys]}
        case ChoiceKey():
            return {"letters": list(key.letters)}
        case TruthKey():
            return {"value": key.value}
        case BlanksKey():
            return {"blanks": [_blank_to_json(blank) for blank in key.blanks]}
        case _:
            assert_never(key)


def _blank_to_json(blank: Blank) -> dict[str, Any]:
    match blank:
        case TextBlank():
            return {"accept": list(blank.accept)}
        case NumberBlank():
            return {
                "number": plain_decimal(blank.number),
                "tolerance": plain_decimal(blank.tolerance),
                "unit": blank.unit,
            }
        case _:
            assert_never(blank)


def key_from_json(stored: Mapping[str, Any]) -> Key:
    """The key again."""
    if "matches" in stored:
        return MatchingKey(letters=tuple(stored["matches"]))
    if "sequence" in stored:
        return OrderingKey(letters=tuple(stored["sequence"]))
    if "model" in stored:
        return ModelKey(text=stored["model"])
    if "parts" in stored:
        return CaseKey(keys=tuple(_part_key_from_json(part) for part in stored["parts"]))
    return _part_key_from_json(stored)


def _part_key_from_json(stored: Mapping[str, Any]) -> PartKey:
    if "letters" in stored:
        return ChoiceKey(letters=tuple(stored["letters"]))
    if "value" in stored:
        return TruthKey(value=stored["value"])
    return BlanksKey(blanks=tuple(_blank_from_json(blank) for blank in stored["blanks"]))


def _blank_from_json(stored: Mapping[str, Any]) -> Blank:
    if "accept" in stored:
        return TextBlank(accept=tuple(stored["accept"]))
    return NumberBlank(
        number=Decimal(stored["number"]),
        tolerance=Decimal(stored["tolerance"]),
        unit=stored["unit"],
    )


def canonical_json(value: object) -> str:
    """One spelling for equal values: keys sorted, no spaces, characters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(value: object) -> str:
    """SHA-256 of the canonical JSON, 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()
