"""Stems cut at their blanks, for pages that draw a field where ``{{n}}`` stands."""

import re
from dataclasses import dataclass

BLANK = re.compile(r"\{\{(\d+)\}\}")
RULE = "＿＿"


@dataclass(frozen=True, kw_only=True, slots=True)
class StemPart:
    """A run of text, or a blank by its number from 1 (0 for text)."""

    text: str = ""
    blank: int = 0


def stem_parts(stem: str) -> tuple[StemPart, ...]:
    """The stem in reading order."""
    return tuple(
        StemPart(blank=int(piece)) if index % 2 else StemPart(text=piece)
        for index, piece in enumerate(BLANK.split(stem))
        if index % 2 or piece
    )


def plain_stem(stem: str) -> str:
    """The stem as one text with rules for blanks; for lists."""
    return BLANK.sub(RULE, stem)
