"""Questions as GIFT, for Moodle and what else reads it."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from lianbing.banks.encoding import plain_decimal
from lianbing.banks.interchange.answers import escaped
from lianbing.banks.interchange.drafts import DraftQuestion
from lianbing.banks.rules import (
    BlanksKey,
    ChoiceKey,
    MatchingKey,
    NumberBlank,
    TruthKey,
)

SIGNS = "~=#{}:"


def gift_holds(draft: DraftQuestion) -> bool:
    """Whether GIFT can say the question and its key without loss."""
    match draft.key:
        case ChoiceKey() | TruthKey():
            return True
        case BlanksKey(blanks=(blank,)):
            return not isinstance(blank, NumberBlank) or not blank.unit
        case MatchingKey(letters=letters):
            texts = [*draft.prompts, *(option.text for option in draft.options)]
            plain = not any("->" in text or text.startswith("%") for text in texts)
            return plain and len(letters) == len(draft.options)
        case _:
            return False


def write_gift(drafts: Sequence[DraftQuestion]) -> bytes:
    """The text; what GIFT does not hold is left out."""
    pieces: list[str] = []
    held = [draft for draft in drafts if gift_holds(draft)]
    for point, group in groupby(held, key=lambda draft: draft.point):
        pieces.append(f"$CATEGORY: $course$/top/{_text(point)}\n")
        pieces += (_question(draft) for draft in group)
    return "\n".join(pieces).encode()


def _text(text: str) -> str:
    return escaped(text, SIGNS)


def _question(draft: DraftQuestion) -> str:
    before, _gap, after = draft.stem.partition("{{1}}")
    inner = " ".join(_answers(draft))
    if draft.explanation:
        inner += f" ####{_text(draft.explanation)}"
    return f"::{_text(draft.code)}::[plain]{_text(before)}{{{inner}}}{_text(after)}\n"


def _answers(draft: DraftQuestion) -> Iterator[str]:
    match draft.key:
        case TruthKey(value=value):
            yield "TRUE" if value else "FALSE"
        case ChoiceKey(letters=letters):
            share = 100 / max(len(letters), 1)
            for option in draft.options:
                right = option.letter in letters
                if len(letters) == 1:
                    sign = "=%100%" if right else "~%0%"
                else:
                    sign = f"~%{share:.5f}%" if right else "~%-100%"
                reason = f"#{_text(option.why)}" if option.why else ""
                yield f"{sign}{_text(option.text)}{reason}"
        case BlanksKey(blanks=(NumberBlank(number=number, tolerance=tolerance),)):
            yield f"#{plain_decimal(number)}:{plain_decimal(tolerance)}"
        case BlanksKey(blanks=(blank,)) if not isinstance(blank, NumberBlank):
            for variant in blank.accept:
                yield f"=%100%{_text(variant)}"
        case MatchingKey(letters=letters):
            texts = {option.letter: option.text for option in draft.options}
            for left, letter in zip(draft.prompts, letters, strict=True):
                yield f"={_text(left)} -> {_text(texts[letter])}"
