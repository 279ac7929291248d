"""Moodle's GIFT: choices, true or false, short answers, numbers, matchings, essays."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from lianbing.banks.interchange.drafts import (
    MOST_QUESTIONS,
    DraftQuestion,
    FileFormat,
    Finding,
    Level,
    Place,
    ReadFile,
    lettered,
    matched,
    too_many,
)
from lianbing.banks.interchange.rich_text import text_of_html
from lianbing.banks.rules import (
    BlanksKey,
    ChoiceKey,
    ModelKey,
    NumberBlank,
    QuestionType,
    TextBlank,
    TruthKey,
)
from lianbing.kernel.errors import N_

UNREADABLE = N_("This is no question in GIFT that is known here. Check its braces and signs.")
TRUE, FALSE = {"T", "TRUE"}, {"F", "FALSE"}
FORMAT_MARK = re.compile(r"^\[(html|moodle|plain|markdown)\]")
WEIGHT = re.compile(r"^%(-?\d{1,3}(?:\.\d{1,5})?)%")
UNSEEN = {
    "~": "\ue001",
    "=": "\ue002",
    "#": "\ue003",
    "{": "\ue004",
    "}": "\ue005",
    ":": "\ue006",
    "\\": "\ue007",
    "n": "\ue008",
}
SEEN = {mark: "\n" if sign == "n" else sign for sign, mark in UNSEEN.items()}


def looks_like_gift(text: str) -> bool:
    """Whether an answer block in braces stands in the text, as GIFT writes them."""
    hidden = _hide(text)
    return bool(
        re.search(r"(?<!\{)\{(?!\{)\s*(?:[=~#]|T(?:RUE)?\s*[}#]|F(?:ALSE)?\s*[}#]|\})", hidden)
    )


def _hide(text: str) -> str:
    """Signs after a backslash are text: put aside while the others are read."""
    return re.sub(r"\\([~=#{}:\\n])", lambda found: UNSEEN[found[1]], text)


def _seen(text: str) -> str:
    return "".join(SEEN.get(sign, sign) for sign in text).strip()


def read_gift(text: str) -> ReadFile:
    """Drafts from GIFT; a finding's row is the question's first line."""
    drafts: list[DraftQuestion] = []
    findings: list[Finding] = []
    category = ""
    for row, block in _blocks(_hide(text)):
        if block.startswith("$CATEGORY:"):
            category = _seen(block.partition(":")[2]).rpartition("/")[2]
            continue
        place = Place(row=row)
        if len(drafts) >= MOST_QUESTIONS:
            findings.append(too_many(place))
            break
        draft = _draft(block, place, findings)
        if draft is not None:
            drafts.append(replace(draft, point=category))
    return ReadFile(format=FileFormat.GIFT, questions=tuple(drafts), findings=tuple(findings))


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """Questions with their first line; blank lines outside braces part them."""
    block: list[str] = []
    first, depth = 0, 0
    for row, line in enumerate(text.splitlines(), start=1):
        if not depth and line.lstrip().startswith("//"):
            continue
        if not line.strip() and (not depth or len(block) > 200):
            if block:
                yield first, "\n".join(block).strip()
            block, depth = [], 0
            continue
        if not line.strip():
            continue
        first = row if not block else first
        block.append(line)
        depth = max(0, depth + line.count("{") - line.count("}"))
        if line.startswith("$CATEGORY:"):
            yield first, line.strip()
            block = []
    if block:
        yield first, "\n".join(block).strip()


def _draft(block: str, place: Place, findings: list[Finding]) -> DraftQuestion | None:
    code = ""
    named = re.match(r"::(.*?)::\s*", block, re.S)
    if named:
        code, block = _seen(named[1]), block[named.end() :]
    mark = FORMAT_MARK.match(block)
    block = block[mark.end() :] if mark else block
    is_html = bool(mark and mark[1] in ("html", "moodle"))
    opening, closing = block.find("{"), block.rfind("}")
    if opening < 0:
        message = N_("A text without an answer is no question. It was left out.")
        findings.append(Finding(place=place, message=message, level=Level.WARNING))
        return None
    if closing < opening:
        findings.append(Finding(place=place, message=UNREADABLE))
        return None
    before, inner, after = (
        block[:opening],
        block[opening + 1 : closing].strip(),
        block[closing + 1 :],
    )
    inner, _sign, general = inner.partition("####")
    inner = inner.strip()
    gap = "{{1}}" if after.strip() else ""
    base = DraftQuestion(
        place=place,
        type=QuestionType.SHORT_ANSWER,
        stem=_shown(before + (gap or " ") + after, is_html),
        key=None,
        code=code[:40],
        explanation=_shown(general, is_html),
    )
    draft = _answered(base, inner, is_html)
    if draft is None:
        findings.append(Finding(place=place, message=UNREADABLE))
    return draft


def _shown(text: str, is_html: bool) -> str:
    plain = _seen(text)
    return text_of_html(plain) if is_html else plain


def _answered(base: DraftQuestion, inner: str, is_html: bool) -> DraftQuestion | None:
    if not inner:
        return replace(base, key=ModelKey(text=""))
    word = inner.partition("#")[0].strip().upper()
    if word in TRUE | FALSE:
        return replace(base, type=QuestionType.TRUE_FALSE, key=TruthKey(value=word in TRUE))
    if inner.startswith("#"):
        return _numeric(base, inner[1:].strip())
    answers = _answers(inner)
    if not answers:
        return None
    right = [text for sign, _weight, text in answers if sign == "="]
    if all("->" in text for text in right) and len(right) == len(answers):
        return _matching(base, right, is_html)
    if len(right) == len(answers):
        accept = tuple(dict.fromkeys(_seen(text) for text in right))
        key = BlanksKey(blanks=(TextBlank(accept=accept),))
        return _filled(base, key)
    return _choice(base, answers, is_html)


def _filled(base: DraftQuestion, key: BlanksKey) -> DraftQuestion:
    stem = base.stem if "{{1}}" in base.stem else f"{base.stem}{{{{1}}}}"
    return replace(base, type=QuestionType.FILL_BLANK, stem=stem, key=key)


def _answers(inner: str) -> list[tuple[str, Decimal | None, str]]:
    """Each answer's sign, weight in percent and text; feedback after ``#`` is left out."""
    found: list[tuple[str, Decimal | None, str]] = []
    for piece in re.findall(r"[=~][^=~]*", inner):
        text = piece[1:].strip()
        weight = WEIGHT.match(text)
        if weight:
            text = text[weight.end() :]
        share = Decimal(weight[1]) if weight else None
        found.append((piece[0], share, text.partition("#")[0].strip()))
    return found


