"""Moodle's GIFT: choices, true or false, short answers, numbers, matchings, essays."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from lianbing.banks.interchange.drafts import (
    MOST_QUESTIONS,
    PARTLY_RIGHT,
    DraftQuestion,
    FileFormat,
    Finding,
    Level,
    Place,
    ReadFile,
    lettered,
    matched,
    too_many,
    with_feedback,
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
WHOLE = (None, 100)
"""Shares of an answer that is right: none is said, or all of it."""
PARTLY = re.compile(r"=%(?!100(?:\.0+)?%|-)[\d.]+%")
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
    elif draft.type is QuestionType.FILL_BLANK and PARTLY.search(inner):
        findings.append(Finding(place=place, message=PARTLY_RIGHT, level=Level.WARNING))
    return draft


def _shown(text: str, is_html: bool) -> str:
    plain = _seen(text)
    return text_of_html(plain) if is_html else plain


def _answered(base: DraftQuestion, inner: str, is_html: bool) -> DraftQuestion | None:
    if not inner:
        return replace(base, key=ModelKey(text=""))
    word = inner.partition("#")[0].strip().upper()
    if word in TRUE | FALSE:
        told = [_shown(text, is_html) for text in inner.split("#")[1:]]
        explanation = base.explanation or next((text for text in told if text), "")
        truth = TruthKey(value=word in TRUE)
        return replace(base, type=QuestionType.TRUE_FALSE, key=truth, explanation=explanation)
    if inner.startswith("#"):
        return _numeric(base, inner[1:].strip())
    answers = _answers(inner)
    if not answers:
        return None
    right = [one.text for one in answers if one.sign == "="]
    if all("->" in text for text in right) and len(right) == len(answers):
        return _matching(base, right, is_html)
    if len(right) == len(answers):
        accept = tuple(dict.fromkeys(_seen(one.text) for one in answers if one.share in WHOLE))
        if not accept:
            return None
        key = BlanksKey(blanks=(TextBlank(accept=accept),))
        return _filled(base, key)
    return _choice(base, answers, is_html)


def _filled(base: DraftQuestion, key: BlanksKey) -> DraftQuestion:
    stem = base.stem if "{{1}}" in base.stem else f"{base.stem}{{{{1}}}}"
    return replace(base, type=QuestionType.FILL_BLANK, stem=stem, key=key)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Answer:
    """``sign`` as written, ``share`` in percent where one is; what is told to who chose it."""

    sign: str
    share: Decimal | None
    text: str
    feedback: str


def _answers(inner: str) -> list[_Answer]:
    found: list[_Answer] = []
    for piece in re.findall(r"[=~][^=~]*", inner):
        text = piece[1:].strip()
        weight = WEIGHT.match(text)
        if weight:
            text = text[weight.end() :]
        share = Decimal(weight[1]) if weight else None
        said, _sign, feedback = text.partition("#")
        found.append(
            _Answer(sign=piece[0], share=share, text=said.strip(), feedback=feedback.strip())
        )
    return found


def _choice(base: DraftQuestion, answers: Sequence[_Answer], is_html: bool) -> DraftQuestion:
    options = lettered([_shown(one.text, is_html).replace("{{1}}", "") for one in answers])
    flags = [one.sign == "=" or (one.share or 0) > 0 for one in answers]
    letters = tuple(option.letter for option, flag in zip(options, flags, strict=False) if flag)
    single = len(letters) == 1
    kind = QuestionType.SINGLE_CHOICE if single else QuestionType.MULTIPLE_CHOICE
    stem = base.stem.replace("{{1}}", "（　）")
    draft = replace(base, type=kind, stem=stem, options=options, key=ChoiceKey(letters=letters))
    return with_feedback(draft, [_shown(one.feedback, is_html) for one in answers])


def _matching(base: DraftQuestion, pairs: Sequence[str], is_html: bool) -> DraftQuestion:
    halves = [pair.partition("->") for pair in pairs]
    written = [(_shown(left, is_html), _shown(right, is_html)) for left, _sign, right in halves]
    base = replace(base, stem=base.stem.replace("{{1}}", ""))
    fitting = [pair for pair in written if pair[0]]
    return matched(base, fitting, [right for left, right in written if not left])


def _numeric(base: DraftQuestion, inner: str) -> DraftQuestion | None:
    """``50:0.5``, ``1..5`` or ``=50:0.5``; of several the first right one counts."""
    found = [one.text for one in _answers(inner) if one.sign == "=" and one.share in WHOLE]
    first = next(iter(found), "" if "=" in inner else inner).partition("#")[0].strip()
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
