"""A text of a question in one line, cut to a length: for lists, where the whole would not fit.

Formulas are drawn as everywhere else and never cut in two; pictures stand there by their words,
rows of tables one after another, marks of Markdown not at all.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape

from lianbing.banks.rendering import (
    FORMULA,
    RENDERED_KEPT,
    TABLE,
    is_rich,
    plain_text,
    render_line,
)
from lianbing.banks.stems import plain_stem

MORE = "…"
TABLE_RULE = re.compile(r"^[\s|:-]*-{3,}[\s|:-]*$", re.MULTILINE)
STORED_NAME = re.compile(r"\(pic:([0-9a-f]{6})[0-9a-f]{26}\)")
ESCAPED = re.compile(r"\\([\\$*|_])")
COMMAND = re.compile(r"\\[A-Za-z]+|[{}\\\s^_]")
"""What of a formula takes no room when it is drawn; commands count as one sign."""


@lru_cache(RENDERED_KEPT)
def render_short(text: str, most: int) -> str:
    """At most ``most`` signs of a text as clean HTML in one line, with ``…`` where it was cut."""
    left, made = most, []
    for piece, is_formula in _pieces(plain_stem(text)):
        room = _room(piece) if is_formula else len(piece)
        if room <= left:
            made.append(render_line(piece) if is_formula else escape(piece, quote=False))
            left -= room
            continue
        if not is_formula:
            made.append(escape(piece[:left].rstrip(), quote=False))
        return "".join([*made, MORE])
    return "".join(made)


def short_pictures(text: str) -> str:
    """A text as it was typed, but of a picture's long name only what tells two apart."""
    return STORED_NAME.sub(r"(pic:\1…)", text)


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Runs of words, and formulas with their dollar signs, in reading order."""
    if not is_rich(text):
        yield " ".join(text.split()), False
        return
    at, is_table = 0, bool(TABLE.search(text))
    for found in FORMULA.finditer(text):
        words = _words(text[at : found.start()], is_table=is_table)
        yield (words if at else words.lstrip()), False
        yield found[0], True
        at = found.end()
    words = _words(text[at:], is_table=is_table).rstrip()
    yield (words if at else words.lstrip()), False


def _words(text: str, *, is_table: bool) -> str:
    worded = plain_text(text)
    if is_table:
        worded = TABLE_RULE.sub("", worded).replace("|", " ")
    return re.sub(r"\s+", " ", ESCAPED.sub(r"\1", worded))


def _room(formula: str) -> int:
    commands = formula.count("\\")
    return len(COMMAND.sub("", formula.strip("$"))) + commands
