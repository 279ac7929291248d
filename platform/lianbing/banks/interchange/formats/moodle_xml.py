"""Moodle XML: multichoice, truefalse, shortanswer, numerical, matching, ordering, essay, cloze."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element

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
from lianbing.banks.interchange.facts import with_fact
from lianbing.banks.interchange.formats.cloze import has_shares, read_cloze
from lianbing.banks.interchange.rich_text import picture_name, text_of_html
from lianbing.banks.interchange.xml_trees import child, child_text, name_of, parse
from lianbing.banks.rules import (
    BlanksKey,
    ChoiceKey,
    ModelKey,
    NumberBlank,
    OrderingKey,
    QuestionType,
    TextBlank,
    TruthKey,
)
from lianbing.kernel.errors import N_

MOST_PICTURE_BYTES = 64 * 1024 * 1024
WHOLE = 100
"""The share in percent that an answer earns which is right."""


@dataclass(kw_only=True, slots=True)
class _Reading:
    drafts: list[DraftQuestion] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    left: int = MOST_PICTURE_BYTES


def read_moodle_xml(data: bytes) -> ReadFile:
    """Drafts from a ``<quiz>``; a finding's row is the question's number in the file."""
    root = parse(data)
    reading = _Reading()
    point = ""
    for number, question in enumerate((one for one in root if name_of(one) == "question"), start=1):
        kind, place = question.get("type", ""), Place(row=number)
        if kind == "category":
            category = child(question, "category")
            point = child_text(category, "text").rpartition("/")[2] if category is not None else ""
            continue
        if len(reading.drafts) >= MOST_QUESTIONS:
            reading.findings.append(too_many(place))
            break
        base = _base(question, place, reading)
        _read(question, kind, replace(base, point=base.point or point), reading)
    return ReadFile(
        format=FileFormat.MOODLE_XML,
        questions=tuple(reading.drafts),
        findings=tuple(reading.findings),
        pictures=reading.pictures,
    )


def _rich(element: Element | None, reading: _Reading) -> str:
    """A text with its format; pictures inside it are kept by their names."""
    if element is None:
        return ""
    for file in (one for one in element if name_of(one) == "file"):
        try:
            data = base64.b64decode(file.text or "", validate=False)
        except (binascii.Error, ValueError):
            continue
        reading.left -= len(data)
        if reading.left > 0 and file.get("name"):
            reading.pictures[picture_name(file.get("name", ""))] = data
    text = child_text(element, "text") if child(element, "text") is not None else ""
    is_html = element.get("format", "html") in ("html", "moodle_auto_format")
    return text_of_html(text) if is_html else text.strip()


def _base(question: Element, place: Place, reading: _Reading) -> DraftQuestion:
    base = DraftQuestion(
        place=place,
        type=QuestionType.SHORT_ANSWER,
        stem=_rich(child(question, "questiontext"), reading),
        key=None,
        explanation=_rich(child(question, "generalfeedback"), reading),
        code=child_text(question, "idnumber")[:40],
    )
    return _tagged(base, question)


def _tagged(base: DraftQuestion, question: Element) -> DraftQuestion:
    tags = child(question, "tags")
    for tag in tags if tags is not None else ():
        base = with_fact(base, child_text(tag, "text"))
    return base


def _read(question: Element, kind: str, base: DraftQuestion, reading: _Reading) -> None:
    if kind == "description":
        message = N_("A text without an answer is no question. It was left out.")
        reading.findings.append(Finding(place=base.place, message=message, level=Level.WARNING))
        return
    answers = [one for one in question if name_of(one) == "answer"]
    draft = _simple(question, kind, base, answers) or _composed(
        question, kind, base, answers, reading
    )
    if draft is not None:
        reading.drafts.append(draft)
        if draft.type is QuestionType.FILL_BLANK and _is_partly_right(base.stem, answers):
            found = Finding(place=base.place, message=PARTLY_RIGHT, level=Level.WARNING)
            reading.findings.append(found)
        return
    message = N_("Questions of the kind %(kind)s, or answered like this, cannot be read.")
    reading.findings.append(Finding(place=base.place, message=message, params={"kind": kind[:30]}))


def _simple(
    question: Element, kind: str, base: DraftQuestion, answers: Sequence[Element]
) -> DraftQuestion | None:
    match kind:
        case "truefalse":
            right = next((one for one in answers if _fraction(one) > 0), None)
            if right is None:
                return None
            value = child_text(right, "text").casefold() == "true"
            return replace(base, type=QuestionType.TRUE_FALSE, key=TruthKey(value=value))
        case "shortanswer":
            texts = [child_text(one, "text") for one in answers if _fraction(one) >= WHOLE]
            blank = TextBlank(accept=tuple(dict.fromkeys(text for text in texts if text)))
            return _filled(base, BlanksKey(blanks=(blank,))) if blank.accept else None
        case "numerical":
            return _numeric(base, question, answers)
        case "cloze":
            found = read_cloze(base.stem)
            if found is None:
                return None
            return replace(base, type=QuestionType.FILL_BLANK, stem=found[0], key=found[1])
        case _:
            return None


def _composed(
    question: Element,
    kind: str,
    base: DraftQuestion,
    answers: Sequence[Element],
    reading: _Reading,
) -> DraftQuestion | None:
    match kind:
        case "multichoice":
            return _choice(base, answers, child_text(question, "single"), reading)
        case "matching":
            return _matching(base, question, reading)
        case "ordering":
            options = lettered([_rich(one, reading) for one in answers])
            key = OrderingKey(letters=tuple(option.letter for option in options))
            return replace(base, type=QuestionType.ORDERING, options=options, key=key)
        case "essay":
            return replace(base, key=ModelKey(text=_rich(child(question, "graderinfo"), reading)))
        case _:
            return None


def _is_partly_right(stem: str, answers: Sequence[Element]) -> bool:
    """Whether an answer earns some of the marks but not all: a blank knows right and wrong."""
    return has_shares(stem) or any(0 < _fraction(one) < WHOLE for one in answers)


def _fraction(answer: Element) -> Decimal:
    try:
        value = Decimal(answer.get("fraction", "0")[:20])
    except InvalidOperation:
        return Decimal(0)
    return value if value.is_finite() else Decimal(0)


def _choice(
    base: DraftQuestion, answers: Sequence[Element], single: str, reading: _Reading
) -> DraftQuestion:
    options = lettered([_rich(one, reading) for one in answers])
    pairs = list(zip(options, answers, strict=False))
    if single == "true":
        best = max((_fraction(answer) for answer in answers), default=Decimal(0))
        letters = tuple(o.letter for o, answer in pairs if best > 0 and _fraction(answer) == best)
        kind = QuestionType.SINGLE_CHOICE
    else:
        letters = tuple(o.letter for o, answer in pairs if _fraction(answer) > 0)
        kind = QuestionType.MULTIPLE_CHOICE
    draft = replace(base, type=kind, options=options, key=ChoiceKey(letters=letters))
    return with_feedback(draft, [_rich(child(one, "feedback"), reading) for one in answers])


def _filled(base: DraftQuestion, key: BlanksKey) -> DraftQuestion:
    stem = re.sub(r"[_＿]{2,}", "{{1}}", base.stem, count=1)
    stem = stem if "{{1}}" in stem else f"{stem}{{{{1}}}}"
    return replace(base, type=QuestionType.FILL_BLANK, stem=stem, key=key)


def _numeric(
    base: DraftQuestion, question: Element, answers: Sequence[Element]
) -> DraftQuestion | None:
    right = next((one for one in answers if _fraction(one) >= WHOLE), None)
    if right is None:
        return None
    text, spread = child_text(right, "text"), child_text(right, "tolerance") or "0"
    units = child(question, "units")
    unit = child(units, "unit") if units is not None else None
    try:
        number, tolerance = Decimal(text[:30]), Decimal(spread[:30])
    except InvalidOperation:
        return None
    if not (number.is_finite() and tolerance.is_finite()):
        return None
    name = child_text(unit, "unit_name")[:20] if unit is not None else ""
    blank = NumberBlank(number=number, tolerance=tolerance, unit=name)
    return _filled(base, BlanksKey(blanks=(blank,)))


def _matching(base: DraftQuestion, question: Element, reading: _Reading) -> DraftQuestion:
    pairs, extra = [], []
    for one in (one for one in question if name_of(one) == "subquestion"):
        left, answer = _rich(one, reading), child(one, "answer")
        right = text_of_html(child_text(answer, "text")) if answer is not None else ""
        if left:
            pairs.append((left, right))
        elif right:
            extra.append(right)
    return matched(base, pairs, extra)
