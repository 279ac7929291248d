"""What was read as right, in one line that needs no language: for the preview; pure."""

from collections.abc import Sequence

from lianbing.banks.encoding import plain_decimal
from lianbing.banks.interchange.drafts import DraftQuestion
from lianbing.banks.rules import (
    Blank,
    BlanksKey,
    CaseKey,
    ChoiceKey,
    Key,
    MatchingKey,
    ModelKey,
    NumberBlank,
    Option,
    OrderingKey,
    TruthKey,
)

LONGEST = 200


def told_key(draft: DraftQuestion) -> str:
    """The key by what its options say: ``B 4``, ``√``, ``50±0.5 Hz``, ``甲 → 乙``."""
    if isinstance(draft.key, CaseKey):
        told = [
            f"({number}) {_told(key, part.options)}"
            for number, (part, key) in enumerate(
                zip(draft.parts, draft.key.keys, strict=True), start=1
            )
        ]
        return " ".join(told)[:LONGEST]
    if isinstance(draft.key, MatchingKey):
        texts = {option.letter: option.text for option in draft.options}
        pairs = zip(draft.prompts, draft.key.letters, strict=True)
        return "; ".join(f"{left} → {texts[letter]}" for left, letter in pairs)[:LONGEST]
    return _told(draft.key, draft.options)[:LONGEST] if draft.key is not None else ""


def _told(key: Key, options: Sequence[Option]) -> str:
    texts = {option.letter: option.text for option in options}
    match key:
        case ChoiceKey(letters=letters):
            return "; ".join(f"{letter} {texts.get(letter, '?')}" for letter in letters)
        case OrderingKey(letters=letters):
            return " → ".join(texts.get(letter, "?") for letter in letters)
        case TruthKey(value=value):
            return "√" if value else "×"
        case BlanksKey(blanks=blanks):
            return "; ".join(_blank(blank) for blank in blanks)
        case ModelKey(text=text):
            return text
        case _:
            return ""


def _blank(blank: Blank) -> str:
    if not isinstance(blank, NumberBlank):
        return " / ".join(blank.accept)
    spread = f"±{plain_decimal(blank.tolerance)}" if blank.tolerance else ""
    return f"{plain_decimal(blank.number)}{spread} {blank.unit}".strip()