def _choice(
    base: DraftQuestion, answers: Sequence[tuple[str, Decimal | None, str]], is_html: bool
) -> DraftQuestion:
    options = lettered([_shown(text, is_html).replace("{{1}}", "") for _s, _w, text in answers])
    flags = [sign == "=" or (share or 0) > 0 for sign, share, _text in answers]
    letters = tuple(option.letter for option, flag in zip(options, flags, strict=False) if flag)
    single = len(letters) == 1
    kind = QuestionType.SINGLE_CHOICE if single else QuestionType.MULTIPLE_CHOICE
    stem = base.stem.replace("{{1}}", "（　）")
    return replace(base, type=kind, stem=stem, options=options, key=ChoiceKey(letters=letters))


def _matching(base: DraftQuestion, pairs: Sequence[str], is_html: bool) -> DraftQuestion:
    halves = [pair.partition("->") for pair in pairs]
    written = [(_shown(left, is_html), _shown(right, is_html)) for left, _sign, right in halves]
    base = replace(base, stem=base.stem.replace("{{1}}", ""))
    fitting = [pair for pair in written if pair[0]]
    return matched(base, fitting, [right for left, right in written if not left])


def _numeric(base: DraftQuestion, inner: str) -> DraftQuestion | None:
    """``50:0.5``, ``1..5`` or ``=50:0.5``; of several the first right one counts."""
    first = next(iter(re.findall(r"=([^=~#]*)", inner)), inner).partition("#")[0]
    first = re.sub(r"^%-?[\d.]+%", "", first.strip())
    low, dots, high = first.partition("..")
    try:
        if dots:
            bottom, top = Decimal(low.strip()), Decimal(high.strip())
            number, tolerance = (bottom + top) / 2, (top - bottom) / 2
        else:
            text, _sign, spread = split_first(first)
            number, tolerance = Decimal(text), Decimal(spread or 0)
    except (InvalidOperation, ValueError):
        return None
    if not (number.is_finite() and tolerance.is_finite()) or len(first) > 40:
        return None
    blank = NumberBlank(number=number, tolerance=tolerance)
    return _filled(base, BlanksKey(blanks=(blank,)))


def split_first(text: str) -> tuple[str, str, str]:
    """Number and tolerance around the colon."""
    number, sign, spread = text.partition(":")
    return number.strip(), sign, spread.strip()
