"""Moodle's embedded answers, ``{1:SHORTANSWER:=earth~=ground}``, as blanks; pure."""

import re
from decimal import Decimal, InvalidOperation

from lianbing.banks.interchange.answers import escaped, split_escaped
from lianbing.banks.rules import Blank, BlanksKey, NumberBlank, TextBlank

FIELD = re.compile(r"\{\d*:(SHORTANSWER(?:_C)?|SAC?|MWC?|NUMERICAL|NM):((?:\\.|[^{}\\]){1,4000})\}")
SIGNS = "~#}="


def read_cloze(stem: str) -> tuple[str, BlanksKey] | None:
    """The stem with numbered blanks and its key; None when another kind of field stands in it."""
    blanks: list[Blank] = []
    failed = False

    def take(found: re.Match[str]) -> str:
        nonlocal failed
        blank = _blank(found[1], found[2])
        if blank is None:
            failed = True
            return ""
        blanks.append(blank)
        return f"{{{{{len(blanks)}}}}}"

    plain = FIELD.sub(take, stem)
    if failed or not blanks or re.search(r"\{\d*:[A-Z_]+:", plain):
        return None
    return plain, BlanksKey(blanks=tuple(blanks))


def has_shares(stem: str) -> bool:
    """Whether an answer of a field earns some of the marks but not all."""
    bodies = (found[2] for found in FIELD.finditer(stem))
    return any(re.search(r"(?:^|~)%(?!0+%|100%)\d+%", body) for body in bodies)


def _blank(kind: str, body: str) -> Blank | None:
    right = []
    for piece in _parted(body):
        share = re.match(r"%(\d+)%|=", piece)
        if share and share[1] in (None, "100"):
            right.append(piece[share.end() :])
    if kind in ("NUMERICAL", "NM") and right:
        number, _sign, spread = right[0].partition(":")
        try:
            value, tolerance = Decimal(number.strip()), Decimal(spread.strip() or 0)
        except InvalidOperation:
            return None
        if not (value.is_finite() and tolerance.is_finite()):
            return None
        return NumberBlank(number=value, tolerance=tolerance)
    accept = tuple(dict.fromkeys(split_escaped(text, "#")[0].strip() for text in right))
    return TextBlank(accept=accept) if accept else None


def _parted(body: str) -> list[str]:
    """The answers between ``~``, their backslashes kept for the next cut."""
    return re.findall(r"(?:\\.|[^~\\])+", body)


def write_cloze(stem: str, key: BlanksKey) -> str:
    """The stem with each blank as an embedded answer."""
    for number, blank in enumerate(key.blanks, start=1):
        if isinstance(blank, NumberBlank):
            field = f"{{1:NUMERICAL:={blank.number:f}:{blank.tolerance:f}}}"
        else:
            variants = "~".join(f"={escaped(text, SIGNS)}" for text in blank.accept)
            field = f"{{1:SHORTANSWER:{variants}}}"
        stem = stem.replace(f"{{{{{number}}}}}", field)
    return stem
